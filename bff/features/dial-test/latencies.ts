/** Percentiles of times in ms by the nearest-rank method, and the largest; nothing of nothing. */
export function latencies(times: readonly number[]): { p50?: number; p90?: number; p99?: number; max?: number } {
  if (times.length === 0) return {};
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) };
}
