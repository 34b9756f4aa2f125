import type { GroupOffset } from "../rocketmq/admin/group-offsets.ts";
import { partSum } from "./part-sum.ts";
import { presentQueue, sumOver } from "./progress.ts";
import { queueKey } from "./topic-since.ts";

/** Where each queue stood a day ago, and so what of its last day a group has consumed; left out where a broker did not tell. */
export type DayAgo = ReadonlyMap<string, bigint>;

/** How far a group has come with what there is: its offset may lie beyond the end. */
const consumedTo = ({ committed, maxOffset }: GroupOffset): bigint | null =>
  committed === null || committed < maxOffset ? committed : maxOffset;

/** Offsets added up; null where no broker told one. */
export function consumedOf(queues: readonly GroupOffset[], whole: boolean): string | null {
  const told = queues.flatMap((queue) => consumedTo(queue) ?? []);
  const sum = told.reduce((total, offset) => total + offset, 0n);
  return told.length === 0 ? null : partSum(sum, whole);
}

/** The same of what was stored in the last day; null where a broker did not tell where that begins. */
export function consumedOfDay(queues: readonly GroupOffset[], dayAgo: DayAgo): bigint | null {
  let sum = 0n;
  for (const queue of queues) {
    const consumed = consumedTo(queue);
    if (consumed === null) continue;
    const from = dayAgo.get(queueKey(queue));
    if (from === undefined) return null;
    if (consumed > from) sum += consumed - from;
  }
  return sum;
}

/** Pulled and not acknowledged; null where a broker is too old to tell, which no "at least" would say. */
export function unackedOf(queues: readonly GroupOffset[], whole: boolean): string | null {
  if (queues.some(({ committed, pullOffset }) => committed !== null && pullOffset === undefined)) return null;
  return partSum(sumOver(queues.map(presentQueue), "unacked"), whole);
}
