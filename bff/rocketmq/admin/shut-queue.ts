import type { QueueRef } from "../client/pull-consumer.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { Replicas, type ReplicaAddrs } from "../cluster/replicas.ts";
import { unwrapAll } from "../codec/inner-batch.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { QueryOptions } from "./key-index.ts";
import { storedAt } from "./offset-msg-id.ts";

const SYSTEM_ERROR = 1;

/** A message with the bounds of its queue. */
export interface MessageInQueue {
  message: StoredMessage;
  minOffset: bigint;
  maxOffset: bigint;
}

/**
 * A message of a queue that the topic has no more, or that may not be read: brokers refuse a pull there, but tell where the messages of the
 * queue lie, and give them from there. Undefined where the broker has no such queue, null where none of its messages is at the offset.
 */
export async function lookIntoShutQueue(
  cluster: RocketMQCluster,
  broker: ReplicaAddrs,
  { topic, queueId }: QueueRef,
  offset: bigint,
  options: QueryOptions = {},
): Promise<MessageInQueue | null | undefined> {
  const header = { topic, queueId, index: offset, count: 1 };
  const part = await new Replicas()
    .ask(broker, async (addr) => (await cluster.call(offsetRpc.queryConsumeQueue, addr, header, options)) ?? null)
    .catch((error: unknown) => {
      // So a broker says that it has no such queue.
      const { code, responseCode } = asRocketMQError(error);
      if (responseCode !== SYSTEM_ERROR || code !== "BROKER_ERROR") throw error;
    });
  const [place] = part?.queueData ?? [];
  if (!part || !place) return part === undefined ? undefined : null;
  const stored = await storedAt(cluster, broker, { offset: place.physicOffset, topic, ...options });
  const messages = stored === undefined ? [] : await unwrapAll([stored]);
  const isMeant = (one: StoredMessage) => one.topic === topic && one.queueId === queueId && one.queueOffset === offset;
  const message = messages.find(isMeant);
  return message === undefined ? null : { message, minOffset: part.minQueueIndex, maxOffset: part.maxQueueIndex };
}
