import type { RocketMQCluster } from "../cluster/cluster.ts";
import { asRocketMQError } from "../errors.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { consumerRunningInfo } from "./running-info.ts";

interface GroupOnTopic {
  group: string;
  topic: string;
}

/**
 * Whether a broker moves the offsets of a group by itself, for clients online and for those to come (`useServerSideResetOffset`, the default
 * since 5.2.0). Others only tell clients that are online. Source: AdminBrokerProcessor.resetOffset, Broker2Client.resetOffset.
 */
export async function movesOffsets(cluster: RocketMQCluster, addr: string): Promise<boolean> {
  const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
  return config.get("useServerSideResetOffset") === "true";
}

/** Whether clients of a group pop a topic because the broker says so (`mqadmin setConsumeMode`): what they tell of themselves does not say it. */
export async function isMadeToPop(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, clientId }: GroupOnTopic & { clientId: string },
): Promise<boolean> {
  if (!(await cluster.can(addr, "assignQueues"))) return false;
  const body = { topic, consumerGroup: group, clientId, strategyName: "AVG", messageModel: "CLUSTERING" };
  const { messageQueueAssignments } = await cluster.call(groupRpc.queryAssignment, addr, {}, { body });
  return messageQueueAssignments.some(({ mode }) => mode === "POP");
}

/** Whether a client consumes in order, which it alone can tell; one that does not answer may. */
export async function consumesInOrder(
  cluster: RocketMQCluster,
  addr: string,
  { group, clientId }: { group: string; clientId: string },
): Promise<boolean> {
  try {
    const asked = { consumerGroup: group, clientId, jstackEnable: false };
    const { properties } = await consumerRunningInfo(cluster, addr, asked);
    return properties.get("PROP_CONSUMEORDERLY") !== "false";
  } catch (error) {
    asRocketMQError(error);
    return true;
  }
}

interface QueueReset extends GroupOnTopic {
  queueId: number;
  offset: bigint;
}

/** Has a broker that does it by itself move one queue. */
export async function moveOffset(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, queueId, offset }: QueueReset,
): Promise<void> {
  const header = { topic, group, timestamp: 0n, isForce: true, queueId, offset };
  await cluster.call(offsetRpc.invokeBrokerToResetOffset, addr, header);
}

/** Commits as a client does; those online do not heed it. */
export async function commitOffset(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, queueId, offset }: QueueReset,
): Promise<void> {
  const header = { consumerGroup: group, topic, queueId, commitOffset: offset };
  await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
}

/** Has a broker tell the clients online to move a topic's queues, which they do ten seconds later and consume nothing until then; `timestamp` in epoch ms, -1 the end. Answers the queues that it told them of. */
export async function tellClients(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, timestamp }: GroupOnTopic & { timestamp: number },
): Promise<ReadonlySet<number>> {
  const header = { topic, group, timestamp: BigInt(timestamp), isForce: true };
  const { offsetTable } = await cluster.call(offsetRpc.invokeBrokerToResetOffset, addr, header);
  return new Set(offsetTable.map(([{ queueId }]) => queueId));
}
