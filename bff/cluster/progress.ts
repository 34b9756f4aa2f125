import type { GroupQueue } from "#contract/group.ts";
import type { OffsetWrapper } from "../rocketmq/rpc/group.ts";

/** Pulled and not acknowledged; brokers before 5.0 do not tell, and 0 stands for never pulled. */
function unackedOf({ pullOffset, consumerOffset }: OffsetWrapper): string | null {
  if (pullOffset === undefined || pullOffset <= 0n) return null;
  return (pullOffset > consumerOffset ? pullOffset - consumerOffset : 0n).toString();
}

/** How far a group is in a queue. */
export const presentQueue = (
  { brokerName, queueId }: { brokerName: string; queueId: number },
  offset: OffsetWrapper,
): GroupQueue => ({
  brokerName,
  queueId,
  brokerOffset: offset.brokerOffset.toString(),
  consumerOffset: offset.consumerOffset.toString(),
  lag: (offset.brokerOffset - offset.consumerOffset).toString(),
  unacked: unackedOf(offset),
  lastConsumedAt: offset.lastTimestamp > 0 ? offset.lastTimestamp : null,
});

export const byQueue = (a: GroupQueue, b: GroupQueue): number =>
  a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId;

export const sumOver = (queues: readonly GroupQueue[], field: "brokerOffset" | "consumerOffset" | "lag"): bigint =>
  queues.reduce((sum, queue) => sum + BigInt(queue[field]), 0n);

export const lastConsumedOf = (queues: readonly GroupQueue[]): number | null =>
  queues.reduce<number | null>((last, { lastConsumedAt: at }) => (at !== null && at > (last ?? 0) ? at : last), null);
