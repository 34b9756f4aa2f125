import { RocketMQError } from "../errors.ts";

export type Order = "newest" | "oldest";

/** The last message of a page: the next one goes on after it, whatever the number of queues, and after a restart. */
export interface BrowseCursor {
  order: Order;
  storedAt: number;
  brokerName: string;
  queueId: number;
  queueOffset: bigint;
}

const TEXT = /^(newest|oldest) (\d{1,16}) (\d{1,10}) (\d{1,19}) (.{1,255})$/;

export function writeCursor({ order, storedAt, queueId, queueOffset, brokerName }: BrowseCursor): string {
  return Buffer.from(`${order} ${storedAt} ${queueId} ${queueOffset} ${brokerName}`).toString("base64url");
}

/** Throws INVALID_PARAMETER for anything but a cursor of a list in that order. */
export function readCursor(text: string, order: Order): BrowseCursor {
  const [, of, storedAt, queueId, queueOffset, brokerName] =
    TEXT.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  if (of !== order || queueOffset === undefined || brokerName === undefined)
    throw new RocketMQError("INVALID_PARAMETER", "the cursor is not one of this list");
  return { order, storedAt: Number(storedAt), queueId: Number(queueId), queueOffset: BigInt(queueOffset), brokerName };
}

interface QueuePlace {
  brokerName: string;
  queueId: number;
}

/** Of messages stored in the same millisecond those of the smaller broker name, then of the smaller queue, come first in either order. */
export function compareQueues(a: QueuePlace, b: QueuePlace): number {
  if (a.brokerName === b.brokerName) return a.queueId - b.queueId;
  return a.brokerName < b.brokerName ? -1 : 1;
}

/** Store times that a queue has left after the cursor; its own queue goes on at the offset. */
export function timesAfter(cursor: BrowseCursor, queue: QueuePlace, times: { begin: number; end: number }) {
  // Queues before it have given all of that millisecond.
  const given = compareQueues(queue, cursor) < 0 ? 1 : 0;
  return cursor.order === "newest"
    ? { begin: times.begin, end: cursor.storedAt - given }
    : { begin: cursor.storedAt + given, end: times.end };
}
