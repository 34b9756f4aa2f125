import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { groupRpc } from "../../bff/rocketmq/rpc/group.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";

/** Where tests send what they find by its offset. */
export const queue = { brokerName: "broker-a", queueId: 0 };

/** Makes a group and commits its offset in that queue of a topic. */
export async function commit(
  cluster: RocketMQCluster,
  group: string,
  topic: string,
  commitOffset: bigint,
): Promise<void> {
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";
  await cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body: { groupName: group } });
  const header = { consumerGroup: group, topic, queueId: queue.queueId, commitOffset };
  await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
}
