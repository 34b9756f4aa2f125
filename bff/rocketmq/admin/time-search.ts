import { pullFrom, type PullResult, type QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { topicRpc } from "../rpc/topic.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { isUnreached } from "../cluster/fan-out.ts";
import { perCluster } from "../cluster/per-cluster.ts";

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
  const look = (from: bigint) => pullFrom(cluster, addr, queue, from, { maxNums: LOOK, signal });
  // Of an empty queue of batches a pull says that it ends before 0.
  if (await keepsBatches(cluster, addr, topic)) return larger(await lookAround(0n, timestamp, look), 0n);
  const header = { topic, queueId, timestamp: BigInt(timestamp), boundaryType: "LOWER" };
  const { offset } = await cluster.call(offsetRpc.searchOffsetByTimestamp, addr, header, { signal });
  return (await cluster.can(addr, "exactTimeSearch")) ? offset : lookAround(offset, timestamp, look);
}

/** Of how a topic was made once; read again after a while, for a name may be given anew. */
const KEPT_MS = 60_000;
const TOPICS_KEPT = 1000;
const batched = perCluster(() => new Map<string, { at: number; keeps: Promise<boolean> }>());

/** Whether queues of a topic are of the type BatchCQ: brokers know the times of whole batches there, and fail on a queue that is empty. */
export function keepsBatches(cluster: RocketMQCluster, addr: string, topic: string): Promise<boolean> {
  const known = batched(cluster);
  const before = known.get(topic);
  if (before !== undefined && performance.now() - before.at < KEPT_MS) return before.keeps;
  if (known.size >= TOPICS_KEPT) known.clear();
  const ask = async () => {
    if (!(await cluster.can(addr, "topicAttributes"))) return false;
    const { attributes } = await cluster.call(topicRpc.getTopicConfig, addr, { topic, lo: true });
    return attributes.get("queue.type") === "BatchCQ";
  };
  const keeps = ask().catch((error: unknown) => {
    known.delete(topic);
    if (isUnreached(asRocketMQError(error))) throw error;
    return false;
  });
  known.set(topic, { at: performance.now(), keeps });
  return keeps;
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
