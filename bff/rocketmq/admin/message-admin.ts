import { decodeOffsetMsgId, decodeUniqKey, type OffsetMsgId } from "../codec/message-id.ts";
import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { PullConsumer, type QueueRef } from "../client/pull-consumer.ts";
import { RocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas } from "../cluster/replicas.ts";
import { askIndex, withoutIndex, type IndexSettings, type KeyQuery, type QueryOptions } from "./key-index.ts";
import { viewByOffsetMsgId } from "./offset-msg-id.ts";
import { topicBrokers, type TopicBroker } from "./topic-brokers.ts";

/** Queues of those asked that could not be read; how many a broker had that vanished, nobody knows. */
export interface Unread {
  queues: number;
  of: number;
}

/** Messages found, newest first, and the brokers that could not be asked. */
export interface FoundMessages {
  items: StoredMessage[];
  failures: FanOutFailure[];
  unread: Unread;
}

const NOTHING_UNREAD: Unread = { queues: 0, of: 0 };
const DAY_MS = 86_400_000;

/** Messages with a key; `capped` when a broker gave as many as it gives at most, its newest, so that there may be more. */
export interface FoundByKey extends FoundMessages {
  capped: boolean;
}

function unreadOf(brokers: readonly TopicBroker[], failures: readonly FanOutFailure[]): Unread {
  const failed = new Set(failures.map(({ target }) => target));
  const queues = (some: readonly TopicBroker[]) => some.reduce((sum, { readQueues }) => sum + readQueues, 0);
  return { queues: queues(brokers.filter(({ brokerName }) => failed.has(brokerName))), of: queues(brokers) };
}

async function query(
  cluster: RocketMQCluster,
  wanted: KeyQuery & { unique: boolean },
  matches: (message: StoredMessage) => boolean,
  options: QueryOptions,
  settings?: IndexSettings,
): Promise<FoundByKey> {
  const { topic, begin = 0, end } = wanted;
  const { brokers, gone } = await topicBrokers(cluster, topic, options.signal);
  const replicas = new Replicas();
  const targets = brokers.map((broker) => ({ name: broker.brokerName, addr: broker.master ?? "", broker }));
  const { items, failures } = await cluster.fanOut(
    targets,
    ({ broker }) => askIndex(cluster, replicas, broker, wanted, options),
    options,
  );
  const inTime = ({ storeTimestamp: at }: StoredMessage) => at >= begin && (end === undefined || at <= end);
  const found = items
    .flatMap(({ value }) => value.messages)
    .filter((message) => message.topic === topic && inTime(message) && matches(message));
  const gaveNothing = items.filter(({ value }) => value.messages.length === 0).map(({ target }) => target);
  const failed = [...failures, ...(await withoutIndex(cluster, gaveNothing, options, settings))];
  return {
    items: found.sort((a, b) => b.storeTimestamp - a.storeTimestamp),
    failures: [...failed, ...gone],
    unread: unreadOf(brokers, failed),
    capped: items.some(({ value }) => value.full),
  };
}

/** Messages of a topic that have the key among their KEYS. Throws TOPIC_NOT_EXIST. */
export function queryByKey(
  cluster: RocketMQCluster,
  wanted: KeyQuery,
  options: QueryOptions = {},
): Promise<FoundByKey> {
  const matches = ({ keys }: StoredMessage) => keys?.split(" ").includes(wanted.key) ?? false;
  return query(cluster, { ...wanted, unique: false }, matches, options);
}

/** The time to search from: the id tells when it was made, by a clock and time zone that are not ours. */
function searchBegin(id: string): number {
  try {
    return Math.max(0, decodeUniqKey(id).time - DAY_MS);
  } catch {
    return 0;
  }
}

/** Messages of a topic with that UNIQ_KEY; a resent or redelivered message may be there more than once. */
export async function queryByUniqKey(
  cluster: RocketMQCluster,
  topic: string,
  id: string,
  options: QueryOptions = {},
): Promise<FoundByKey> {
  const matches = ({ properties }: StoredMessage) => properties.get(MessageConst.UNIQ_KEY) === id;
  const begin = searchBegin(id);
  const settings: IndexSettings = new Map();
  const recent = await query(cluster, { topic, key: id, begin, unique: true }, matches, options, settings);
  // The id's clock starts anew each month, so it may be older than it looks.
  if (recent.items.length > 0 || begin === 0) return recent;
  return query(cluster, { topic, key: id, unique: true }, matches, options, settings);
}

function offsetIdOf(id: string): OffsetMsgId | undefined {
  try {
    return decodeOffsetMsgId(id);
  } catch {
    return undefined;
  }
}

/**
 * Messages with that id of either kind: an offsetMsgId, else a UNIQ_KEY, for which a topic is needed.
 * Throws MALFORMED_MESSAGE_ID, and MESSAGE_NOT_FOUND when every broker answered and none has it.
 */
export async function viewById(
  cluster: RocketMQCluster,
  id: string,
  options: QueryOptions & { topic?: string } = {},
): Promise<FoundMessages> {
  const { topic } = options;
  const trimmed = id.trim();
  const offsetId = offsetIdOf(trimmed);
  const failures: FanOutFailure[] = [];
  let unread = NOTHING_UNREAD;
  if (offsetId) {
    try {
      const stored = await viewByOffsetMsgId(cluster, offsetId, options);
      if (stored.message) return { items: [stored.message], failures: [], unread };
      failures.push(...stored.failures);
    } catch (error) {
      // Both kinds have the same length, and the broker's address may be the client's too.
      if (topic === undefined || !(error instanceof RocketMQError && error.code === "BROKER_GONE")) throw error;
    }
  } else if (topic === undefined) {
    decodeUniqKey(trimmed);
  }
  if (topic !== undefined) {
    if (!/^[\x21-\x7e]{1,255}$/.test(trimmed))
      throw new RocketMQError("MALFORMED_MESSAGE_ID", `not a message id: ${trimmed.slice(0, 80)}`);
    const found = await queryByUniqKey(cluster, topic, trimmed, options);
    if (found.items.length > 0) return found;
    failures.push(...found.failures);
    unread = found.unread;
  }
  if (failures.length > 0) return { items: [], failures, unread };
  throw new RocketMQError("MESSAGE_NOT_FOUND", `no broker of the cluster has message ${trimmed}`);
}

/** The message at an offset of a queue. Throws OFFSET_OUT_OF_RANGE with the queue's bounds, and what a pull throws. */
export async function viewByQueueOffset(
  cluster: RocketMQCluster,
  queue: QueueRef,
  offset: bigint,
  options: QueryOptions = {},
): Promise<StoredMessage> {
  const pulled = await new PullConsumer(cluster).pull(queue, offset, { maxNums: 1, signal: options.signal });
  const message = pulled.messages.find(({ queueOffset }) => queueOffset === offset);
  if (message) return message;
  if (offset < pulled.minOffset || offset >= pulled.maxOffset) {
    const bounds =
      pulled.maxOffset > pulled.minOffset ? `from ${pulled.minOffset} to ${pulled.maxOffset - 1n}` : "nothing";
    throw new RocketMQError(
      "OFFSET_OUT_OF_RANGE",
      `queue ${queue.queueId} of ${queue.topic} on ${queue.brokerName} holds ${bounds}`,
    );
  }
  throw new RocketMQError(
    "MESSAGE_NOT_FOUND",
    `queue ${queue.queueId} on ${queue.brokerName} has no message at ${offset}`,
  );
}
