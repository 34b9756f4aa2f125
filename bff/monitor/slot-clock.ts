/** A mean over more slots than this would say too little. */
const MOST_SLOTS = 30;

/** Turns readings of one thing into slots: what was measured between two of them holds for the slots that began meanwhile. */
export class SlotClock<T> {
  readonly #slotMs: number;
  #last: { value: T; at: number } | undefined;

  constructor(slotMs: number) {
    this.#slotMs = slotMs;
  }

  /** Whether a reading at this time is in another slot than the one before. */
  isDue(at: number): boolean {
    return this.#last === undefined || this.#slotOf(this.#last.at) < this.#slotOf(at);
  }

  /** The reading before and the beginnings of the slots since; undefined where there is nothing to write yet. */
  next(value: T, at: number): { before: T; slots: number[] } | undefined {
    if (!this.isDue(at)) return undefined;
    const last = this.#last;
    this.#last = { value, at };
    if (last === undefined) return undefined;
    const first = this.#slotOf(last.at);
    const count = this.#slotOf(at) - first;
    if (count > MOST_SLOTS) return undefined;
    return { before: last.value, slots: Array.from({ length: count }, (_, n) => (first + n) * this.#slotMs) };
  }

  /** What comes next is not to be compared with what was. */
  reset(): void {
    this.#last = undefined;
  }

  #slotOf(at: number): number {
    return Math.floor(at / this.#slotMs);
  }
}
