import { PullConsumer, type QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { compareQueues, readCursor, timesAfter, writeCursor, type BrowseCursor, type Order } from "./browse-cursor.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import type { Unread } from "./message-admin.ts";
import { QueueReader } from "./queue-reader.ts";
import { Replicas } from "../cluster/replicas.ts";
import { firstOffsetAt } from "./time-search.ts";
import { isReadable, notReadable, topicBrokers, type TopicBroker } from "./topic-brokers.ts";
import { isCompacted, offsetOfQueue, queuesOf, type ReadableQueue } from "./topic-queues.ts";

/** A page of a topic's messages by store time. */
export interface BrowseOptions {
  topic: string;
  /** Store time in epoch ms, both ends included. */
  begin: number;
  end: number;
  /** Default `newest` first. */
  order?: Order;
  pageSize: number;
  /** Where the page before ended: its `cursor`. */
  cursor?: string;
  signal?: AbortSignal;
}

export interface BrowsePage {
  items: StoredMessage[];
  /** For the next page; undefined on the last one. */
  cursor?: string;
  /** Messages between the two times by the queues' offsets, when this is the first page. */
  total?: bigint;
  /** The topic keeps the latest message of each key, or may, so that offsets count more than there is. */
  compacted: boolean;
  /** Queues' brokers that did not answer or are gone; their messages are missing, and come on a later page only from its time on. */
  failures: FanOutFailure[];
  unread: Unread;
}

/** One person's look at a topic: its readers, and what failed so far. */
class Browse {
  readonly #cluster: RocketMQCluster;
  readonly #options: BrowseOptions & { order: Order };
  readonly #consumer: PullConsumer;
  readonly #replicas = new Replicas();
  readonly #cursor: BrowseCursor | undefined;
  readonly readers: QueueReader[] = [];
  readonly failures: FanOutFailure[] = [];
  readonly #unread = new Set<string>();
  #queues = 0;
  #total = 0n;
  compacted = false;

  constructor(cluster: RocketMQCluster, options: BrowseOptions & { order: Order }) {
    this.#cluster = cluster;
    this.#options = options;
    this.#consumer = new PullConsumer(cluster, this.#replicas);
    this.#cursor = options.cursor === undefined ? undefined : readCursor(options.cursor, options.order);
  }

  /** Undefined on later pages. */
  get total(): bigint | undefined {
    return this.#cursor === undefined ? this.#total : undefined;
  }

  get unread(): Unread {
    return { queues: this.#unread.size, of: this.#queues };
  }

  async open(): Promise<void> {
    const { topic, pageSize, signal } = this.#options;
    const { brokers, gone } = await topicBrokers(this.#cluster, topic, signal);
    this.failures.push(...gone);
    const queues = queuesOf(topic, brokers);
    for (const broker of brokers) if (!isReadable(broker)) this.#leaveOut(topic, broker);
    this.#queues = queues.length + this.#unread.size;
    const chunk = Math.min(32, Math.ceil((pageSize * 2) / queues.length) + 2);
    if (queues.length === 0)
      throw this.failures[0]?.error ?? new RocketMQError("TOPIC_NOT_READABLE", `${topic} has no queue to read`);
    const [compacted] = await Promise.all([
      this.#isCompacted(brokers),
      this.#eachOf(queues, async (queue) => {
        const reader = await this.#readerOf(queue, chunk);
        await reader.fill();
        this.readers.push(reader);
      }),
    ]);
    this.compacted = compacted;
  }

  /** A broker on which the topic cannot be read, with its queues. */
  #leaveOut(topic: string, broker: TopicBroker): void {
    this.failures.push(notReadable(topic, broker));
    for (let queueId = 0; queueId < broker.readQueues; queueId++) this.#unread.add(`${broker.brokerName} ${queueId}`);
  }

  /** As the first broker says. */
  async #isCompacted([broker]: readonly TopicBroker[]): Promise<boolean> {
    if (broker === undefined || this.#cursor !== undefined) return false;
    return isCompacted(this.#asking, this.#options.topic, broker);
  }

  get #asking() {
    return { cluster: this.#cluster, replicas: this.#replicas, signal: this.#options.signal };
  }

  /** One that fails is told and gives nothing more to this page. */
  fill(reader: QueueReader): Promise<void> {
    return this.#eachOf([reader.queue], () => reader.fill());
  }

  async #eachOf<Q extends QueueRef>(queues: readonly Q[], work: (queue: Q) => Promise<void>): Promise<void> {
    const { signal } = this.#options;
    const attempt = async (queue: Q) => {
      try {
        await work(queue);
      } catch (error) {
        signal?.throwIfAborted();
        this.failures.push({ target: queue.brokerName, error: asRocketMQError(error) });
        this.#unread.add(`${queue.brokerName} ${queue.queueId}`);
      }
    };
    await this.#cluster.turns.each(queues, attempt, signal);
  }

  async #readerOf(queue: ReadableQueue, chunk: number): Promise<QueueReader> {
    const { order, begin, end, signal } = this.#options;
    const cursor = this.#cursor;
    const shared = {
      order,
      chunk,
      signal,
      firstOffset: () => offsetOfQueue(this.#asking, queue, offsetRpc.getMinOffset),
    };
    if (cursor === undefined) {
      const position = await this.#firstStart(queue);
      return new QueueReader(this.#consumer, queue, { ...shared, begin, end, position });
    }
    if (compareQueues(queue, cursor) === 0) {
      const position = order === "newest" ? cursor.queueOffset : cursor.queueOffset + 1n;
      return new QueueReader(this.#consumer, queue, { ...shared, begin, end, position });
    }
    const times = timesAfter(cursor, queue, this.#options);
    const position = await this.#search(queue, order === "newest" ? times.end + 1 : times.begin);
    return new QueueReader(this.#consumer, queue, { ...shared, ...times, position });
  }

  /** Where the first page begins; counts what lies between the times. */
  async #firstStart(queue: ReadableQueue): Promise<bigint> {
    const { order, begin, end } = this.#options;
    const [low, high] = await Promise.all([
      this.#search(queue, begin),
      end >= Date.now() ? offsetOfQueue(this.#asking, queue, offsetRpc.getMaxOffset) : this.#search(queue, end + 1),
    ]);
    if (high > low) this.#total += high - low;
    return order === "newest" ? high : low;
  }

  #search(queue: ReadableQueue, timestamp: number): Promise<bigint> {
    const { signal } = this.#options;
    const { broker } = queue;
    return this.#replicas.ask(broker, (addr) => firstOffsetAt(this.#cluster, addr, queue, { timestamp, signal }));
  }
}

/** One failure for each broker, whichever of its queues failed first. */
function oncePerBroker(failures: readonly FanOutFailure[]): FanOutFailure[] {
  return [...new Map(failures.toReversed().map((failure) => [failure.target, failure])).values()];
}

/**
 * Messages of a topic stored between two times, merged over its queues in the order of their store time; reads little more than the page.
 * Throws TOPIC_NOT_EXIST, TOPIC_NOT_READABLE (on no broker), INVALID_PARAMETER (cursor), or the only failure when no queue answered.
 */
export async function browseByTime(cluster: RocketMQCluster, options: BrowseOptions): Promise<BrowsePage> {
  const { order = "newest", pageSize } = options;
  const browse = new Browse(cluster, { ...options, order });
  await browse.open();
  const { readers, failures } = browse;
  const [firstFailure] = failures;
  if (firstFailure && readers.length === 0) throw firstFailure.error;
  const items: StoredMessage[] = [];
  while (items.length < pageSize) {
    const next = nextOf(readers, order);
    const message = next?.take();
    if (!next || !message) break;
    items.push(message);
    if (!next.head && !next.done) await browse.fill(next);
  }
  const more = readers.some(({ head }) => head !== undefined);
  const last = items.at(-1);
  const cursor = more && last !== undefined ? cursorAt(order, last) : undefined;
  const { total, compacted, unread } = browse;
  return { items, cursor, total, compacted, failures: oncePerBroker(failures), unread };
}

/** The reader whose head comes next. */
function nextOf(readers: readonly QueueReader[], order: Order): QueueReader | undefined {
  const sign = order === "newest" ? -1 : 1;
  let best: QueueReader | undefined;
  for (const reader of readers) {
    if (reader.head === undefined) continue;
    const later = best?.head === undefined ? -1 : sign * (reader.head.storeTimestamp - best.head.storeTimestamp);
    if (best === undefined || later < 0 || (later === 0 && compareQueues(reader.queue, best.queue) < 0)) best = reader;
  }
  return best;
}

const cursorAt = (order: Order, { storeTimestamp, brokerName = "", queueId, queueOffset }: StoredMessage): string =>
  writeCursor({ order, storedAt: storeTimestamp, brokerName, queueId, queueOffset });
