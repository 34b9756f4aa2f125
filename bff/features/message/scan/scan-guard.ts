import { createContext, Script } from "node:vm";
import pLimit from "p-limit";
import { Slices } from "../../../rocketmq/slices.ts";

/** How long an expression may hold up everybody; a step of the engine's own, which nothing ends, takes some 15 ms at the most on what it is given. */
const HELD_MS = 30;

const script = new Script("go()");
const guard = createContext({ go: () => undefined });
/** Of all scans together: many that each held up everybody for a while would add up. */
const oneAtATime = pLimit(1);
const turns = new Slices();

/** An error of the context is none of ours by its class. */
const isTimeout = (error: unknown) =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** The trace of an error costs more than all else, and nobody sees it. */
export function withoutTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function endedInTime<T>(go: () => T): { value: T } | undefined {
  let done: { value: T } | undefined;
  guard["go"] = () => (done = { value: go() });
  try {
    script.runInContext(guard, { timeout: HELD_MS });
    return done;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  } finally {
    guard["go"] = undefined;
  }
}

/** Runs what is ended after so long, wherever it is; undefined where it was. Others are answered before the next of any scan runs. */
export function withinTime<T>(go: () => T): Promise<{ value: T } | undefined> {
  return oneAtATime(async () => {
    const done = withoutTraces(() => endedInTime(go));
    await turns.pause();
    return done;
  });
}
