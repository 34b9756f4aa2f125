import type { BrokerTarget, RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import type { FanOut } from "../../rocketmq/admin/fan-out.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import type { TopicStatsTable } from "../../rocketmq/rpc/topic.ts";

export type Stats = FanOut<BrokerTarget, TopicStatsTable>;

export const queueKey = (queue: { brokerName: string; queueId: number }): string =>
  `${queue.brokerName} ${queue.queueId}`;

/** Offset of the first message that each queue stored since a time; where there is none, the next offset. */
export async function offsetsSince(
  cluster: RocketMQCluster,
  stats: Stats,
  topic: string,
  since: number,
): Promise<Map<string, bigint>> {
  const reads = stats.items.flatMap(({ target, value }) =>
    value.offsetTable.map(async ([queue, offsets]): Promise<[string, bigint]> => {
      const { maxOffset, minOffset, lastUpdateTimestamp } = offsets;
      // Asked for a time after the last message, brokers before 5.0 answer with that message.
      if (maxOffset === minOffset || lastUpdateTimestamp < since) return [queueKey(queue), maxOffset];
      const { offset } = await cluster.call(offsetRpc.searchOffsetByTimestamp, target.addr, {
        topic,
        queueId: queue.queueId,
        timestamp: BigInt(since),
      });
      return [queueKey(queue), offset];
    }),
  );
  return new Map(await Promise.all(reads));
}

/** Messages stored since a time. */
export async function producedSince(
  cluster: RocketMQCluster,
  stats: Stats,
  topic: string,
  since: number,
): Promise<bigint> {
  const offsets = await offsetsSince(cluster, stats, topic, since);
  return stats.items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((sum, [queue, { maxOffset }]) => sum + maxOffset - (offsets.get(queueKey(queue)) ?? maxOffset), 0n);
}
