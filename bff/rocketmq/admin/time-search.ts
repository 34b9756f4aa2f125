import { pullFrom, type PullResult, type QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { RocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";

/** Messages of a look: those beside the offset that a broker names. */
const LOOK = 4;
const WIDER = 4n;
/** Looks at one queue: steps away from an offset and halves of a long are fewer than a hundred together. */
const MOST_LOOKS = 256;

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

/**
 * Offset of the first message that a queue stored at a time or later; where there is none, its next offset.
 * Older brokers name the nearest message, or any of several of one millisecond: that is only where the look begins.
 */
export async function firstOffsetAt(
  cluster: RocketMQCluster,
  addr: string,
  queue: QueueRef,
  { timestamp, signal }: { timestamp: number; signal?: AbortSignal },
): Promise<bigint> {
  const { topic, queueId } = queue;
  const header = { topic, queueId, timestamp: BigInt(timestamp), boundaryType: "LOWER" };
  const { offset } = await cluster.call(offsetRpc.searchOffsetByTimestamp, addr, header, { signal });
  if (await cluster.can(addr, "exactTimeSearch")) return offset;
  return lookAround(offset, timestamp, (from) => pullFrom(cluster, addr, queue, from, { maxNums: LOOK, signal }));
}

/** Messages from an offset on, and what the queue holds. */
export interface Look extends Pick<PullResult, "minOffset" | "maxOffset" | "nextBeginOffset"> {
  messages: readonly Pick<StoredMessage, "queueOffset" | "storeTimestamp">[];
}

/** Steps away from the offset, wider each time, until the boundary is between two messages; then halves. */
export async function lookAround(
  offset: bigint,
  timestamp: number,
  pull: (from: bigint) => Promise<Look>,
): Promise<bigint> {
  let at = larger(offset - 1n, 0n);
  /** Everything up to it is earlier than the time; everything from `high` on is not. */
  let low: bigint | undefined;
  let high: bigint | undefined;
  let step = BigInt(LOOK);
  for (let looks = 0; looks < MOST_LOOKS; looks++, step *= WIDER) {
    const { messages, minOffset, maxOffset, nextBeginOffset } = await pull(at);
    low ??= minOffset - 1n;
    high ??= maxOffset;
    const first = messages.findIndex(({ storeTimestamp }) => storeTimestamp >= timestamp);
    const found = messages[first];
    if (found !== undefined && first > 0) return found.queueOffset;
    if (found !== undefined) high = smaller(high, larger(at, low + 1n));
    else if (at > low && at < high) {
      const last = messages.at(-1);
      const next = larger(nextBeginOffset, at + 1n);
      if (last !== undefined) low = last.queueOffset;
      // Offsets without a message tell nothing of those below them.
      else if (next >= high) high = at;
      else {
        at = next;
        continue;
      }
    }
    if (low + 1n >= high) return high;
    const middle = (low + high + 1n) / 2n;
    if (high - low <= LOOK) at = low + 1n;
    else if (found === undefined) at = smaller(middle, low + 1n + step - BigInt(LOOK));
    else at = larger(middle, high - step);
  }
  throw new RocketMQError(
    "MALFORMED_RESPONSE",
    `the first message since ${timestamp} was not found in ${MOST_LOOKS} looks: what is told of the queue does not hold together`,
  );
}
