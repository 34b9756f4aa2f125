import { expect, test } from "vitest";
import { Histogram } from "./histogram.ts";
import { latencies } from "./latencies.ts";

test("percentiles of a histogram are those of the times themselves, to two in a hundred", () => {
  const times = Array.from({ length: 10_000 }, (_, n) => 0.2 + ((n * 7919) % 10_000) ** 2 / 20_000);
  const histogram = new Histogram();
  for (const ms of times) histogram.add(ms);
  const exact = latencies(times);
  for (const key of ["p50", "p90", "p99"] as const) {
    const error = (histogram.figures()[key] ?? 0) / (exact[key] ?? 1);
    expect(error).toBeGreaterThanOrEqual(0.98);
    expect(error).toBeLessThanOrEqual(1.02);
  }
  expect(histogram.figures().max).toBeCloseTo(exact.max ?? 0, 2);
});

test("an empty histogram knows nothing, and one that is cleared is empty", () => {
  const histogram = new Histogram();
  expect([histogram.percentile(0.5), histogram.figures()]).toEqual([null, {}]);
  histogram.add(1e9);
  histogram.add(0);
  expect(histogram.figures()).toMatchObject({ p50: 0.01, max: 1e9 });
  histogram.clear();
  expect([histogram.count, histogram.percentile(0.99)]).toEqual([0, null]);
});
