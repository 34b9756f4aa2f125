import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas } from "../cluster/replicas.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { groupOffsets } from "./group-offsets.ts";
import type { Unread } from "./message-admin.ts";
import { firstOffsetAt, keepsBatches } from "./time-search.ts";
import { isReadable, notReadable, topicBrokers, type TopicBroker } from "./topic-brokers.ts";
import { isCompacted, offsetOfQueue, queuesOf, type ReadableQueue } from "./topic-queues.ts";

/** A part of a queue: offsets from `from` up to, without, `end`. */
export interface ScanRange {
  brokerName: string;
  queueId: number;
  from: bigint;
  end: bigint;
}

/** Which messages of a topic. */
export type ScanPart =
  /** Store times in epoch ms, both included. */
  | { kind: "time"; from: number; to: number }
  /** Offsets of one queue, both included; where it begins and ends unless told. */
  | { kind: "queue"; brokerName: string; queueId: number; from?: bigint; to?: bigint }
  /** From what the group has committed, or where it never did the beginning, up to the end now. */
  | { kind: "unread"; group: string };

export interface ScanRanges {
  ranges: ScanRange[];
  failures: FanOutFailure[];
  unread: Unread;
  /** Offsets may count more messages than there are. */
  compacted: boolean;
  /** A queue holds batches, of which a broker cannot filter the messages. */
  batches: boolean;
}

/** A queue that somebody named is none; `field` of the part is the wrong one. */
export class NoSuchQueue extends RocketMQError {
  readonly field: "brokerName" | "queueId";

  constructor(field: NoSuchQueue["field"], what: string) {
    super("INVALID_PARAMETER", what);
    this.field = field;
  }
}

const later = (a: bigint, b: bigint) => (a > b ? a : b);
const earlier = (a: bigint, b: bigint) => (a < b ? a : b);

class Ranging {
  readonly #cluster: RocketMQCluster;
  readonly #topic: string;
  readonly #signal: AbortSignal | undefined;
  readonly #replicas = new Replicas();
  readonly ranges: ScanRange[] = [];
  readonly failures: FanOutFailure[] = [];
  unread: Unread = { queues: 0, of: 0 };

  constructor(cluster: RocketMQCluster, topic: string, signal: AbortSignal | undefined) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#signal = signal;
  }

  get asking() {
    return { cluster: this.#cluster, replicas: this.#replicas, signal: this.#signal };
  }

  leaveOut(broker: TopicBroker): void {
    this.failures.push(notReadable(this.#topic, broker));
    this.unread.queues += broker.readQueues;
    this.unread.of += broker.readQueues;
  }

  /** A queue that cannot be asked is told, and the others are scanned. */
  async each(queues: readonly ReadableQueue[], bounds: (queue: ReadableQueue) => Promise<[bigint, bigint]>) {
    this.unread.of += queues.length;
    const failed = new Map<string, FanOutFailure>();
    const work = async (queue: ReadableQueue) => {
      const { brokerName, queueId } = queue;
      try {
        const [from, end] = await bounds(queue);
        if (end > from) this.ranges.push({ brokerName, queueId, from, end });
      } catch (error) {
        this.#signal?.throwIfAborted();
        this.unread.queues += 1;
        failed.set(brokerName, { target: brokerName, error: asRocketMQError(error) });
      }
    };
    await this.#cluster.turns.each(queues, work, this.#signal);
    this.failures.push(...failed.values());
    this.ranges.sort((a, b) =>
      a.brokerName === b.brokerName ? a.queueId - b.queueId : a.brokerName < b.brokerName ? -1 : 1,
    );
  }

  begin(queue: ReadableQueue): Promise<bigint> {
    return offsetOfQueue(this.asking, queue, offsetRpc.getMinOffset);
  }
  end(queue: ReadableQueue): Promise<bigint> {
    return offsetOfQueue(this.asking, queue, offsetRpc.getMaxOffset);
  }
  at(queue: ReadableQueue, timestamp: number): Promise<bigint> {
    const options = { timestamp, signal: this.#signal };
    return this.#replicas.ask(queue.broker, (addr) => firstOffsetAt(this.#cluster, addr, queue, options));
  }
}

/** Where a group is in each queue of the topic; of one that it has no offset of, where that begins. */
async function committedIn(cluster: RocketMQCluster, topic: string, group: string) {
  const { items, failures } = await groupOffsets(cluster, group, { topic, subscribed: new Set([topic]) });
  const failed = new Map(failures.map(({ target, error }) => [target, error]));
  const offsets = new Map(
    items
      .flatMap(({ value }) => value.queues)
      .map((queue) => [`${queue.brokerName} ${queue.queueId}`, queue.committed ?? queue.minOffset ?? 0n]),
  );
  return { failed, offsets };
}

async function boundsOf(
  ranging: Ranging,
  { cluster, topic, part }: { cluster: RocketMQCluster; topic: string; part: ScanPart },
): Promise<(queue: ReadableQueue) => Promise<[bigint, bigint]>> {
  if (part.kind === "time") {
    const upToNow = part.to >= Date.now();
    return (queue) =>
      Promise.all([
        part.from <= 0 ? ranging.begin(queue) : ranging.at(queue, part.from),
        upToNow ? ranging.end(queue) : ranging.at(queue, part.to + 1),
      ]);
  }
  const within = async (queue: ReadableQueue, from: bigint, to?: bigint): Promise<[bigint, bigint]> => {
    const [begin, end] = await Promise.all([ranging.begin(queue), ranging.end(queue)]);
    return [later(begin, from), to === undefined ? end : earlier(end, to + 1n)];
  };
  if (part.kind === "queue") return (queue) => within(queue, part.from ?? 0n, part.to);
  const { failed, offsets } = await committedIn(cluster, topic, part.group);
  return (queue) => {
    const error = failed.get(queue.brokerName);
    if (error !== undefined) throw error;
    // The group has yet to begin where a broker does not know it.
    return within(queue, offsets.get(`${queue.brokerName} ${queue.queueId}`) ?? 0n);
  };
}

/**
 * What of a topic's queues a scan reads. Throws TOPIC_NOT_EXIST, INVALID_PARAMETER (as NoSuchQueue), TOPIC_NOT_READABLE (on no broker), or the
 * only failure where no queue could be asked.
 */
export async function scanRanges(
  cluster: RocketMQCluster,
  topic: string,
  part: ScanPart,
  signal?: AbortSignal,
): Promise<ScanRanges> {
  const ranging = new Ranging(cluster, topic, signal);
  const { brokers, gone } = await topicBrokers(cluster, topic, signal);
  ranging.failures.push(...gone);
  const named = part.kind === "queue" ? brokers.filter(({ brokerName }) => brokerName === part.brokerName) : brokers;
  for (const broker of named) if (!isReadable(broker)) ranging.leaveOut(broker);
  const queues = queuesOf(topic, named).filter(({ queueId }) => part.kind !== "queue" || queueId === part.queueId);
  if (queues.length === 0) {
    const failure = ranging.failures.find(({ target }) => part.kind !== "queue" || target === part.brokerName);
    if (failure !== undefined) throw failure.error;
    if (part.kind === "queue")
      throw new NoSuchQueue(
        named.length === 0 ? "brokerName" : "queueId",
        `${topic} has no queue ${part.queueId} on ${part.brokerName}`,
      );
    throw new RocketMQError("TOPIC_NOT_READABLE", `${topic} has no queue to read`);
  }
  await ranging.each(queues, await boundsOf(ranging, { cluster, topic, part }));
  const { ranges, failures, unread } = ranging;
  const [first] = failures;
  if (unread.queues === unread.of && first !== undefined) throw first.error;
  const [broker] = named;
  const compacted = broker !== undefined && (await isCompacted(ranging.asking, topic, broker));
  const batches =
    broker === undefined ||
    (await ranging.asking.replicas.ask(broker, (addr) => keepsBatches(cluster, addr, topic)).catch(() => true));
  return { ranges, failures, unread, compacted, batches };
}

export const countOf = (ranges: readonly ScanRange[]): bigint =>
  ranges.reduce((sum, { from, end }) => sum + (end - from), 0n);
