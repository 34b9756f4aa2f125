import { brokerRpc } from "../rpc/broker.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { committedAt } from "./queue-offsets.ts";

/**
 * Who moves the offsets of a group. `broker`: it sets them at once, for clients online and for those to come (`useServerSideResetOffset`,
 * the default since 5.2.0). `clients`: it only tells those online, which set them themselves within some ten seconds; without any an
 * offset is committed as a client would. Source: AdminBrokerProcessor.resetOffset, Broker2Client.resetOffset.
 */
export type ResetBy = "broker" | "clients";

export async function resetsBy(cluster: RocketMQCluster, addr: string): Promise<ResetBy> {
  const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
  return config.get("useServerSideResetOffset") === "true" ? "broker" : "clients";
}

export interface QueueReset {
  group: string;
  topic: string;
  queueId: number;
  offset: bigint;
}

/** Moves one queue of a group, and answers what the broker has then. Only for brokers that do it themselves, or groups that nobody is online of. */
export async function resetQueue(
  cluster: RocketMQCluster,
  addr: string,
  by: ResetBy,
  { group, topic, queueId, offset }: QueueReset,
): Promise<bigint | null> {
  if (by === "broker") {
    const header = { topic, group, timestamp: 0n, isForce: true, queueId, offset };
    await cluster.call(offsetRpc.invokeBrokerToResetOffset, addr, header);
  } else {
    const header = { consumerGroup: group, topic, queueId, commitOffset: offset };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
  }
  return committedAt(cluster, addr, { topic, queueId }, group);
}

/** Has the clients online move all queues of a topic; `timestamp` in epoch ms, -1 the end. They are silent for some ten seconds then. */
export async function resetByClients(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, timestamp }: { group: string; topic: string; timestamp: number },
): Promise<void> {
  const header = { topic, group, timestamp: BigInt(timestamp), isForce: true };
  await cluster.call(offsetRpc.invokeBrokerToResetOffset, addr, header);
}
