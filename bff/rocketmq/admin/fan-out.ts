import pLimit from "p-limit";
import { asRocketMQError, RocketMQError } from "../errors.ts";

/** Someone to ask: a broker or name server by its name and `host:port`. */
export interface Target {
  name: string;
  addr: string;
}

export interface FanOutFailure {
  /** Broker name, or address of a name server. */
  target: string;
  error: RocketMQError;
}

/** What answered and what did not; the caller decides whether a part is enough. */
export interface FanOut<T, V> {
  items: { target: T; value: V }[];
  failures: FanOutFailure[];
}

export interface FanOutOptions {
  /** Targets asked at the same time. Default 8. */
  concurrency?: number;
  signal?: AbortSignal;
  /** So long for all of them: whoever did not answer by then is a failure (NOT_REACHED), and nobody else is asked. */
  deadlineMs?: number;
}

/** Asks every target with bounded concurrency; items are in the order of the targets. Rejects only on abort. */
export async function fanOut<T extends Target, V>(
  targets: readonly T[],
  ask: (target: T) => Promise<V>,
  options: FanOutOptions = {},
): Promise<FanOut<T, V>> {
  const limit = pLimit(options.concurrency ?? 8);
  const result: FanOut<T, V> = { items: [], failures: [] };
  const inTime = deadline<V>(options.deadlineMs);
  const one = (target: T) => inTime.race(target, () => ask(target));
  const outcomes = await Promise.all(
    targets.map((target) => limit(() => attempt(target, one, options.signal))),
  ).finally(inTime.end);
  for (const outcome of outcomes) {
    if (outcome.failure) result.failures.push(outcome.failure);
    else result.items.push(outcome.item);
  }
  return result;
}

type Outcome<T, V> = { item: { target: T; value: V }; failure?: undefined } | { failure: FanOutFailure };

async function attempt<T extends Target, V>(
  target: T,
  ask: (target: T) => Promise<V>,
  signal?: AbortSignal,
): Promise<Outcome<T, V>> {
  signal?.throwIfAborted();
  try {
    return { item: { target, value: await ask(target) } };
  } catch (error) {
    signal?.throwIfAborted();
    return { failure: { target: target.name, error: asRocketMQError(error, target.addr) } };
  }
}

/** Fails with NOT_REACHED whatever takes longer than so long from now on. */
function deadline<V>(ms: number | undefined) {
  if (ms === undefined || ms === Infinity)
    return { race: (_: Target, ask: () => Promise<V>) => ask(), end: () => undefined };
  let up = false;
  const waiting = new Set<() => void>();
  const timer = setTimeout(() => {
    up = true;
    for (const late of waiting) late();
  }, ms);
  const race = (target: Target, ask: () => Promise<V>): Promise<V> =>
    new Promise((resolve, reject) => {
      const late = () =>
        reject(
          new RocketMQError("NOT_REACHED", `${target.addr} was not reached within ${ms} ms`, { address: target.addr }),
        );
      if (up) return late();
      waiting.add(late);
      ask()
        .then(resolve, reject)
        .finally(() => waiting.delete(late));
    });
  return { race, end: () => clearTimeout(timer) };
}
