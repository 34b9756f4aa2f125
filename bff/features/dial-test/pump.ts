const TICK_MS = 2;
/** The event loop is not held for longer than this at a time. */
const SLICE_MS = 4;
/** What could not be sent in time is caught up with for so long; older than that it is given up. */
const CATCH_UP_MS = 1000;

/** What was due in time is begun so long after it. */
const LAST_MS = 250;

interface Pace {
  /** Begun a second at most. */
  perSecond: number;
  /** Under way at the same time at most. */
  atOnce: number;
  ms: number;
  signal: AbortSignal;
}

/**
 * Begins work by a rate, evenly, for a time; ends once nothing is under way. Where work takes so long that `atOnce` of it are under way, less is begun.
 * `work` must not reject.
 */
export function pump({ perSecond, atOnce, ms, signal }: Pace, work: () => Promise<void>): Promise<{ begun: number }> {
  const started = performance.now();
  const total = Math.round((perSecond * ms) / 1000);
  const catchUp = Math.max(1, (perSecond * CATCH_UP_MS) / 1000);
  let begun = 0;
  let given = 0;
  let active = 0;
  let over = false;
  return new Promise((resolve) => {
    const timer = setInterval(() => turn(), TICK_MS);
    const hasRoom = () => active < atOnce && !signal.aborted;
    const settle = () => {
      if (over && active === 0) resolve({ begun });
    };
    const end = () => {
      over = true;
      clearInterval(timer);
      settle();
    };
    const one = () => {
      active += 1;
      begun += 1;
      void work().finally(() => {
        active -= 1;
        if (over) settle();
        else if (active === atOnce - 1) turn();
      });
    };
    const turn = (): void => {
      if (over) return;
      const now = performance.now();
      const elapsed = Math.min(ms, now - started);
      const due = Math.min(total, Math.ceil((elapsed * perSecond) / 1000)) - begun - given;
      if (due > catchUp) given += Math.floor(due - catchUp);
      let left = Math.min(due, catchUp);
      for (; left > 0 && hasRoom(); left -= 1) {
        one();
        if (performance.now() - now > SLICE_MS) break;
      }
      // What is due by then is begun yet, unless it would have to wait for what is under way.
      const isDone = left <= 0 || active >= atOnce || now - started > ms + LAST_MS;
      if (signal.aborted || (elapsed >= ms && isDone)) end();
    };
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
