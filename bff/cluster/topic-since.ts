import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import type { Stats } from "./topic-producers.ts";
import { firstOffsetAt } from "../rocketmq/admin/time-search.ts";

export const DAY_MS = 86_400_000;

export const queueKey = (queue: { brokerName: string; queueId: number }): string =>
  `${queue.brokerName} ${queue.queueId}`;

/** Sums over the queues of a topic, at the masters that told. */
export function sumsOf(stats: Stats) {
  const sums = { stored: 0n, historical: 0n, lastStoredAt: 0, tps: null as number | null };
  for (const { value } of stats.items) {
    if (value.topicPutTps !== undefined) sums.tps = (sums.tps ?? 0) + value.topicPutTps;
    for (const [, { minOffset, maxOffset, lastUpdateTimestamp }] of value.offsetTable) {
      sums.historical += maxOffset;
      sums.stored += maxOffset - minOffset;
      sums.lastStoredAt = Math.max(sums.lastStoredAt, lastUpdateTimestamp);
    }
  }
  return sums;
}

/** Offset of the first message that each queue stored since a time, at the masters that told; where there is none, the next offset. */
export async function offsetsSince(
  cluster: RocketMQCluster,
  stats: Stats,
  topic: string,
  since: number,
): Promise<{ offsets: ReadonlyMap<string, bigint>; failures: FanOutFailure[] }> {
  const offsets = new Map<string, bigint>();
  const asked = await cluster.fanOut(
    stats.items.map(({ target, value }) => ({ ...target, table: value.offsetTable })),
    async ({ brokerName, addr, table }) => {
      const found: [string, bigint][] = [];
      const behind: { brokerName: string; queueId: number }[] = [];
      for (const [{ queueId }, { maxOffset, minOffset, lastUpdateTimestamp }] of table) {
        // Asked for a time after the last message, brokers before 5.0 answer with that message.
        if (maxOffset === minOffset || lastUpdateTimestamp < since)
          found.push([queueKey({ brokerName, queueId }), maxOffset]);
        else behind.push({ brokerName, queueId });
      }
      await cluster.turns.each(
        behind,
        async ({ queueId }) => {
          const queue = { topic, brokerName, queueId };
          found.push([queueKey(queue), await firstOffsetAt(cluster, addr, queue, { timestamp: since })]);
        },
        cluster.signal,
      );
      for (const [queue, offset] of found) offsets.set(queue, offset);
    },
  );
  return { offsets, failures: asked.failures };
}

/** Messages stored since a time, at the masters that told. */
export async function producedSince(
  cluster: RocketMQCluster,
  stats: Stats,
  topic: string,
  since: number,
): Promise<{ sum: bigint; failures: FanOutFailure[] }> {
  const { offsets, failures } = await offsetsSince(cluster, stats, topic, since);
  const sum = stats.items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((total, [queue, { maxOffset }]) => total + maxOffset - (offsets.get(queueKey(queue)) ?? maxOffset), 0n);
  return { sum, failures };
}
