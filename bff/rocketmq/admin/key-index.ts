import { unwrapAll } from "../codec/inner-batch.ts";
import { decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas, type ReplicaAddrs } from "../cluster/replicas.ts";
import { RocketMQError } from "../errors.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { messageRpc } from "../rpc/message.ts";

export interface QueryOptions {
  signal?: AbortSignal;
}

export interface KeyQuery {
  topic: string;
  key: string;
  /** Store time in epoch ms, both ends included. Default: all. */
  begin?: number;
  end?: number;
  /** For each broker. Default and most: 64. */
  maxNum?: number;
}

const LONG_MAX = 2n ** 63n - 1n;

/** What a broker gives at most for one query (`maxMsgsNumBatch`). */
const MAX_FOUND = 64;

/** Brokers index the time of a message by whole seconds since the beginning of a file, and round it down. */
const INDEX_STEP_MS = 1000;

/** What the index of one broker finds, by hash: others that share it are among them. */
export async function askIndex(
  cluster: RocketMQCluster,
  replicas: Replicas,
  broker: ReplicaAddrs,
  { topic, key, begin = 0, end, maxNum = MAX_FOUND, unique }: KeyQuery & { unique: boolean },
  options: QueryOptions = {},
): Promise<{ messages: readonly StoredMessage[]; full: boolean }> {
  const most = Math.min(maxNum, MAX_FOUND);
  const header = {
    topic,
    key,
    maxNum: most,
    beginTimestamp: BigInt(Math.max(0, begin - INDEX_STEP_MS)),
    endTimestamp: end === undefined ? LONG_MAX : BigInt(end),
    _UNIQUE_KEY_QUERY: unique,
  };
  // Slaves have the index too.
  const { body } = await replicas.ask(broker, (addr) => cluster.call(messageRpc.queryMessage, addr, header, options));
  const { messages } = decodeMessages(body, broker.brokerName, most);
  return { messages: await unwrapAll(messages), full: messages.length >= most };
}

/** By broker name, whether it keeps no index: read once for each search, which may ask the index several times. */
export type IndexSettings = Map<string, boolean>;

/**
 * Which of the brokers that gave nothing keep no index (`messageIndexEnable`): they find nothing, whatever they have.
 * Who does not tell its configuration may keep one.
 */
export async function withoutIndex(
  cluster: RocketMQCluster,
  brokers: readonly { name: string; addr: string; broker: ReplicaAddrs }[],
  options: QueryOptions,
  known: IndexSettings = new Map(),
): Promise<FanOutFailure[]> {
  const replicas = new Replicas();
  const isOff = async (name: string, broker: ReplicaAddrs): Promise<boolean> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const config = await replicas.ask(broker, (addr) => cluster.call(brokerRpc.getBrokerConfig, addr, {}, options));
    const now = config.get("messageIndexEnable") === "false";
    known.set(name, now);
    return now;
  };
  const { items } = await cluster.fanOut(brokers, ({ name, broker }) => isOff(name, broker), options);
  return items.flatMap(({ target: { name }, value }) =>
    value ? [{ target: name, error: new RocketMQError("INDEX_DISABLED", `${name} keeps no index`) }] : [],
  );
}
