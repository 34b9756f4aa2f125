/** How long answers may be worked on in one turn of the event loop. */
const SLICE_MS = 10;

/**
 * Hands on answers. Hundreds of servers may answer in one turn of the event loop, and each answer is worked on as soon as it is handed
 * on: those that come after a slice of time wait for the next turn, so that everybody else is served in between.
 */
export class AnswerTurns {
  #waiting: (() => unknown)[] = [];
  #began: number | undefined;

  /** Calls `hand` now or in one of the next turns, after all that were here before. */
  add(hand: () => unknown): void {
    if (this.#began === undefined) {
      this.#began = performance.now();
      setImmediate(() => this.#turn());
    }
    if (this.#waiting.length === 0 && !this.#isOver()) hand();
    else this.#waiting.push(hand);
  }

  #isOver(): boolean {
    return this.#began !== undefined && performance.now() - this.#began >= SLICE_MS;
  }

  #turn(): void {
    this.#began = this.#waiting.length > 0 ? performance.now() : undefined;
    if (this.#began !== undefined) this.#handFrom(0);
  }

  #handFrom(index: number): void {
    const hand = this.#waiting[index];
    if (hand === undefined || (index > 0 && this.#isOver())) {
      this.#waiting = this.#waiting.slice(index);
      setImmediate(() => this.#turn());
      return;
    }
    hand();
    // After all that this one has woken: a tick of its own begins once no promise is left to settle.
    queueMicrotask(() => process.nextTick(() => this.#handFrom(index + 1)));
  }
}
