import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { copiesIn, type MessageIds } from "./message-copies.ts";

/** The dead letter topic of a group. */
export const dlqTopicOf = (group: string): string => `%DLQ%${group}`;

/**
 * How often a dead letter had been delivered again. A broker that takes a message back counts the failure that made it one, too; a client
 * that consumes in order sends it itself, under the id that it knows it by. Source: AbstractSendMessageProcessor.java, ConsumeMessageOrderlyService.java.
 */
export function retriesOf({ reconsumeTimes, properties }: StoredMessage): number {
  const sentByClient = properties.get(MessageConst.ORIGIN_MESSAGE_ID) === properties.get(MessageConst.UNIQ_KEY);
  return Math.max(0, reconsumeTimes - (sentByClient ? 0 : 1));
}

/** Which of some messages a group has given up, by their offsetMsgId. One without an id of its client is not found. */
export async function deadLettersOf(
  cluster: RocketMQCluster,
  group: string,
  messages: readonly MessageIds[],
  options: { signal?: AbortSignal } = {},
): Promise<{ byId: Map<string, StoredMessage>; failures: FanOutFailure[] }> {
  const { byId, failures } = await copiesIn(cluster, dlqTopicOf(group), messages, options);
  const newest = [...byId].flatMap(([id, copies]) => copies.slice(-1).map((copy) => [id, copy] as const));
  return { byId: new Map(newest), failures };
}
