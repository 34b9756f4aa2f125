import { decodeOffsetMsgId, decodeUniqKey, encodeOffsetMsgId, type OffsetMsgId } from "../codec/message-id.ts";
import { MessageConst } from "../codec/properties.ts";
import { beginsMessage, decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import { PullConsumer, type QueueRef } from "../client/pull-consumer.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { messageRpc } from "../rpc/message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas, type ReplicaAddrs } from "../cluster/replicas.ts";
import { brokerGone } from "../cluster/seen-brokers.ts";
import { askIndex, withoutIndex, type KeyQuery, type QueryOptions } from "./key-index.ts";
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

const SYSTEM_ERROR = 1;
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
  const failed = [...failures, ...(await withoutIndex(cluster, gaveNothing, options))];
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
  const recent = await query(cluster, { topic, key: id, begin, unique: true }, matches, options);
  // The id's clock starts anew each month, so it may be older than it looks.
  if (recent.items.length > 0 || begin === 0) return recent;
  return query(cluster, { topic, key: id, unique: true }, matches, options);
}

function offsetIdOf(id: string): OffsetMsgId | undefined {
  try {
    return decodeOffsetMsgId(id);
  } catch {
    return undefined;
  }
}

interface Owner {
  replicas: ReplicaAddrs;
  /** Set while no name server lists the address in the id: what a slave has there must name it. */
  gone?: RocketMQError;
}

/**
 * Who may have what an offsetMsgId names: the cluster's own broker at that address, or the slaves of one that vanished.
 * An id comes from people, so an address that no name server lists is never connected to.
 */
async function ownerOf(
  cluster: RocketMQCluster,
  { host, port }: OffsetMsgId,
  { signal }: QueryOptions,
): Promise<Owner | undefined> {
  const wanted = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const isMeant = ({ addr }: BrokerTarget) => addr === wanted || addr === `${host}:${port}`;
  const replicas = await cluster.replicas({ fresh: true, signal });
  const others = ({ brokerName }: BrokerTarget) =>
    replicas.filter((replica) => replica.brokerName === brokerName && !isMeant(replica)).map(({ addr }) => addr);
  const listed = replicas.find(isMeant);
  if (listed) return { replicas: { brokerName: listed.brokerName, master: listed.addr, slaves: others(listed) } };
  const vanished = (await cluster.gone({ signal })).find(({ target }) => isMeant(target))?.target;
  if (!vanished) return undefined;
  const { brokerName } = vanished;
  return { replicas: { brokerName, slaves: others(vanished) }, gone: brokerGone(vanished) };
}

/** The message that an offsetMsgId names. Throws MALFORMED_MESSAGE_ID, BROKER_GONE, and MESSAGE_NOT_FOUND when no broker of the cluster has it. */
export async function viewByOffsetMsgId(
  cluster: RocketMQCluster,
  id: string,
  options: QueryOptions & { topic?: string } = {},
): Promise<StoredMessage> {
  const wanted = decodeOffsetMsgId(id);
  return viewAt(cluster, await ownerOf(cluster, wanted, options), wanted, options);
}

async function viewAt(
  cluster: RocketMQCluster,
  owner: Owner | undefined,
  wanted: OffsetMsgId,
  { topic, signal }: QueryOptions & { topic?: string },
): Promise<StoredMessage> {
  const id = encodeOffsetMsgId(wanted);
  const notFound = () => new RocketMQError("MESSAGE_NOT_FOUND", `no broker of the cluster has message ${id}`);
  if (!owner) throw notFound();
  const { replicas, gone } = owner;
  if (gone && replicas.slaves.length === 0) throw gone;
  const message = await storedAt(cluster, replicas, { offset: wanted.offset, topic, signal });
  if (message !== undefined && (!gone || message.offsetMsgId === id)) return message;
  throw notFound();
}

/** The message that a broker has at an offset of its commit log; undefined where none begins there. */
export async function storedAt(
  cluster: RocketMQCluster,
  replicas: ReplicaAddrs,
  at: { offset: bigint; topic?: string; signal?: AbortSignal },
): Promise<StoredMessage | undefined> {
  const body = await bodyAt(cluster, replicas, at).catch((error: unknown) => {
    const { code, responseCode } = asRocketMQError(error);
    const noMessage = responseCode === SYSTEM_ERROR && code !== "SIGNATURE_FAILED" && code !== "NO_PERMISSION";
    if (!noMessage) throw error;
  });
  // Between two records a broker reads a size from the middle of a message: what it gives then is none.
  const [message] = body && beginsMessage(body) ? decodeMessages(body, replicas.brokerName, 1).messages : [];
  return message?.physicalOffset === at.offset ? message : undefined;
}

/** As many bytes from the offset on as the first four of them say. */
async function bodyAt(
  cluster: RocketMQCluster,
  replicas: ReplicaAddrs,
  { offset, topic, signal }: { offset: bigint; topic?: string; signal?: AbortSignal },
): Promise<Buffer> {
  const { body } = await new Replicas().ask(replicas, async (address) => {
    const answer = await cluster.call(messageRpc.viewMessageById, address, { offset, topic }, { signal });
    if (answer.body.length >= 4 && answer.body.readInt32BE(0) !== answer.body.length)
      throw new RocketMQError("MALFORMED_RESPONSE", `${address} gave a torn message at ${offset}`, { address });
    return answer;
  });
  return body;
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
  const owner = offsetId && (await ownerOf(cluster, offsetId, options));
  if (offsetId && owner) {
    try {
      const message = await viewAt(cluster, owner, offsetId, options);
      return { items: [message], failures: [], unread: { queues: 0, of: 0 } };
    } catch (error) {
      // Both kinds have the same length, and the broker's address may be the client's too.
      const mayBeUnique = error instanceof RocketMQError && ["MESSAGE_NOT_FOUND", "BROKER_GONE"].includes(error.code);
      if (topic === undefined || !mayBeUnique) throw error;
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
