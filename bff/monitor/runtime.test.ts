import { expect, test } from "vitest";
import { ratesBetween, readRuntime } from "./runtime.ts";

const table = (over: Record<string, string> = {}) =>
  new Map(
    Object.entries({
      brokerVersionDesc: "V5_5_0",
      bootTimestamp: "1000",
      msgPutTotalTodayNow: "9007199254740993",
      msgPutTotalTodayMorning: "9007199254740000",
      msgPutTotalYesterdayMorning: "0",
      msgGetTotalTodayNow: "50",
      putMessageSizeTotal: "2048",
      commitLogDiskRatio: "0.42",
      commitLogMaxOffset: "77",
      ...over,
    }),
  );
const at = (ms: number, over: Record<string, string> = {}) => ({ at: ms, runtime: readRuntime(table(over)) });

test("the runtime table is read without rounding longs", () => {
  const runtime = readRuntime(table());
  expect(runtime.putTotal).toBe(9_007_199_254_740_993n);
  expect(runtime.putToday).toBe(993n);
  expect(runtime.getToday).toBe(50n);
  expect(runtime.diskRatio).toBe(0.42);
  expect(runtime.version).toBe("5.5.0");
});

test("keys that a broker does not send are null", () => {
  const runtime = readRuntime(new Map([["commitLogDiskRatio", "NaN"]]));
  expect(Object.values(runtime).every((value) => value === null)).toBe(true);
});

test("a rate is what was counted between two readings by the time between them", () => {
  const rates = ratesBetween(at(0), at(10_000, { msgPutTotalTodayNow: "9007199254741093" }), 30_000);
  expect(rates.produceTps).toBe(10);
  expect(rates.consumeTps).toBe(0);
});

test("a restart between two readings gives no rate, not a negative one", () => {
  const rates = ratesBetween(at(0), at(10_000, { bootTimestamp: "2000", msgPutTotalTodayNow: "5" }), 30_000);
  expect(rates.produceTps).toBeNull();
});

test("a gap between two readings gives no rate", () => {
  expect(ratesBetween(at(0), at(60_000), 30_000).produceTps).toBeNull();
  expect(ratesBetween(undefined, at(60_000), 30_000).produceTps).toBeNull();
});

test("figures that cannot be are not known, and the others are read", () => {
  const mad = {
    bootTimestamp: "1e400",
    msgPutTotalTodayNow: "9".repeat(400),
    msgPutTotalTodayMorning: "9223372036854775808",
    commitLogDiskRatio: "1e300",
    brokerVersionDesc: `V5_5_0${"x".repeat(1000)}`,
  };
  const runtime = readRuntime(table(mad));
  expect(runtime).toMatchObject({ bootAt: null, putTotal: null, putToday: null, putYesterday: null, diskRatio: null });
  expect(runtime).toMatchObject({ getToday: 50n, commitLogMaxOffset: 77n });
  expect(runtime.version).toHaveLength(63);
  expect(readRuntime(table({ bootTimestamp: "1000.5" })).bootAt).toBeNull();
});
