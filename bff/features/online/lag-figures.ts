import type { LagRow } from "#contract/online.ts";
import { presentQueue } from "../../cluster/progress.ts";
import type { GroupOffset } from "../../rocketmq/admin/group-offsets.ts";
import { placeKey, type Place, type Ready } from "./ready-times.ts";

/** The message of a queue that was pulled longest ago and is not acknowledged: the one at the committed offset; null where there is none, or nobody knows. */
export function oldestUnacked(queue: GroupOffset): Place | null {
  const { topic, brokerName, queueId, committed } = queue;
  const { unacked } = presentQueue(queue);
  if (committed === null || unacked === null || unacked === "0") return null;
  // Offsets beyond the end are of no message.
  return committed < queue.maxOffset ? { topic, brokerName, queueId, offset: committed } : null;
}

/** The oldest message of a queue that was not pulled: the one at the pulled offset. */
export function oldestUnconsumed({
  topic,
  brokerName,
  queueId,
  committed,
  pullOffset,
  maxOffset,
}: GroupOffset): Place | null {
  if (committed === null || pullOffset === undefined) return null;
  const pulled = pullOffset > committed ? pullOffset : committed;
  return pulled < maxOffset ? { topic, brokerName, queueId, offset: pulled } : null;
}

type Longest = LagRow["longestUnacked"];

export const unknownLongest: Longest = { ms: null, atLeast: false, oldest: null };

/** How long the oldest of the messages at some places has been ready; `unread`: places that were left out. */
export function longestOf(
  places: readonly Place[],
  byPlace: ReadonlyMap<string, Ready | null>,
  { now, whole }: { now: number; whole: boolean },
): Longest {
  let oldest: { place: Place; ready: Ready } | undefined;
  let isWhole = whole;
  for (const place of places) {
    const ready = byPlace.get(placeKey(place));
    if (ready === undefined) isWhole = false;
    else if (ready !== null && (oldest === undefined || ready.readyAt < oldest.ready.readyAt))
      oldest = { place, ready };
  }
  if (oldest === undefined) return isWhole ? { ms: 0, atLeast: false, oldest: null } : unknownLongest;
  const { place, ready } = oldest;
  return {
    ms: Math.max(0, now - ready.readyAt),
    atLeast: !isWhole,
    oldest: {
      brokerName: place.brokerName,
      queueId: place.queueId,
      offset: ready.offset.toString(),
      readyAt: ready.readyAt,
    },
  };
}
