import { setMaxListeners } from "node:events";

/** Calls back when the signal aborts, until it is released. */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  // A fan-out has as many calls under way as it likes on the signal of one caller.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

/** Waits for what others may wait for too, no longer than the signal allows. */
export function orAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    const release = onAbort(signal, abort);
    shared.then(resolve, reject).finally(release);
  });
}
