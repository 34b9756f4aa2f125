import pLimit, { type LimitFunction } from "p-limit";

/** Requests about queues that are under way at one broker, of all who ask. */
const AT_ONCE = 32;
/** Those of one of them: the others find turns left. */
const OF_ONE = 16;

/** Turns for what is asked queue by queue: a topic has thousands of them, and other requests go over the same connections. */
export class Turns {
  readonly #limits = new Map<string, LimitFunction>();

  /** Works on each thing, several at a time at each broker; stops at the first that throws, and on abort. */
  async each<T extends { brokerName: string }>(
    things: readonly T[],
    work: (thing: T) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const byBroker = new Map<string, T[]>();
    for (const thing of things) {
      const others = byBroker.get(thing.brokerName);
      if (others === undefined) byBroker.set(thing.brokerName, [thing]);
      else others.push(thing);
    }
    let failed = false;
    const atBroker = ([brokerName, own]: [string, T[]]) =>
      pLimit(OF_ONE).map(own, async (thing) => {
        if (!failed) await this.#take(brokerName, () => work(thing), signal);
      });
    try {
      await Promise.all([...byBroker].map(atBroker));
    } finally {
      failed = true;
    }
  }

  async #take(brokerName: string, work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    let limit = this.#limits.get(brokerName);
    if (limit === undefined) {
      limit = pLimit(AT_ONCE);
      this.#limits.set(brokerName, limit);
    }
    try {
      await limit(() => {
        signal?.throwIfAborted();
        return work();
      });
    } finally {
      if (limit.activeCount + limit.pendingCount === 0) this.#limits.delete(brokerName);
    }
  }
}
