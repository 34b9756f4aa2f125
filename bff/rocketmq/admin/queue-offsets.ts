import { messageRpc } from "../rpc/message.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { topicStats } from "./topic-admin.ts";

const QUEUES_AT_ONCE = 64;

/** Where the messages of a queue begin and end, and where a group is; null where it never committed an offset. */
export interface QueueOffsets {
  minOffset: bigint;
  maxOffset: bigint;
  committed: bigint | null;
}

interface Place {
  topic: string;
  queueId: number;
}

/** What a group has committed; null where it never did. */
export async function committedAt(
  cluster: RocketMQCluster,
  addr: string,
  { topic, queueId }: Place,
  consumerGroup: string,
): Promise<bigint | null> {
  const header = { consumerGroup, topic, queueId, setZeroIfNotFound: false };
  const { offset } = await cluster.call(offsetRpc.queryConsumerOffset, addr, header);
  return offset === undefined || offset < 0n ? null : offset;
}

export async function queueOffsets(
  cluster: RocketMQCluster,
  addr: string,
  { topic, queueId }: Place,
  group: string | undefined,
): Promise<QueueOffsets> {
  const [min, max, committed] = await Promise.all([
    cluster.call(offsetRpc.getMinOffset, addr, { topic, queueId }),
    cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId }),
    group === undefined ? null : committedAt(cluster, addr, { topic, queueId }, group),
  ]);
  return { minOffset: min.offset, maxOffset: max.offset, committed };
}

/** When the oldest and the newest message of a topic were stored, in epoch ms; null where there is none. */
export async function storedSpan(cluster: RocketMQCluster, topic: string) {
  const stats = await topicStats(cluster, topic);
  const tables = stats.items.flatMap(({ target, value }) =>
    value.offsetTable
      .filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset)
      .map(([{ queueId }, { lastUpdateTimestamp }]) => ({ ...target, queueId, lastUpdateTimestamp })),
  );
  const oldest = await cluster.fanOut(
    tables,
    ({ addr, queueId }) => cluster.call(messageRpc.getEarliestMsgStoreTime, addr, { topic, queueId }),
    { concurrency: QUEUES_AT_ONCE },
  );
  const earliest = oldest.items.map(({ value }) => value.timestamp).filter((at) => at > 0);
  const latest = tables.map(({ lastUpdateTimestamp }) => lastUpdateTimestamp).filter((at) => at > 0);
  return {
    earliest: earliest.length === 0 ? null : Math.min(...earliest),
    latest: latest.length === 0 ? null : Math.max(...latest),
    failures: [...stats.failures, ...oldest.failures],
  };
}
