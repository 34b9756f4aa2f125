import { setImmediate } from "node:timers/promises";

/** How long all sliced work together may go on before others run. */
const SLICE_MS = 10;
/** What each of many has at least, so that all of them come to an end. */
const OWN_MS = 0.5;

let turnBegan = performance.now();

/** Long work in slices, so that everybody else is answered meanwhile: `await slices.pause()` wherever it may stop. */
export class Slices {
  #since = performance.now();

  /** Lets others run when this slice is over. */
  async pause(): Promise<void> {
    const now = performance.now();
    if (now - turnBegan < SLICE_MS || now - this.#since < OWN_MS) return;
    await setImmediate();
    this.#since = performance.now();
    // The first of those that go on in this turn of the event loop begins it for all.
    if (this.#since - turnBegan >= SLICE_MS) turnBegan = this.#since;
  }
}

/** Work that stops at each step, done in slices. */
export async function inSlices<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  const slices = new Slices();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await slices.pause();
    signal?.throwIfAborted();
  }
}

/** The same at once, for what is small. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
