import { retentionHoursOf } from "../rocketmq/admin/retention.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { brokerRpc } from "../rocketmq/rpc/broker.ts";
import { messageRpc } from "../rocketmq/rpc/message.ts";
import type { TopicStatsTable } from "../rocketmq/rpc/topic.ts";

/** How long messages are kept; epoch ms. */
export interface Kept {
  /** When the oldest was stored. */
  oldestAt: number;
  /** Before then none is deleted, unless a disk fills; null where a broker does not tell. */
  until: number | null;
}

/** Of all that is kept in several places; null where one of them did not tell. */
export function olderOf(a: Kept | null | undefined, b: Kept | null | undefined): Kept | null | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === null || b === null) return null;
  const until = a.until === null || b.until === null ? null : Math.min(a.until, b.until);
  return { oldestAt: Math.min(a.oldestAt, b.oldestAt), until };
}

/** A retention is changed by hand, seldom. */
const RETENTION_MAX_AGE_MS = 60_000;
/** A topic that is made anew begins where the one before did. */
const OLDEST_MAX_AGE_MS = 600_000;
/** Brokers give a dead letter topic one queue each; of one with many it is not asked. */
const QUEUES_MAX = 16;
const HOUR_MS = 3_600_000;

/** When the oldest message of a queue was stored, and where the queue was then. */
interface Read {
  at: number;
  minOffset: bigint;
  maxOffset: bigint;
  oldestAt: number;
}

/** Since when queues keep what they keep. Where a queue begins moves seldom: until then its broker is asked again after a while alone. */
export class KeptBook {
  /** By topic, then broker and queue. */
  readonly #queues = new Map<string, Map<string, Read>>();
  readonly #retentions = new Map<string, { at: number; hours: Promise<number | null> }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What a topic keeps at a broker, by its table; undefined where that is nothing. Answers how many calls it took as well. */
  async read(
    cluster: RocketMQCluster,
    addr: string,
    { offsetTable }: TopicStatsTable,
  ): Promise<{ calls: number; kept: Kept | null | undefined }> {
    let calls = 0;
    let kept: Kept | null | undefined;
    const filled = offsetTable.filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset);
    if (filled.length > QUEUES_MAX) return { calls, kept: null };
    for (const [{ topic, queueId }, { minOffset, maxOffset }] of filled) {
      const known = this.#queues.get(topic) ?? new Map<string, Read>();
      this.#queues.set(topic, known);
      const place = `${addr} ${queueId}`;
      let read = known.get(place);
      if (read === undefined || !this.#holds(read, { minOffset, maxOffset })) {
        calls += 1;
        const oldestAt = await this.#oldestAt(cluster, addr, { topic, queueId });
        if (oldestAt === undefined) return { calls, kept: null };
        read = { at: this.#now(), minOffset, maxOffset, oldestAt };
        known.set(place, read);
      }
      const { oldestAt } = read;
      const hours = await this.#retentionOf(cluster, addr);
      kept = olderOf(kept, { oldestAt, until: hours === null ? null : oldestAt + hours * HOUR_MS });
    }
    return { calls, kept };
  }

  /** Drops what is known of other topics. */
  forget(topics: { has: (topic: string) => boolean }): void {
    for (const topic of this.#queues.keys()) if (!topics.has(topic)) this.#queues.delete(topic);
  }

  #holds({ at, ...before }: Read, { minOffset, maxOffset }: Pick<Read, "minOffset" | "maxOffset">): boolean {
    const isSame = before.minOffset === minOffset && maxOffset >= before.maxOffset;
    return isSame && this.#now() - at < OLDEST_MAX_AGE_MS;
  }

  async #oldestAt(
    cluster: RocketMQCluster,
    addr: string,
    queue: { topic: string; queueId: number },
  ): Promise<number | undefined> {
    const told = await cluster.call(messageRpc.getEarliestMsgStoreTime, addr, queue).catch(() => undefined);
    return told !== undefined && told.timestamp > 0 ? told.timestamp : undefined;
  }

  #retentionOf(cluster: RocketMQCluster, addr: string): Promise<number | null> {
    const known = this.#retentions.get(addr);
    if (known !== undefined && this.#now() - known.at < RETENTION_MAX_AGE_MS) return known.hours;
    const hours = cluster.call(brokerRpc.getBrokerConfig, addr, {}).then(retentionHoursOf, () => null);
    this.#retentions.set(addr, { at: this.#now(), hours });
    return hours;
  }
}
