import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, type RocketMQError } from "../errors.ts";
import type { PullConsumer, PullResult, QueueRef } from "./pull-consumer.ts";

const AT_ONCE = 32n;
/** So many records in a row that cannot be read are no bad luck. */
const BROKEN_MAX = 64;

/** A record that the broker has and nobody can read. */
export interface BrokenRecord {
  queueOffset: bigint;
  error: RocketMQError;
}

export const isBroken = (one: StoredMessage | BrokenRecord): one is BrokenRecord => "error" in one;

interface Scanned {
  found: (StoredMessage | BrokenRecord)[];
  /** Undefined at the end of the queue. */
  next: bigint | undefined;
}

/**
 * Messages of a queue from `start` up to, without, `end`, in order; one reply ahead, so that two of them are in memory at most. A record that cannot be
 * read is told at its place, and costs none of the others. Throws what a pull throws, and MALFORMED_RESPONSE where nothing can be read any more.
 */
export async function* scanQueue(
  consumer: Pick<PullConsumer, "pull">,
  queue: QueueRef,
  { start, end, signal }: { start: bigint; end: bigint; signal?: AbortSignal },
): AsyncGenerator<StoredMessage | BrokenRecord, void> {
  const readFrom = async (from: bigint): Promise<Scanned> => {
    const most = end - from < AT_ONCE ? end - from : AT_ONCE;
    try {
      return scanned(await consumer.pull(queue, from, { maxNums: Number(most), signal }), from);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code !== "MALFORMED_RESPONSE") throw known;
      return most === 1n ? { found: [{ queueOffset: from, error: known }], next: from + 1n } : readSingly(from, most);
    }
  };
  const readSingly = async (from: bigint, most: bigint): Promise<Scanned> => {
    const found: Scanned["found"] = [];
    for (let at = from; at < from + most;) {
      const { next, ...one } = await readOne(at);
      found.push(...one.found);
      if (next === undefined) return { found, next };
      at = next;
    }
    return { found, next: from + most };
  };
  const readOne = async (at: bigint): Promise<Scanned> => {
    try {
      return scanned(await consumer.pull(queue, at, { maxNums: 1, signal }), at);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code !== "MALFORMED_RESPONSE") throw known;
      return { found: [{ queueOffset: at, error: known }], next: at + 1n };
    }
  };
  const ahead = (from: bigint | undefined) => {
    if (from === undefined || from >= end) return undefined;
    const reading = readFrom(from);
    // Whoever comes to it sees the failure; one left behind must not count as unhandled.
    reading.catch(() => undefined);
    return reading;
  };
  let broken = 0;
  for (let reading = ahead(start); reading !== undefined;) {
    const { found, next } = await reading;
    reading = ahead(next);
    for (const one of found) {
      if (one.queueOffset >= end) return;
      broken = isBroken(one) ? broken + 1 : 0;
      if (isBroken(one) && broken > BROKEN_MAX) throw one.error;
      yield one;
    }
  }
}

const scanned = ({ messages, status, nextBeginOffset }: PullResult, from: bigint): Scanned => ({
  found: messages.filter(({ queueOffset }) => queueOffset >= from),
  next: status === "NO_NEW" || nextBeginOffset <= from ? undefined : nextBeginOffset,
});
