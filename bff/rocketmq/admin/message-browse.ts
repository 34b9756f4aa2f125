import { PullConsumer, type QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "./cluster.ts";
import type { FanOutFailure } from "./fan-out.ts";

/** A page of a topic's messages by store time. */
export interface BrowseOptions {
  topic: string;
  /** Store time in epoch ms, both ends included. */
  begin: number;
  end: number;
  /** Default `newest` first. */
  order?: "newest" | "oldest";
  pageSize: number;
  /** Where the page before ended: its `cursor`. */
  cursor?: string;
  signal?: AbortSignal;
}

export interface BrowsePage {
  items: StoredMessage[];
  /** For the next page; undefined on the last one. */
  cursor?: string;
  /** Messages between the two times by the queues' offsets, when this is the first page; a little off on brokers before 5.1. */
  estimatedTotal?: bigint;
  /** Queues' brokers that did not answer; their messages are missing. */
  failures: FanOutFailure[];
}

const READ = 4;

interface Plan {
  order: "newest" | "oldest";
  begin: number;
  end: number;
  signal?: AbortSignal;
}

/** Next messages of one queue in the wanted order, read in small pieces as they are needed. */
class QueueReader {
  readonly queue: QueueRef;
  private readonly consumer: PullConsumer;
  private readonly plan: Plan;
  private readonly chunk: bigint;
  /** Newest first: everything below is still to come. Oldest first: everything from here on. */
  private position: bigint;
  private ready: StoredMessage[] = [];
  private exhausted = false;
  /** The position comes from a search by time, not from a page before. */
  private searched: boolean;

  constructor(
    consumer: PullConsumer,
    queue: QueueRef,
    { position, searched }: { position: bigint; searched: boolean },
    chunk: number,
    plan: Plan,
  ) {
    this.searched = searched;
    this.consumer = consumer;
    this.queue = queue;
    this.position = position;
    this.chunk = BigInt(chunk);
    this.plan = plan;
  }

  /** First of the messages not yet taken, once it has been read. */
  get head(): StoredMessage | undefined {
    return this.ready[0];
  }
  get done(): boolean {
    return this.exhausted && this.ready.length === 0;
  }
  /** Where a later reader goes on: before the first message not taken. */
  get resumeAt(): bigint {
    const head = this.head;
    if (!head) return this.position;
    return this.plan.order === "newest" ? head.queueOffset + 1n : head.queueOffset;
  }

  take(): StoredMessage | undefined {
    return this.ready.shift();
  }

  async fill(): Promise<void> {
    while (this.ready.length === 0 && !this.exhausted) {
      await (this.plan.order === "newest" ? this.readDown() : this.readUp());
    }
  }

  private async readDown(): Promise<void> {
    const end = this.position;
    const start = end > this.chunk ? end - this.chunk : 0n;
    if (end <= 0n) {
      this.exhausted = true;
      return;
    }
    const messages = await this.readRange(start, end);
    this.position = start;
    const oldest = messages[0];
    // An empty piece lies below the queue's first offset.
    this.exhausted = start === 0n || !oldest || oldest.storeTimestamp < this.plan.begin || oldest.queueOffset > start;
    this.ready = messages.filter((message) => this.inTime(message)).reverse();
  }

  private async readUp(): Promise<void> {
    const { signal } = this.plan;
    const start = this.position;
    const pulled = await this.consumer.pull(this.queue, start, { maxNums: Number(this.chunk), signal });
    const [first] = pulled.messages;
    const last = pulled.messages.at(-1);
    if (this.searched && first && first.storeTimestamp >= this.plan.begin && start > pulled.minOffset) {
      // The search ended among several of the same millisecond: there may be more before.
      this.position = start > this.chunk ? start - this.chunk : 0n;
      return;
    }
    this.searched = false;
    if (pulled.status === "NO_NEW" || pulled.nextBeginOffset <= start) this.exhausted = true;
    else this.position = pulled.nextBeginOffset;
    if (last && last.storeTimestamp > this.plan.end) this.exhausted = true;
    this.ready = pulled.messages.filter((message) => message.queueOffset >= start && this.inTime(message));
  }

  private async readRange(start: bigint, end: bigint): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    const options = { maxNums: Number(end - start), ahead: 1, signal: this.plan.signal };
    for await (const some of this.consumer.read(this.queue, start, end, options)) messages.push(...some);
    return messages;
  }

  private inTime({ storeTimestamp }: StoredMessage): boolean {
    return storeTimestamp >= this.plan.begin && storeTimestamp <= this.plan.end;
  }
}

/** `broker:queueId` and position of each queue, with the order that they are meant for. */
interface Cursor {
  order: "newest" | "oldest";
  at: [brokerName: string, queueId: number, position: string][];
}

function writeCursor(order: Cursor["order"], readers: readonly QueueReader[]): string | undefined {
  const at = readers
    .filter(({ done }) => !done)
    .map(({ queue, resumeAt }): Cursor["at"][number] => [queue.brokerName, queue.queueId, resumeAt.toString()]);
  return at.length === 0
    ? undefined
    : Buffer.from(JSON.stringify({ order, at } satisfies Cursor)).toString("base64url");
}

function readCursor(text: string, order: Cursor["order"]): Cursor["at"] {
  const bad = () => new RocketMQError("INVALID_PARAMETER", "the cursor is not one of this list");
  let cursor: Partial<Cursor> | null;
  try {
    cursor = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Partial<Cursor> | null;
  } catch {
    throw bad();
  }
  if (cursor?.order !== order || !Array.isArray(cursor.at)) throw bad();
  const isPlace = (place: unknown): boolean =>
    Array.isArray(place) &&
    typeof place[0] === "string" &&
    Number.isInteger(place[1]) &&
    typeof place[2] === "string" &&
    /^\d{1,19}$/.test(place[2]);
  if (!cursor.at.every(isPlace)) throw bad();
  return cursor.at;
}

async function readableQueues(cluster: RocketMQCluster, topic: string): Promise<(QueueRef & { address: string })[]> {
  const route = await cluster.route(topic);
  const brokers = new Map(route.brokerDatas.map((broker) => [broker.brokerName, broker]));
  const queues = route.queueDatas.flatMap(({ brokerName, readQueueNums, perm }) => {
    const broker = brokers.get(brokerName);
    const wanted = cluster.clusterName === undefined || broker?.cluster === cluster.clusterName;
    const address = broker?.brokerAddrs.get(0) ?? [...(broker?.brokerAddrs.values() ?? [])][0];
    if (!wanted || address === undefined || !(perm & READ)) return [];
    return Array.from({ length: readQueueNums }, (_, queueId) => ({ topic, brokerName, queueId, address }));
  });
  if (queues.length === 0) throw new RocketMQError("NO_PERMISSION", `${topic} has no queue that can be read`);
  return queues;
}

interface Bounds {
  queue: QueueRef;
  /** First offset in time. */
  low: bigint;
  /** First offset after it. */
  high: bigint;
}

async function searchBounds(
  cluster: RocketMQCluster,
  queue: QueueRef & { address: string },
  { begin, end, signal }: Plan,
): Promise<Bounds> {
  const { topic, queueId, address } = queue;
  const search = (timestamp: number) =>
    cluster.call(
      offsetRpc.searchOffsetByTimestamp,
      address,
      { topic, queueId, timestamp: BigInt(timestamp), boundaryType: "LOWER" },
      { signal },
    );
  const isOpen = end >= Date.now();
  const after = isOpen
    ? cluster.call(offsetRpc.getMaxOffset, address, { topic, queueId }, { signal })
    : search(end + 1);
  const [{ offset: low }, { offset: high }] = await Promise.all([search(begin), after]);
  return { queue, low, high };
}

/** Brokers before 5.1 give the nearest offset and any of several stored in the same millisecond, so the bound is taken with some room. */
const SEARCH_SLACK = 2n;

function startOf({ low, high }: Bounds, order: Plan["order"]): bigint {
  if (order === "newest") return high + SEARCH_SLACK;
  return low > SEARCH_SLACK ? low - SEARCH_SLACK : 0n;
}

async function openReaders(
  cluster: RocketMQCluster,
  options: BrowseOptions,
  plan: Plan,
): Promise<{ readers: QueueReader[]; total?: bigint; failures: FanOutFailure[] }> {
  const consumer = new PullConsumer(cluster);
  const queues = await readableQueues(cluster, options.topic);
  const chunk = Math.min(32, Math.ceil((options.pageSize * 2) / queues.length) + 2);
  const open = (queue: QueueRef, position: bigint, searched: boolean) =>
    new QueueReader(consumer, queue, { position, searched }, chunk, plan);
  if (options.cursor !== undefined) {
    const places = readCursor(options.cursor, plan.order);
    const readers = places.flatMap(([brokerName, queueId, position]) => {
      const queue = queues.find((one) => one.brokerName === brokerName && one.queueId === queueId);
      return queue ? [open(queue, BigInt(position), false)] : [];
    });
    return { readers, failures: [] };
  }
  const failures: FanOutFailure[] = [];
  const readers: QueueReader[] = [];
  let total = 0n;
  await Promise.all(
    queues.map(async (queue) => {
      try {
        const bounds = await searchBounds(cluster, queue, plan);
        if (bounds.high > bounds.low) total += bounds.high - bounds.low;
        readers.push(open(queue, startOf(bounds, plan.order), true));
      } catch (error) {
        plan.signal?.throwIfAborted();
        failures.push({ target: queue.brokerName, error: asRocketMQError(error, queue.address) });
      }
    }),
  );
  return { readers, total, failures };
}

function compare(order: Plan["order"]): (a: QueueReader, b: QueueReader) => number {
  const sign = order === "newest" ? -1 : 1;
  return (a, b) =>
    sign * ((a.head?.storeTimestamp ?? 0) - (b.head?.storeTimestamp ?? 0)) ||
    (a.queue.brokerName < b.queue.brokerName
      ? -1
      : a.queue.brokerName > b.queue.brokerName
        ? 1
        : a.queue.queueId - b.queue.queueId);
}

/** Fills the readers; one that fails is reported and keeps its place for the next page. */
async function fillAll(
  readers: readonly QueueReader[],
  failures: FanOutFailure[],
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    readers.map(async (reader) => {
      try {
        await reader.fill();
      } catch (error) {
        signal?.throwIfAborted();
        failures.push({ target: reader.queue.brokerName, error: asRocketMQError(error) });
      }
    }),
  );
}

/** One failure for each broker, whichever of its queues failed first. */
function oncePerBroker(failures: readonly FanOutFailure[]): FanOutFailure[] {
  return [...new Map(failures.toReversed().map((failure) => [failure.target, failure])).values()];
}

/**
 * Messages of a topic stored between two times, merged over its queues in the order of their store time; reads little more than the page.
 * Throws TOPIC_NOT_EXIST, NO_PERMISSION (nothing may be read), INVALID_PARAMETER (cursor), or the only failure when no queue answered.
 */
export async function browseByTime(cluster: RocketMQCluster, options: BrowseOptions): Promise<BrowsePage> {
  const { begin, end, order = "newest", pageSize, signal } = options;
  const plan: Plan = { order, begin, end, signal };
  const { readers, total, failures } = await openReaders(cluster, options, plan);
  await fillAll(readers, failures, signal);
  const [firstFailure] = failures;
  if (firstFailure && readers.every(({ head, done }) => !head && !done)) throw firstFailure.error;
  const items: StoredMessage[] = [];
  const byHead = compare(order);
  while (items.length < pageSize) {
    let best: QueueReader | undefined;
    for (const reader of readers) if (reader.head && (!best || byHead(reader, best) < 0)) best = reader;
    const message = best?.take();
    if (!best || !message) break;
    items.push(message);
    if (!best.head && !best.done) await fillAll([best], failures, signal);
  }
  return { items, cursor: writeCursor(order, readers), estimatedTotal: total, failures: oncePerBroker(failures) };
}
