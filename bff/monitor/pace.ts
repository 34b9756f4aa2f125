import { setTimeout as sleep } from "node:timers/promises";

const SLICE_MS = 50;

/**
 * Lets at most `perSecond` calls go a second, in slices, so that a sweep in the background never crowds a broker.
 * `hurry()` lifts the limit for good: somebody waits for the result.
 */
export class Pace {
  readonly #perSlice: number;
  #left: number;
  #nextSliceAt: number;
  #refill: Promise<void> | undefined;
  readonly #hurried = new AbortController();
  readonly #hurriedNow = new Promise<void>((resolve) =>
    this.#hurried.signal.addEventListener("abort", () => resolve()),
  );
  readonly #moreUrgent: () => Promise<unknown> | undefined;

  /** `moreUrgent` tells the end of work that goes first, while there is some. */
  constructor(perSecond: number, moreUrgent: () => Promise<unknown> | undefined = () => undefined) {
    this.#moreUrgent = moreUrgent;
    this.#perSlice = Math.max(1, Math.round((perSecond * SLICE_MS) / 1000));
    this.#left = this.#perSlice;
    this.#nextSliceAt = Date.now() + SLICE_MS;
  }

  hurry(): void {
    this.#hurried.abort();
  }

  /** Resolves when the next call may go; undefined when it may go at once. */
  turn(): Promise<void> | undefined {
    if (this.#hurried.signal.aborted) return undefined;
    const urgent = this.#moreUrgent();
    if (urgent !== undefined) return this.#after(urgent);
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return this.#nextSlice();
  }

  async #after(urgent: Promise<unknown>): Promise<void> {
    await Promise.race([urgent, this.#hurriedNow]);
    await this.turn();
  }

  async #nextSlice(): Promise<void> {
    while (this.#left <= 0 && !this.#hurried.signal.aborted) {
      this.#refill ??= this.#refilled().finally(() => (this.#refill = undefined));
      await this.#refill;
    }
    this.#left -= 1;
  }

  async #refilled(): Promise<void> {
    const wait = Math.max(1, this.#nextSliceAt - Date.now());
    await sleep(wait, undefined, { signal: this.#hurried.signal }).catch(() => undefined);
    this.#left = this.#perSlice;
    this.#nextSliceAt = Date.now() + SLICE_MS;
  }
}

/** Runs `work` over `items` with at most `inFlight` under way, each after its turn. `work` must not throw. */
export async function paced<T>(
  items: readonly T[],
  inFlight: number,
  pace: Pace,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // Not p-limit: it keeps nearly a kilobyte for each item that waits, and a broker may have a hundred thousand topics.
  let next = 0;
  const lane = async () => {
    for (;;) {
      const item = items[next];
      if (item === undefined) return;
      next += 1;
      const turn = pace.turn();
      if (turn !== undefined) await turn;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, lane));
}
