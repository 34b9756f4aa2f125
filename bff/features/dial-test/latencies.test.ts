import { expect, test } from "vitest";
import { latencies } from "./latencies.ts";

test("percentiles are times that were measured, by nearest rank", () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(latencies(times)).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 });
});

test("one time is every percentile", () => {
  expect(latencies([7])).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 });
});

test("no times give no figures", () => {
  expect(latencies([])).toEqual({});
});
