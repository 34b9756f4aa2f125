import type { QueueRef } from "../client/pull-consumer.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { Replicas } from "../cluster/replicas.ts";
import { asRocketMQError } from "../errors.ts";
import type { offsetRpc } from "../rpc/offset.ts";
import { topicRpc } from "../rpc/topic.ts";
import { isReadable, type TopicBroker } from "./topic-brokers.ts";

export interface ReadableQueue extends QueueRef {
  broker: TopicBroker;
}

/** Queues of a topic that may be read. */
export function queuesOf(topic: string, brokers: readonly TopicBroker[]): ReadableQueue[] {
  return brokers.flatMap((broker) =>
    Array.from({ length: isReadable(broker) ? broker.readQueues : 0 }, (_, queueId) => {
      return { topic, brokerName: broker.brokerName, queueId, broker };
    }),
  );
}

interface Asking {
  cluster: RocketMQCluster;
  replicas: Replicas;
  signal?: AbortSignal;
}

/** Where a queue begins or ends. */
export function offsetOfQueue(
  { cluster, replicas, signal }: Asking,
  { broker, topic, queueId }: ReadableQueue,
  row: (typeof offsetRpc)["getMinOffset" | "getMaxOffset"],
): Promise<bigint> {
  return replicas.ask(broker, async (addr) => (await cluster.call(row, addr, { topic, queueId }, { signal })).offset);
}

/** Whether a topic keeps the latest message of each key, as a broker says; where it does not tell, offsets may count more than there is, too. */
export async function isCompacted(
  { cluster, replicas, signal }: Asking,
  topic: string,
  broker: TopicBroker,
): Promise<boolean> {
  const policyAt = async (addr: string) => {
    if (!(await cluster.can(addr, "topicAttributes"))) return undefined;
    const config = await cluster.call(topicRpc.getTopicConfig, addr, { topic, lo: true }, { signal });
    return config.attributes.get("cleanup.policy");
  };
  try {
    return (await replicas.ask(broker, policyAt)) === "COMPACTION";
  } catch (error) {
    asRocketMQError(error);
    return true;
  }
}
