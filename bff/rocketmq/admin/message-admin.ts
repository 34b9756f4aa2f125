import { decodeOffsetMsgId, decodeUniqKey, type OffsetMsgId } from "../codec/message-id.ts";
import { unwrapAll } from "../codec/inner-batch.ts";
import { MessageConst } from "../codec/properties.ts";
import { decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import { PullConsumer, type QueueRef } from "../client/pull-consumer.ts";
import { RocketMQError } from "../errors.ts";
import { messageRpc } from "../rpc/message.ts";
import type { BrokerTarget, RocketMQCluster } from "./cluster.ts";
import type { FanOutFailure } from "./fan-out.ts";

/** Messages found, newest first, and the brokers that could not be asked. */
export interface FoundMessages {
  items: StoredMessage[];
  failures: FanOutFailure[];
}

export interface QueryOptions {
  signal?: AbortSignal;
}

const LONG_MAX = 2n ** 63n - 1n;
const SYSTEM_ERROR = 1;
const DAY_MS = 86_400_000;

/** What a broker gives at most for one query (`maxMsgsNumBatch`). */
const MAX_FOUND = 64;

interface KeyQuery {
  topic: string;
  key: string;
  /** Store time in epoch ms, both ends included. Default: all. */
  begin?: number;
  end?: number;
  /** For each broker. Default and most: 64. */
  maxNum?: number;
}

/** Brokers index the time of a message by whole seconds since the beginning of a file, and round it down. */
const INDEX_STEP_MS = 1000;

/** Messages with a key; `capped` when a broker gave as many as it gives at most, its newest, so that there may be more. */
export interface FoundByKey extends FoundMessages {
  capped: boolean;
}

/** Addresses to ask of each broker of a route: the master, else its slaves, which have the index too. */
async function brokersOf(cluster: RocketMQCluster, topic: string): Promise<{ name: string; addr: string }[]> {
  const route = await cluster.route(topic);
  return route.brokerDatas
    .filter((broker) => cluster.clusterName === undefined || broker.cluster === cluster.clusterName)
    .flatMap(({ brokerName, brokerAddrs }) => {
      const addr = brokerAddrs.get(0) ?? [...brokerAddrs.values()][0];
      return addr === undefined ? [] : [{ name: brokerName, addr }];
    });
}

async function query(
  cluster: RocketMQCluster,
  { topic, key, begin = 0, end, maxNum = MAX_FOUND }: KeyQuery,
  unique: boolean,
  matches: (message: StoredMessage) => boolean,
  options: QueryOptions,
): Promise<FoundByKey> {
  const most = Math.min(maxNum, MAX_FOUND);
  const targets = await brokersOf(cluster, topic);
  const { items, failures } = await cluster.fanOut(
    targets,
    async ({ name, addr }) => {
      const header = {
        topic,
        key,
        maxNum: most,
        beginTimestamp: BigInt(Math.max(0, begin - INDEX_STEP_MS)),
        endTimestamp: end === undefined ? LONG_MAX : BigInt(end),
        _UNIQUE_KEY_QUERY: unique,
      };
      const answer = await cluster.call(messageRpc.queryMessage, addr, header, options);
      const { messages } = decodeMessages(answer.body, name, most);
      return { messages: await unwrapAll(messages), full: messages.length >= most };
    },
    options,
  );
  const inTime = ({ storeTimestamp: at }: StoredMessage) => at >= begin && (end === undefined || at <= end);
  // The index finds by hash: others that share it are left out.
  const found = items
    .flatMap(({ value }) => value.messages)
    .filter((message) => message.topic === topic && inTime(message) && matches(message));
  return {
    items: found.sort((a, b) => b.storeTimestamp - a.storeTimestamp),
    failures,
    capped: items.some(({ value }) => value.full),
  };
}

/** Messages of a topic that have the key among their KEYS. Throws TOPIC_NOT_EXIST. */
export function queryByKey(
  cluster: RocketMQCluster,
  wanted: KeyQuery,
  options: QueryOptions = {},
): Promise<FoundByKey> {
  return query(cluster, wanted, false, ({ keys }) => keys?.split(" ").includes(wanted.key) ?? false, options);
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
  const recent = await query(cluster, { topic, key: id, begin }, true, matches, options);
  // The id's clock starts anew each month, so it may be older than it looks.
  if (recent.items.length > 0 || begin === 0) return recent;
  return query(cluster, { topic, key: id }, true, matches, options);
}

function offsetIdOf(id: string): OffsetMsgId | undefined {
  try {
    return decodeOffsetMsgId(id);
  } catch {
    return undefined;
  }
}

/** The cluster's own broker at that address: an id comes from people, so an address that no name server lists is never connected to. */
async function brokerAt(cluster: RocketMQCluster, { host, port }: OffsetMsgId): Promise<BrokerTarget | undefined> {
  const wanted = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const replicas = await cluster.replicas();
  return replicas.find(({ addr }) => addr === wanted || addr === `${host}:${port}`);
}

/** The message that an offsetMsgId names. Throws MALFORMED_MESSAGE_ID, and MESSAGE_NOT_FOUND when no broker of the cluster has it. */
export async function viewByOffsetMsgId(
  cluster: RocketMQCluster,
  id: string,
  options: QueryOptions & { topic?: string } = {},
): Promise<StoredMessage> {
  const wanted = decodeOffsetMsgId(id);
  const broker = await brokerAt(cluster, wanted);
  const notFound = (cause?: unknown) =>
    new RocketMQError("MESSAGE_NOT_FOUND", `no broker of the cluster has message ${id}`, {
      address: broker?.addr,
      cause,
    });
  if (!broker) throw notFound();
  try {
    const { offset } = wanted;
    const { body } = await cluster.call(
      messageRpc.viewMessageById,
      broker.addr,
      { offset, topic: options.topic },
      { signal: options.signal },
    );
    // Between two records the broker reads a size from the middle of a message.
    const [message] = decodeMessages(body, broker.brokerName, 1).messages;
    if (message?.physicalOffset === offset) return message;
    throw notFound();
  } catch (error) {
    if (!(error instanceof RocketMQError)) throw error;
    const noMessage = error.responseCode === SYSTEM_ERROR || error.code === "MALFORMED_RESPONSE";
    throw noMessage && error.code !== "SIGNATURE_FAILED" && error.code !== "NO_PERMISSION" ? notFound(error) : error;
  }
}

/**
 * Messages with that id of either kind: an offsetMsgId when it names a broker of the cluster, else a UNIQ_KEY, for which a topic is needed.
 * Throws MALFORMED_MESSAGE_ID, and MESSAGE_NOT_FOUND when every broker answered and none has it.
 */
export async function viewById(
  cluster: RocketMQCluster,
  id: string,
  options: QueryOptions & { topic?: string } = {},
): Promise<FoundMessages> {
  const trimmed = id.trim();
  const { topic } = options;
  const offsetId = offsetIdOf(trimmed);
  if (offsetId && (await brokerAt(cluster, offsetId))) {
    try {
      return { items: [await viewByOffsetMsgId(cluster, trimmed, options)], failures: [] };
    } catch (error) {
      // Both kinds have the same length, and the broker's address may be the client's too.
      if (topic === undefined || !(error instanceof RocketMQError) || error.code !== "MESSAGE_NOT_FOUND") throw error;
    }
  }
  if (topic === undefined) {
    decodeUniqKey(trimmed);
    throw new RocketMQError(
      "MESSAGE_NOT_FOUND",
      `no broker of the cluster has message ${trimmed}; by a client's id it is found with its topic`,
    );
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(trimmed))
    throw new RocketMQError("MALFORMED_MESSAGE_ID", `not a message id: ${trimmed.slice(0, 80)}`);
  const found = await queryByUniqKey(cluster, topic, trimmed, options);
  if (found.items.length === 0 && found.failures.length === 0) {
    throw new RocketMQError("MESSAGE_NOT_FOUND", `topic ${topic} has no message ${trimmed}`);
  }
  return found;
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
