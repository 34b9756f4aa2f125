import type { QueueProgress } from "#contract/progress.ts";
import type { GroupOffset } from "../rocketmq/admin/group-offsets.ts";
import { lagOf, neverConsumedOf } from "./backlog.ts";

const text = (value: bigint | null) => value?.toString() ?? null;

/** Pulled and not acknowledged; brokers before 5.0 do not tell, and 0 stands for never pulled. */
function unackedOf({ pullOffset, committed }: GroupOffset): string | null {
  if (committed === null || pullOffset === undefined || pullOffset <= 0n) return null;
  return (pullOffset > committed ? pullOffset - committed : 0n).toString();
}

/** How far a group is in a queue. */
export const presentQueue = (offset: GroupOffset): QueueProgress => ({
  brokerName: offset.brokerName,
  queueId: offset.queueId,
  brokerOffset: offset.maxOffset.toString(),
  consumerOffset: text(offset.committed),
  lag: text(lagOf(offset)),
  neverConsumed: text(neverConsumedOf(offset)),
  unacked: unackedOf(offset),
  lastConsumedAt: offset.lastTimestamp > 0 ? offset.lastTimestamp : null,
});

export const byQueue = (a: QueueProgress, b: QueueProgress): number =>
  a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId;

/** Of the queues that say so; null where none does. */
export function sumOver(
  queues: readonly QueueProgress[],
  field: "brokerOffset" | "consumerOffset" | "unacked",
): bigint | null {
  const told = queues.flatMap((queue) => queue[field] ?? []);
  return told.length === 0 ? null : told.reduce((sum, value) => sum + BigInt(value), 0n);
}

export const lastConsumedOf = (queues: readonly QueueProgress[]): number | null =>
  queues.reduce<number | null>((last, { lastConsumedAt: at }) => (at !== null && at > (last ?? 0) ? at : last), null);
