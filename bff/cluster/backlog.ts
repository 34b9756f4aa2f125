import type { Backlog, LagUnknown } from "#contract/progress.ts";
import type { GroupOffset } from "../rocketmq/admin/group-offsets.ts";
import { partSum } from "./part-sum.ts";

/** Sums over queues of what a group has before it, as `Backlog` of the contract defines them. */
export interface BacklogSums {
  lag: bigint;
  neverConsumed: bigint;
  neverConsumedQueues: number;
  beyondEndQueues: number;
  /** Queues that it has an offset of; without any its lag is not 0 but unknown. */
  offsets: number;
  /** Ends of those queues, and the offsets, each added up: how they move is what arrives and what is consumed. */
  ends: bigint;
  committed: bigint;
  /** Store time of the last consumed message in the queue that is furthest behind; null where nothing was consumed. */
  consumedUntil: number | null;
}

export const noBacklog = (): BacklogSums => ({
  lag: 0n,
  neverConsumed: 0n,
  neverConsumedQueues: 0,
  beyondEndQueues: 0,
  offsets: 0,
  ends: 0n,
  committed: 0n,
  consumedUntil: null,
});

/** The lag of a queue: null without an offset, and 0 where that is beyond the end. */
export const lagOf = ({ maxOffset, committed }: Pick<GroupOffset, "maxOffset" | "committed">): bigint | null =>
  committed === null ? null : committed < maxOffset ? maxOffset - committed : 0n;

/** Messages of a queue that the group has no offset of; null where it has one. */
export const neverConsumedOf = ({ maxOffset, minOffset, committed }: GroupOffset): bigint | null =>
  committed === null && minOffset !== null ? maxOffset - minOffset : null;

const earlier = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b));

/** Adds a queue. The one place that says what a lag is. */
export function addQueue(sums: BacklogSums, queue: GroupOffset): void {
  const { committed } = queue;
  const lag = lagOf(queue);
  if (committed === null || lag === null) {
    const waiting = neverConsumedOf(queue) ?? 0n;
    sums.neverConsumed += waiting;
    if (waiting > 0n) sums.neverConsumedQueues += 1;
    return;
  }
  sums.offsets += 1;
  sums.ends += queue.maxOffset;
  sums.committed += committed;
  sums.lag += lag;
  if (committed > queue.maxOffset) sums.beyondEndQueues += 1;
  if (lag > 0n) sums.consumedUntil = earlier(sums.consumedUntil, queue.lastTimestamp > 0 ? queue.lastTimestamp : null);
}

export function backlogOf(queues: Iterable<GroupOffset>): BacklogSums {
  const sums = noBacklog();
  for (const queue of queues) addQueue(sums, queue);
  return sums;
}

export const presentBacklog = (sums: BacklogSums, whole: boolean): Backlog => ({
  lag: sums.offsets === 0 ? null : partSum(sums.lag, whole),
  neverConsumed: partSum(sums.neverConsumed, whole),
  neverConsumedQueues: sums.neverConsumedQueues,
  beyondEndQueues: sums.beyondEndQueues,
});

/** Why a lag is not known; null where it is. `sums` is undefined where nothing was read. */
export function lagUnknownOf(sums: Pick<BacklogSums, "offsets"> | undefined, model: string | null): LagUnknown | null {
  if (model === "BROADCASTING") return "broadcasting";
  if (sums === undefined) return "notRead";
  return sums.offsets > 0 ? null : "noOffsets";
}
