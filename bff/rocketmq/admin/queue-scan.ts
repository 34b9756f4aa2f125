import { pullFrom, type QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import { Slices } from "../slices.ts";
import { topicRpc, type TopicOffset } from "../rpc/topic.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";

/** One master that is asked. */
export interface At {
  brokerName: string;
  addr: string;
}

/** Pulls for one scan: more come from a broker that only moves the offset. */
const MOST_PULLS = 8192;
/** RocketMQ's own topics have one queue, or few. */
const QUEUES_MAX = 64;

/** Reads the records of a queue at one master from an offset up to, without, an end; answers how many it got, and whether there are no others. */
export async function scanQueue(
  cluster: RocketMQCluster,
  addr: string,
  queue: QueueRef,
  { from, end, signal }: { from: bigint; end: bigint; signal?: AbortSignal },
  visit: (message: StoredMessage) => void,
): Promise<{ read: number; whole: boolean }> {
  const slices = new Slices();
  let at = from;
  let read = 0;
  for (let pulls = 0; at < end; pulls++) {
    if (pulls === MOST_PULLS) return { read, whole: false };
    const pulled = await pullFrom(cluster, addr, queue, at, { signal });
    for (const message of pulled.messages) {
      if (message.queueOffset >= end) return { read, whole: true };
      visit(message);
      read += 1;
      await slices.pause();
    }
    if (pulled.status === "NO_NEW") return { read, whole: true };
    if (pulled.nextBeginOffset <= at) return { read, whole: false };
    at = pulled.nextBeginOffset;
  }
  return { read, whole: true };
}

const SYSTEM_ERROR = 1;

/** Queues of a topic at one master with their bounds; none where it does not have the topic. */
export async function queuesAt(
  cluster: RocketMQCluster,
  { addr }: At,
  topic: string,
  signal?: AbortSignal,
): Promise<(TopicOffset & { queueId: number })[]> {
  try {
    const { offsetTable } = await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic }, { signal });
    return offsetTable.slice(0, QUEUES_MAX).map(([{ queueId }, bounds]) => ({ queueId, ...bounds }));
  } catch (error) {
    const { code, responseCode, remark = "" } = asRocketMQError(error);
    const absent = code === "TOPIC_NOT_EXIST" || (responseCode === SYSTEM_ERROR && /not exist/.test(remark));
    if (!absent) throw error;
    return [];
  }
}

/** A queue's last records, `most` of them. */
export const lastOf = (from: bigint, end: bigint, most: number): bigint =>
  end - from > BigInt(most) ? end - BigInt(most) : from;
