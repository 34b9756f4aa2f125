import { setImmediate } from "node:timers/promises";

/** How long work may go on before others run. */
const SLICE_MS = 10;

/** Long work in slices, so that everybody else is answered meanwhile: `await slices.pause()` wherever it may stop. */
export class Slices {
  #since = performance.now();

  /** Lets others run when this slice is over. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await setImmediate();
    this.#since = performance.now();
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
