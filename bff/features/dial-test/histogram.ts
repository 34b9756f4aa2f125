/** Each bucket is so much wider than the one before: percentiles are right to two in a hundred. */
const GROWTH = 1.02;
const LEAST_MS = 0.01;
const BUCKETS = 1100;
const LOG_GROWTH = Math.log(GROWTH);

/** Counts of times in ms, of any number of them in the same room; from a hundredth of a millisecond to half a minute, longer ones count as that. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = ms <= LEAST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / LEAST_MS) / LOG_GROWTH));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }

  /** By the nearest-rank method; null of nothing. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return round(Math.min(this.#max, LEAST_MS * GROWTH ** bucket));
    }
    return round(this.#max);
  }

  /** Percentiles and the largest; nothing of nothing. */
  figures(): { p50?: number; p90?: number; p99?: number; max?: number } {
    if (this.#count === 0) return {};
    const at = (share: number) => this.percentile(share) ?? undefined;
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: round(this.#max) };
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
