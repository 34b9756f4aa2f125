import type { LetterPlace, ResendAsked } from "#contract/resend.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";
import { firstOffsetAt } from "../../../rocketmq/admin/time-search.ts";
import { isReadable, notReadable, topicBrokers, type TopicBroker } from "../../../rocketmq/admin/topic-brokers.ts";
import { PullConsumer, type QueueRef } from "../../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import { Replicas } from "../../../rocketmq/cluster/replicas.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { offsetRpc } from "../../../rocketmq/rpc/offset.ts";

/** Dead letters of a queue from an offset up to another, without it. */
export interface LetterRange extends QueueRef {
  from: bigint;
  to: bigint;
}

interface LetterRanges {
  ranges: LetterRange[];
  failures: FanOutFailure[];
}

function fromRetryTopic(group: string, topic: string): string | undefined {
  if (!topic.startsWith(RETRY_PREFIX)) return topic;
  const own = retryTopicOf(group);
  const popped = topic.startsWith(`${own}_`) || topic.startsWith(`${own}+`);
  return popped && topic.length > own.length + 1 ? topic.slice(own.length + 1) : undefined;
}

/**
 * The topic that a dead letter of a group was first sent to; undefined where nothing in it says so. Of what was popped RETRY_TOPIC is the retry
 * topic of the group and that topic. REAL_TOPIC is the retry topic that it last came from, on brokers of 4.9.7 to 5.5.0 alike.
 */
export function originalTopicOf({ properties }: Pick<StoredMessage, "properties">, group: string): string | undefined {
  const said = [properties.get(MessageConst.RETRY_TOPIC), properties.get(MessageConst.DLQ_ORIGIN_TOPIC)];
  return said.flatMap((topic) => (topic === undefined ? [] : (fromRetryTopic(group, topic) ?? [])))[0];
}

/** Whether a group gave it up as one that pops. */
export const wasPopped = ({ properties }: Pick<StoredMessage, "properties">, group: string): boolean => {
  const from = properties.get(MessageConst.RETRY_TOPIC);
  return from !== undefined && from.startsWith(RETRY_PREFIX) && from !== retryTopicOf(group);
};

type Looking = { signal?: AbortSignal };

async function rangeIn(
  cluster: RocketMQCluster,
  replicas: Replicas,
  { broker, ...queue }: QueueRef & { broker: TopicBroker },
  { from, to }: Pick<ResendAsked, "from" | "to">,
  { signal }: Looking,
): Promise<LetterRange> {
  const search = (timestamp: number) =>
    replicas.ask(broker, (addr) => firstOffsetAt(cluster, addr, queue, { timestamp, signal }));
  const bound = (row: (typeof offsetRpc)["getMinOffset" | "getMaxOffset"]) =>
    replicas.ask(broker, async (addr) => (await cluster.call(row, addr, queue, { signal })).offset);
  const [min, max] = await Promise.all([bound(offsetRpc.getMinOffset), bound(offsetRpc.getMaxOffset)]);
  const first = from === undefined ? min : await search(from);
  const end = to === undefined ? max : await search(to + 1);
  return { ...queue, from: first < min ? min : first, to: end > max ? max : end };
}

/** Where all dead letters of a group lie that were stored between two times, as it is now. A group without any has no queues. */
export async function rangesBetween(
  cluster: RocketMQCluster,
  group: string,
  times: Pick<ResendAsked, "from" | "to">,
  looking: Looking = {},
): Promise<LetterRanges> {
  const topic = dlqTopicOf(group);
  const failures: FanOutFailure[] = [];
  const found = await topicBrokers(cluster, topic, looking.signal).catch((error: unknown) => {
    if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
    return { brokers: [], gone: [] };
  });
  failures.push(...found.gone);
  const replicas = new Replicas();
  const queues = found.brokers.flatMap((broker) => {
    if (!isReadable(broker)) failures.push(notReadable(topic, broker));
    const count = isReadable(broker) ? broker.readQueues : 0;
    return Array.from({ length: count }, (_, queueId) => ({ topic, brokerName: broker.brokerName, queueId, broker }));
  });
  const ranges: LetterRange[] = [];
  await cluster.turns.each(
    queues,
    async (queue) => {
      try {
        const range = await rangeIn(cluster, replicas, queue, times, looking);
        if (range.to > range.from) ranges.push(range);
      } catch (error) {
        looking.signal?.throwIfAborted();
        failures.push({ target: queue.brokerName, error: asRocketMQError(error) });
      }
    },
    looking.signal,
  );
  return { ranges: ranges.sort(byQueue), failures };
}

const byQueue = (a: QueueRef, b: QueueRef) =>
  a.brokerName === b.brokerName ? a.queueId - b.queueId : a.brokerName < b.brokerName ? -1 : 1;

/** Places that somebody named, each once. */
export function rangesAt(group: string, places: readonly LetterPlace[]): LetterRange[] {
  const ranges = places.map(({ brokerName, queueId, queueOffset }): [string, LetterRange] => {
    const from = BigInt(queueOffset);
    return [`${brokerName} ${queueId} ${from}`, { topic: dlqTopicOf(group), brokerName, queueId, from, to: from + 1n }];
  });
  return [...new Map(ranges).values()].sort(byQueue);
}

const PAGE = 32;

/** The dead letters of a range, page by page, in order; of a place that has none any more, none. */
export async function* lettersOf(
  cluster: RocketMQCluster,
  { from, to, ...queue }: LetterRange,
  { signal }: Looking = {},
): AsyncGenerator<StoredMessage[]> {
  // One ahead: pages with large bodies must not pile up while messages are being sent.
  yield* new PullConsumer(cluster).read(queue, from, to, { maxNums: PAGE, ahead: 1, signal });
}
