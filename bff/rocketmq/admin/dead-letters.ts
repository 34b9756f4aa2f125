import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas } from "../cluster/replicas.ts";
import { askIndex, withoutIndex } from "./key-index.ts";
import { queryByUniqKey } from "./message-admin.ts";
import { topicBrokers } from "./topic-brokers.ts";

/** The dead letter topic of a group. */
export const dlqTopicOf = (group: string): string => `%DLQ%${group}`;

/** A message by the ids that its copies keep. */
export interface MessageIds {
  msgId: string;
  offsetMsgId: string;
}

/**
 * How often a dead letter had been delivered again. A broker that takes a message back counts the failure that made it one, too; a client
 * that consumes in order sends it itself, under the id that it knows it by. Source: AbstractSendMessageProcessor.java, ConsumeMessageOrderlyService.java.
 */
export function retriesOf({ reconsumeTimes, properties }: StoredMessage): number {
  const sentByClient = properties.get(MessageConst.ORIGIN_MESSAGE_ID) === properties.get(MessageConst.UNIQ_KEY);
  return Math.max(0, reconsumeTimes - (sentByClient ? 0 : 1));
}

const RETRY_PREFIX = "%RETRY%";

const hasId = ({ properties }: StoredMessage, { msgId }: MessageIds) => properties.get(MessageConst.UNIQ_KEY) === msgId;

/** A client of 5.1 to 5.3 gives all messages of a batch one id: which of them it was, the id of the first failure tells. */
function isCopyOf(
  { properties }: StoredMessage,
  { topic, msgId, offsetMsgId }: MessageIds & { topic: string },
): boolean {
  const origin = properties.get(MessageConst.ORIGIN_MESSAGE_ID);
  return topic.startsWith(RETRY_PREFIX) || origin === undefined || origin === offsetMsgId || origin === msgId;
}

/** Of a message that was popped again the first failure is that of its copy in the retry topic, and nothing leads from there to the original. */
const isOfPopped = ({ properties }: StoredMessage): boolean =>
  properties.get(MessageConst.RETRY_TOPIC)?.startsWith(RETRY_PREFIX) === true;

/** Whether its topic has no other message with its id. */
async function isOnlyOne(
  cluster: RocketMQCluster,
  { topic, msgId }: MessageIds & { topic: string },
  options: { signal?: AbortSignal },
): Promise<boolean> {
  const { items, failures } = await queryByUniqKey(cluster, topic, msgId, options);
  return items.length === 1 && failures.length === 0;
}

/**
 * Which of some messages a group has given up, by their offsetMsgId: its dead letter topic's index is asked for each of them at each broker that has
 * it. One without an id of its client is not found.
 */
export async function deadLettersOf(
  cluster: RocketMQCluster,
  group: string,
  messages: readonly (MessageIds & { topic: string })[],
  options: { signal?: AbortSignal } = {},
): Promise<{ byId: Map<string, StoredMessage>; failures: FanOutFailure[] }> {
  const topic = dlqTopicOf(group);
  const byId = new Map<string, StoredMessage>();
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
        const copies = found.messages.filter((one) => one.topic === topic && hasId(one, message));
        let copy = copies.find((one) => isCopyOf(one, message));
        const popped = copies.find(isOfPopped);
        if (copy === undefined && popped !== undefined && (await isOnlyOne(cluster, message, options))) copy = popped;
        if (found.messages.length > 0) silent.delete(broker.brokerName);
        if (copy !== undefined) byId.set(message.offsetMsgId, copy);
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
