import type { FoundMessages, MessageDetail, MessagePlace } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { lookIntoShutQueue, type MessageInQueue } from "../../rocketmq/admin/shut-queue.ts";
import { isReadable, topicBrokers, type TopicBroker } from "../../rocketmq/admin/topic-brokers.ts";
import { PullConsumer, type PullResult, type QueueRef } from "../../rocketmq/client/pull-consumer.ts";
import { atField, aboutTopic } from "./message-find.ts";
import { presentFound } from "./message.presenter.ts";

const LONG_MAX = 2n ** 63n - 1n;

/** The broker named by a person, once the route says that it has the topic. */
async function brokerOf(
  cluster: RocketMQCluster,
  { topic, brokerName }: MessagePlace,
  signal?: AbortSignal,
): Promise<TopicBroker> {
  const { brokers, gone } = await aboutTopic(topic, topicBrokers(cluster, topic, signal));
  const broker = brokers.find((one) => one.brokerName === brokerName);
  if (broker !== undefined) return broker;
  throw (
    gone.find(({ target }) => target === brokerName)?.error ?? atField("BAD_REQUEST", "brokerName", "broker.unknown")
  );
}

function assertInQueue(offset: bigint, { messages, minOffset, maxOffset }: PullResult): void {
  // A compacted topic has lost offsets from its first on; the broker gives the next that it kept.
  if (messages.some(({ queueOffset }) => queueOffset >= offset)) return;
  if (maxOffset <= minOffset)
    throw new Problem("MESSAGE_NOT_FOUND", {
      params: { min: minOffset.toString() },
      issues: [{ path: "queueOffset", message: "offset.emptyQueue" }],
    });
  if (offset >= minOffset && offset < maxOffset) return;
  throw new Problem("OFFSET_OUT_OF_RANGE", {
    params: { min: minOffset.toString(), max: (maxOffset - 1n).toString() },
    issues: [{ path: "queueOffset", message: "offset.outOfRange" }],
  });
}

function offsetOf({ queueOffset }: MessagePlace): bigint {
  const offset = BigInt(queueOffset);
  if (offset > LONG_MAX) throw atField("BAD_REQUEST", "queueOffset", "offset.invalid");
  return offset;
}

async function pullAt(cluster: RocketMQCluster, queue: QueueRef, offset: bigint, count: number, signal?: AbortSignal) {
  const consumer = new PullConsumer(cluster);
  const first = await consumer.pull(queue, offset, { maxNums: count, signal });
  assertInQueue(offset, first);
  return { consumer, first };
}

function queueState(broker: TopicBroker, { queueId }: MessagePlace): MessageDetail["queue"] {
  if (!isReadable(broker)) return "notReadable";
  return queueId < broker.readQueues ? "open" : "removed";
}

/** The message at a place with the bounds of its queue, also of one that is shut. Throws OFFSET_OUT_OF_RANGE, MESSAGE_NOT_FOUND. */
export async function messageAt(
  cluster: RocketMQCluster,
  place: MessagePlace,
  signal?: AbortSignal,
): Promise<MessageInQueue & { queue: MessageDetail["queue"] }> {
  const offset = offsetOf(place);
  const broker = await brokerOf(cluster, place, signal);
  const queue = queueState(broker, place);
  const found =
    queue === "open"
      ? await lookIntoOpenQueue(cluster, place, offset, signal)
      : await lookIntoShutQueue(cluster, broker, place, offset, { signal });
  if (found === undefined) throw atField("BAD_REQUEST", "queueId", "queue.unknown");
  if (found === null) throw atField("MESSAGE_NOT_FOUND", "queueOffset", "offset.gone");
  return { queue, ...found };
}

async function lookIntoOpenQueue(cluster: RocketMQCluster, place: MessagePlace, offset: bigint, signal?: AbortSignal) {
  const { messages, minOffset, maxOffset } = (await pullAt(cluster, place, offset, 1, signal)).first;
  const message = messages.find(({ queueOffset }) => queueOffset === offset);
  return message === undefined ? null : { message, minOffset, maxOffset };
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
  const { topic, brokerName, queueId, count } = input;
  const offset = offsetOf(input);
  const { readQueues, writeQueues } = await brokerOf(cluster, input, signal);
  // Queues taken away from reading or writing may still hold messages, so the larger number counts.
  if (queueId >= Math.max(readQueues, writeQueues)) throw atField("BAD_REQUEST", "queueId", "queue.unknown");
  const queue = { topic, brokerName, queueId };
  const { consumer, first } = await pullAt(cluster, queue, offset, count, signal);
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
