import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatHour,
  formatNumber,
  formatRate,
  formatTime,
  none,
  zone,
} from "./format.ts";

describe("figures", () => {
  it("keep every digit of a long beyond 2^53", () => {
    expect(formatNumber("9223372036854775807", "en-US")).toBe("9,223,372,036,854,775,807");
  });

  it("show a dash for what is not known, and zero for zero", () => {
    expect(formatNumber(null, "en-US")).toBe(none);
    expect(formatRate(undefined, "zh-CN")).toBe(none);
    expect(formatNumber(0, "en-US")).toBe("0");
  });

  it("give a rate the digits that its size deserves", () => {
    expect([0, 0.456, 12.34, 1234.5].map((rate) => formatRate(rate, "en-US"))).toEqual(["0", "0.46", "12.3", "1,235"]);
  });

  it("give bytes in the largest unit that leaves at least 1", () => {
    expect([0, 1023, 1536, "1099511627776"].map((bytes) => formatBytes(bytes, "en-US"))).toEqual([
      "0 B",
      "1,023 B",
      "1.5 KiB",
      "1 TiB",
    ]);
  });
});

describe("times", () => {
  it("give a duration in the largest fitting unit, in both languages", () => {
    expect([850, 12_000, 204_000].map((ms) => formatDuration(ms, "en-US"))).toEqual(["850 ms", "12 sec", "3.4 min"]);
    expect(formatDuration(7_200_000, "zh-CN")).toBe("2小时");
  });

  it("are relative within a day and dates beyond it", () => {
    const now = new Date(2026, 10, 20, 12, 0, 0).getTime();
    expect(formatAgo(now - 12_000, now, "en-US")).toBe("12 sec ago");
    expect([formatAgo(now - 400, now, "zh-CN"), formatAgo(now, now, "en-US")]).toEqual(["刚刚", "now"]);
    expect(formatAgo(now - 3_600_000, now, "zh-CN")).toBe("1小时前");
    expect(formatAgo(now - 172_800_000, now, "en-US")).toBe("2026-11-18 12:00:00");
  });

  it("show milliseconds where they were asked for", () => {
    expect(formatTime(new Date(2026, 0, 2, 3, 4, 5, 6).getTime(), { ms: true })).toBe("2026-01-02 03:04:05.006");
  });

  it("name an hour by its day and both of its ends", () => {
    expect(formatHour(new Date(2026, 10, 20, 23).getTime())).toBe("2026-11-20 23:00–00:00");
  });

  describe("where clocks are put back", () => {
    beforeEach(() => vi.stubEnv("TZ", "Europe/Berlin"));
    afterEach(() => vi.unstubAllEnvs());

    it("tell apart the hour that is shown twice, and no other", () => {
      const told = ["2026-10-24T23:59:59Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
      expect(told.map((at) => formatTime(Date.parse(at)))).toEqual([
        "2026-10-25 01:59:59",
        "2026-10-25 02:30:00 UTC+02:00",
        "2026-10-25 02:30:00 UTC+01:00",
        "2026-10-25 03:00:00",
      ]);
      expect(formatHour(Date.parse("2026-10-25T01:00:00Z"))).toBe("2026-10-25 02:00–03:00 UTC+01:00");
      // Put forward, no time is shown twice.
      expect(formatTime(Date.parse("2026-03-29T01:00:00Z"))).toBe("2026-03-29 03:00:00");
      expect(zone(Date.parse("2026-10-25T01:30:00Z"))).toBe("Europe/Berlin, UTC+01:00");
    });
  });
});
