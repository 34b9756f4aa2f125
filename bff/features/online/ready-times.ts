import { dueAt } from "../../rocketmq/codec/due-time.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { perCluster } from "../../rocketmq/cluster/per-cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { PullConsumer, type QueueRef } from "../../rocketmq/client/pull-consumer.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";

/**
 * When a message could first be consumed: when it was due where it was timed, else when it was stored; the committed copy of a transactional
 * message is stored when that commits, and a delayed one when its delay is over.
 */
export function readyAt(message: Pick<StoredMessage, "properties" | "storeTimestamp">): number {
  const due = dueAt(message);
  // A copy of a timed message that somebody sent again keeps what it says.
  return due !== null && due <= message.storeTimestamp ? due : message.storeTimestamp;
}

/** The message at an offset of a queue; `offset` may have gone meanwhile, then it is the oldest that is left. */
export interface Place extends QueueRef {
  offset: bigint;
}

/** What stands at an offset never changes; a topic may be made anew. */
const KEPT_MS = 30_000;
const KEPT_MAX = 10_000;

interface Kept {
  at: number;
  found: Ready | null;
}

export interface Ready {
  offset: bigint;
  readyAt: number;
}

const keptOf = perCluster(() => new Map<string, Kept>());

export const placeKey = ({ topic, brokerName, queueId, offset }: Place): string =>
  `${topic} ${brokerName} ${queueId} ${offset}`;

/** Pulls that one message; where retention has passed the offset, or nothing is kept at it, the next that there is. */
async function pullOne(consumer: PullConsumer, place: Place, signal?: AbortSignal): Promise<Ready | null> {
  let { offset } = place;
  for (let pulls = 0; pulls < 2; pulls++) {
    const { messages, nextBeginOffset, maxOffset } = await consumer.pull(place, offset, { maxNums: 1, signal });
    const message = messages.find(({ queueOffset }) => queueOffset >= place.offset);
    if (message !== undefined) return { offset: message.queueOffset, readyAt: readyAt(message) };
    if (nextBeginOffset <= offset || nextBeginOffset >= maxOffset) return null;
    offset = nextBeginOffset;
  }
  return null;
}

/** When the messages at some places were ready, by `placeKey`; null where there is none any more. Each queue is read in its turn. */
export async function readyTimes(
  cluster: RocketMQCluster,
  places: readonly Place[],
): Promise<{ byPlace: ReadonlyMap<string, Ready | null>; failures: FanOutFailure[] }> {
  const kept = keptOf(cluster);
  const byPlace = new Map<string, Ready | null>();
  const failures: FanOutFailure[] = [];
  const consumer = new PullConsumer(cluster);
  const now = performance.now();
  const missing = places.filter((place) => {
    const known = kept.get(placeKey(place));
    if (known === undefined || now - known.at > KEPT_MS) return true;
    byPlace.set(placeKey(place), known.found);
    return false;
  });
  const read = async (place: Place) => {
    try {
      const found = await pullOne(consumer, place, cluster.signal);
      byPlace.set(placeKey(place), found);
      if (kept.size >= KEPT_MAX) kept.clear();
      if (found !== null) kept.set(placeKey(place), { at: now, found });
    } catch (error) {
      cluster.signal?.throwIfAborted();
      failures.push({ target: place.brokerName, error: asRocketMQError(error) });
    }
  };
  await cluster.turns.each(missing, read, cluster.signal);
  return { byPlace, failures };
}
