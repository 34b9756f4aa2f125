import { mapBounded } from "../bounded.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { Slices } from "../slices.ts";

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
  /** Addresses that are asked whatever happened to those before them. */
  isAlive?: (addr: string) => boolean;
}

/** In a row, they end a fan-out: 128 that cannot be reached, or 16 that let a request or a connection time out. */
const STRIKES_MAX = 128;
const STRIKES_OF_SILENCE = 8;

/** Counts those in a row whom nothing reached: where many hang, the answer must not take as long as all of them together. */
class Strikes {
  #count = 0;
  /** A broker that is asked queue by queue counts once. */
  readonly #names = new Set<string>();

  get out(): boolean {
    return this.#count >= STRIKES_MAX;
  }

  add(name: string, error: RocketMQError | undefined): void {
    if (error?.code === "NOT_REACHED") return;
    if (error === undefined || !isUnreached(error)) {
      this.#count = 0;
      this.#names.clear();
    } else if (!this.#names.has(name)) {
      this.#names.add(name);
      this.#count += isSilence(error) ? STRIKES_OF_SILENCE : 1;
    }
  }
}

/** Whoever waited for it has waited as long as they would. */
export const isSilence = ({ code }: RocketMQError): boolean => code === "REQUEST_TIMEOUT" || code === "CONNECT_TIMEOUT";

/** Nothing came back, not even an error of the server's own. */
export const isUnreached = (error: RocketMQError): boolean => error.responseCode === undefined && error.retryable;

const notReached = ({ addr }: Target, why: string) =>
  new RocketMQError("NOT_REACHED", `${addr} was not reached${why}`, { address: addr });

/**
 * Asks every target with bounded concurrency; items are in the order of the targets. Rejects only on abort.
 * Once so many in a row cannot be reached, nobody else is asked but those known to be alive: the others are failures too (NOT_REACHED).
 */
export async function fanOut<T extends Target, V>(
  targets: readonly T[],
  ask: (target: T) => Promise<V>,
  options: FanOutOptions = {},
): Promise<FanOut<T, V>> {
  const { concurrency = 8, isAlive, signal } = options;
  const result: FanOut<T, V> = { items: [], failures: [] };
  const inTime = deadline<V>(options.deadlineMs);
  const strikes = new Strikes();
  const slices = new Slices();
  const timed = (target: T) => inTime.race(target, () => ask(target));
  const one = async (target: T): Promise<Outcome<T, V>> => {
    if (strikes.out && isAlive?.(target.addr) !== true)
      return { failure: { target: target.name, error: notReached(target, ": too many before it were not") } };
    const outcome = await attempt(target, timed, signal);
    strikes.add(target.name, outcome.failure?.error);
    return outcome;
  };
  const outcomes = await mapBounded(targets, concurrency, async (target) => {
    const outcome = await one(target);
    // Thousands that fail at once would do so in one turn of the event loop.
    await slices.pause();
    return outcome;
  }).finally(inTime.end);
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
      const late = () => reject(notReached(target, ` within ${ms} ms`));
      if (up) return late();
      waiting.add(late);
      ask()
        .then(resolve, reject)
        .finally(() => waiting.delete(late));
    });
  return { race, end: () => clearTimeout(timer) };
}
