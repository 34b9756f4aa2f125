import { expect, test } from "vitest";
import { loadSeries, type Second } from "./load-series.ts";

const second = (n: number, more: Partial<Second> = {}): Second => ({
  at: n * 1000,
  ms: 1000,
  sent: 100,
  failed: 0,
  received: 100,
  bytes: 102_400,
  sendP50: 1,
  sendP99: 2,
  endToEndP50: 2,
  endToEndP99: n,
  brokers: [{ broker: "a", put: 50, get: null, queue: 0 }],
  ...more,
});
const valuesOf = (seconds: Second[], metric: string, broker?: string) =>
  loadSeries(seconds).series.find((one) => one.metric === metric && one.broker === broker)?.values;

test("rates are by how long a second was, and what is not known is a gap", () => {
  const seconds = [second(1, { ms: 1250 }), second(2, { received: null, endToEndP99: null })];
  expect(valuesOf(seconds, "sent")).toEqual([80, 100]);
  expect(valuesOf(seconds, "received")).toEqual([80, null]);
  expect(valuesOf(seconds, "endToEndP99")).toEqual([1, null]);
  expect(valuesOf(seconds, "brokerPut", "a")).toEqual([50, 50]);
  expect(valuesOf(seconds, "brokerGet", "a")).toEqual([null, null]);
});

test("an hour is 600 points: means of rates, and the worst of latencies", () => {
  const seconds = Array.from({ length: 3600 }, (_, n) => second(n));
  const { at } = loadSeries(seconds);
  expect([at.length, at[0], at[1]]).toEqual([600, 0, 6000]);
  expect(valuesOf(seconds, "sent")).toEqual(Array.from({ length: 600 }, () => 100));
  expect(valuesOf(seconds, "endToEndP99")?.slice(0, 2)).toEqual([5, 11]);
});
