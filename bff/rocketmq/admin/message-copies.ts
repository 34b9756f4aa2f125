import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas } from "../cluster/replicas.ts";
import { askIndex, withoutIndex } from "./key-index.ts";
import { queryByUniqKey } from "./message-admin.ts";
import { topicBrokers } from "./topic-brokers.ts";

/** A message by the ids that its copies keep. */
export interface MessageIds {
  topic: string;
  msgId: string;
  offsetMsgId: string;
}

/** Copies of messages, by the offsetMsgId of the original. */
export interface Copies {
  byId: Map<string, StoredMessage[]>;
  failures: FanOutFailure[];
}

const RETRY_PREFIX = "%RETRY%";

const hasId = ({ properties }: StoredMessage, { msgId }: MessageIds) => properties.get(MessageConst.UNIQ_KEY) === msgId;

/** A client of 5.1 to 5.3 gives all messages of a batch one id: which of them it was, the id of the first failure tells. */
function isCopyOf({ properties }: StoredMessage, { topic, msgId, offsetMsgId }: MessageIds): boolean {
  const origin = properties.get(MessageConst.ORIGIN_MESSAGE_ID);
  return topic.startsWith(RETRY_PREFIX) || origin === undefined || origin === offsetMsgId || origin === msgId;
}

/** Of a message that was popped again the first failure is that of its copy in the retry topic, and nothing leads from there to the original. */
const isOfPopped = ({ properties }: StoredMessage): boolean =>
  properties.get(MessageConst.RETRY_TOPIC)?.startsWith(RETRY_PREFIX) === true;

/** Whether its topic has no other message with its id. */
export async function isOnlyOne(
  cluster: RocketMQCluster,
  { topic, msgId }: MessageIds,
  options: { signal?: AbortSignal },
): Promise<boolean> {
  const { items, failures } = await queryByUniqKey(cluster, topic, msgId, options);
  return items.length === 1 && failures.length === 0;
}

/**
 * Copies of some messages in a topic: its index is asked for each of them at each broker that has it. A message without an id of its client has
 * none that could be found. No topic, no copies.
 */
export async function copiesIn(
  cluster: RocketMQCluster,
  topic: string,
  messages: readonly MessageIds[],
  options: { signal?: AbortSignal } = {},
): Promise<Copies> {
  const byId = new Map<string, StoredMessage[]>();
  const failures: FanOutFailure[] = [];
  const traceable = messages.filter(({ msgId, offsetMsgId }) => msgId !== offsetMsgId);
  if (traceable.length === 0) return { byId, failures };
  const { brokers, gone } = await topicBrokers(cluster, topic, options.signal).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    const known = asRocketMQError(error);
    if (known.code !== "TOPIC_NOT_EXIST") failures.push({ target: known.address ?? topic, error: known });
    return { brokers: [], gone: [] };
  });
  failures.push(...gone);
  const replicas = new Replicas();
  const silent = new Map(brokers.map((broker) => [broker.brokerName, broker]));
  const asked = brokers.flatMap((broker) =>
    traceable.map((message) => ({ brokerName: broker.brokerName, broker, message })),
  );
  await cluster.turns.each(
    asked,
    async ({ broker, message }) => {
      try {
        const wanted = { topic, key: message.msgId, unique: true };
        const found = await askIndex(cluster, replicas, broker, wanted, options);
        const withId = found.messages.filter((one) => one.topic === topic && hasId(one, message));
        let copies = withId.filter((one) => isCopyOf(one, message));
        const popped = withId.filter(isOfPopped);
        if (copies.length === 0 && popped.length > 0 && (await isOnlyOne(cluster, message, options))) copies = popped;
        if (found.messages.length > 0) silent.delete(broker.brokerName);
        if (copies.length > 0) byId.set(message.offsetMsgId, [...(byId.get(message.offsetMsgId) ?? []), ...copies]);
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push({ target: broker.brokerName, error: asRocketMQError(error) });
      }
    },
    options.signal,
  );
  const gaveNothing = [...silent].map(([name, broker]) => ({ name, addr: broker.master ?? "", broker }));
  failures.push(...(await withoutIndex(cluster, gaveNothing, options)));
  return { byId, failures };
}
