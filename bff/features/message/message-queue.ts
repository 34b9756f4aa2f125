import type { FoundMessages, MessagePlace } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicBrokers } from "../../rocketmq/admin/topic-brokers.ts";
import { PullConsumer, type PullResult, type QueueRef } from "../../rocketmq/client/pull-consumer.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { atField, aboutTopic } from "./message-find.ts";
import { presentFound } from "./message.presenter.ts";

const LONG_MAX = 2n ** 63n - 1n;

/** The queue named by a person, once the route says that there is one. */
async function queueOf(cluster: RocketMQCluster, place: MessagePlace, signal?: AbortSignal): Promise<QueueRef> {
  const { topic, brokerName, queueId } = place;
  const { brokers, gone } = await aboutTopic(topic, topicBrokers(cluster, topic, signal));
  const queues = brokers.find((broker) => broker.brokerName === brokerName);
  if (queues === undefined) {
    throw (
      gone.find(({ target }) => target === brokerName)?.error ?? atField("BAD_REQUEST", "brokerName", "broker.unknown")
    );
  }
  // Queues taken away from reading or writing may still hold messages, so the larger number counts.
  if (queueId >= Math.max(queues.readQueues, queues.writeQueues)) {
    throw atField("BAD_REQUEST", "queueId", "queue.unknown");
  }
  return { topic, brokerName, queueId };
}

function assertInQueue(offset: bigint, { messages, minOffset, maxOffset }: PullResult): void {
  // A compacted topic has lost offsets from its first on; the broker gives the next that it kept.
  if (messages.some(({ queueOffset }) => queueOffset >= offset)) return;
  if (maxOffset <= minOffset) throw atField("MESSAGE_NOT_FOUND", "queueOffset", "offset.emptyQueue");
  if (offset >= minOffset && offset < maxOffset) return;
  throw new Problem("OFFSET_OUT_OF_RANGE", {
    params: { min: minOffset.toString(), max: (maxOffset - 1n).toString() },
    issues: [{ path: "queueOffset", message: "offset.outOfRange" }],
  });
}

async function pullAt(cluster: RocketMQCluster, place: MessagePlace, count: number, signal?: AbortSignal) {
  const offset = BigInt(place.queueOffset);
  if (offset > LONG_MAX) throw atField("BAD_REQUEST", "queueOffset", "offset.invalid");
  const queue = await queueOf(cluster, place, signal);
  const consumer = new PullConsumer(cluster);
  const first = await consumer.pull(queue, offset, { maxNums: count, signal });
  assertInQueue(offset, first);
  return { consumer, queue, offset, first };
}

/** The message at a place with the bounds of its queue. Throws OFFSET_OUT_OF_RANGE, MESSAGE_NOT_FOUND. */
export async function messageAt(
  cluster: RocketMQCluster,
  place: MessagePlace,
  signal?: AbortSignal,
): Promise<{ message: StoredMessage; minOffset: bigint; maxOffset: bigint }> {
  const { offset, first } = await pullAt(cluster, place, 1, signal);
  const message = first.messages.find(({ queueOffset }) => queueOffset === offset);
  if (message === undefined) throw atField("MESSAGE_NOT_FOUND", "queueOffset", "offset.gone");
  return { message, minOffset: first.minOffset, maxOffset: first.maxOffset };
}

type ByOffset = MessagePlace & { instanceId: string; count: number };

/** Pulls for one page, each of which gives a message of 32 at least: more come from a broker that only moves the offset. */
const MOST_PULLS = 64;

/** Messages from an offset on; a broker may give fewer at a time than asked for. */
export async function findByOffset(
  deps: Deps,
  input: ByOffset,
  signal?: AbortSignal,
): Promise<FoundMessages & { minOffset: string; maxOffset: string; cut: boolean }> {
  const cluster = await deps.clusters.get(input.instanceId);
  const { count } = input;
  const { consumer, queue, offset, first } = await pullAt(cluster, input, count, signal);
  const messages = first.messages.filter(({ queueOffset }) => queueOffset >= offset);
  let at = offset;
  let next = first.nextBeginOffset;
  let pulls = 1;
  const goesOn = () => messages.length < count && next > at && next < first.maxOffset;
  while (goesOn() && pulls++ < MOST_PULLS) {
    at = next;
    const more = await consumer.pull(queue, at, { maxNums: count - messages.length, signal });
    messages.push(...more.messages);
    next = more.nextBeginOffset;
  }
  return {
    items: await presentFound(messages.slice(0, count)),
    failures: [],
    unread: { queues: 0, of: 1 },
    at: deps.now(),
    minOffset: first.minOffset.toString(),
    maxOffset: first.maxOffset.toString(),
    cut: goesOn(),
  };
}
