import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeOffsetMsgId,
  decodeUniqKey,
  encodeOffsetMsgId,
  formatIp,
  parseIp,
  UniqKeyGenerator,
} from "./message-id.ts";

const ip = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));

describe("an offsetMsgId", () => {
  it("comes back as it was, for any address and offset", () => {
    fc.assert(
      fc.property(
        ip,
        fc.integer({ min: 0, max: 65_535 }),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        (bytes, port, offset) => {
          const id = { host: formatIp(Buffer.from(bytes)), port, offset };
          expect(decodeOffsetMsgId(encodeOffsetMsgId(id))).toEqual(id);
        },
      ),
    );
  });

  it("is read as the Java client wrote it, in either case", () => {
    const expected = { host: "10.255.0.1", port: 10_911, offset: 4_611_686_018_427_387_905n };
    expect(decodeOffsetMsgId("0AFF000100002A9F4000000000000001")).toEqual(expected);
    expect(decodeOffsetMsgId("0aff000100002a9f4000000000000001")).toEqual(expected);
    expect(decodeOffsetMsgId("FE80000000000000000000000000000100002A9F4000000000000001").host).toBe("fe80::1");
  });

  it.each([
    "",
    "0AFF",
    "zz".repeat(16),
    "0AFF000100002A9F40000000000000010",
    "0AFF0001FFFFFFFF4000000000000001",
    "0AFF000100002A9FF000000000000001",
  ])("is refused when malformed: %j", (id) => {
    expect(() => decodeOffsetMsgId(id)).toThrow(expect.objectContaining({ code: "MALFORMED_MESSAGE_ID" }));
  });
});

describe("a UNIQ_KEY", () => {
  it("tells when, where and by which process it was made", () => {
    const now = Date.now();
    const key = decodeUniqKey(new UniqKeyGenerator().next(now), now);
    expect(key).toMatchObject({ kind: "remoting", time: now, pid: process.pid & 0xffff });
    expect(parseIp(key.source)).toHaveLength(4);
  });

  it("of last month is not dated in the future", () => {
    const lastOfMonth = new Date(2026, 9, 31, 23, 59).getTime();
    const id = new UniqKeyGenerator().next(lastOfMonth);
    expect(decodeUniqKey(id, new Date(2026, 10, 1, 0, 5).getTime()).time).toBe(lastOfMonth);
  });

  it("goes on with the clock into the next month", () => {
    const generator = new UniqKeyGenerator();
    for (const now of [new Date(2026, 10, 30, 23, 59, 59).getTime(), new Date(2026, 11, 1, 0, 0, 1).getTime()]) {
      expect(decodeUniqKey(generator.next(now), now).time).toBe(now);
    }
  });

  it("is never given twice in a burst", () => {
    const generator = new UniqKeyGenerator();
    const other = new UniqKeyGenerator();
    const ids = new Set(Array.from({ length: 20_000 }, () => [generator.next(), other.next()]).flat());
    expect(ids.size).toBe(40_000);
  });

  it("of a gRPC client is read too", () => {
    expect(decodeUniqKey("01A0B1C2D3E4F51F2C0AFE1D2B00000007")).toEqual({
      kind: "grpc",
      source: "a0:b1:c2:d3:e4:f5",
      pid: 0x1f2c,
      time: Date.UTC(2021, 0, 1) + 0x0afe1d2b * 1000,
      counter: 7,
    });
  });

  it.each(["", "order-1", "7F0000011F", "zz".repeat(16)])("is refused when malformed: %j", (id) => {
    expect(() => decodeUniqKey(id)).toThrow(expect.objectContaining({ code: "MALFORMED_MESSAGE_ID" }));
  });
});

it("an IP address comes back as it was", () => {
  fc.assert(
    fc.property(ip, (bytes) => {
      expect(parseIp(formatIp(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
  expect(parseIp("broker.example")).toBeUndefined();
});
