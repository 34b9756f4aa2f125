import { messageRpc } from "../rpc/message.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { topicStats } from "./topic-admin.ts";

const QUEUES_AT_ONCE = 64;
const DEADLINE_MS = 15_000;

/** Where the messages of a queue begin and end, and where a group is; null where it never committed an offset. */
export interface QueueOffsets {
  minOffset: bigint;
  maxOffset: bigint;
  committed: bigint | null;
}

interface Place {
  topic: string;
  queueId: number;
}

/** What a group has committed; null where it never did. */
export async function committedAt(
  cluster: RocketMQCluster,
  addr: string,
  { topic, queueId }: Place,
  consumerGroup: string,
  options: { signal?: AbortSignal } = {},
): Promise<bigint | null> {
  const header = { consumerGroup, topic, queueId, setZeroIfNotFound: false };
  const { offset } = await cluster.call(offsetRpc.queryConsumerOffset, addr, header, options);
  return offset === undefined || offset < 0n ? null : offset;
}

const keyOf = ({ topic, queueId }: Place) => `${topic}\n${queueId}`;

/** Of queues that a broker says 0 of, those with an offset of 0: code 208 says so of any without one, and before 5.0 code 14 of many. */
export async function committedZeros(
  cluster: RocketMQCluster,
  { addr }: { addr: string },
  group: string,
  queues: readonly (Place & { brokerName: string })[],
): Promise<(queue: Place) => bigint | null> {
  const found = new Set<string>();
  if (await cluster.can(addr, "tellsNoOffset")) {
    const one = async (queue: Place) => {
      if ((await committedAt(cluster, addr, queue, group)) !== null) found.add(keyOf(queue));
    };
    await cluster.turns.each(queues, one, cluster.signal);
  } else if (queues.length > 0) {
    const { offsetTable } = await cluster.call(offsetRpc.getAllConsumerOffset, addr, {});
    for (const queue of queues)
      if (offsetTable.get(`${queue.topic}@${group}`)?.has(queue.queueId)) found.add(keyOf(queue));
  }
  return (queue) => (found.has(keyOf(queue)) ? 0n : null);
}

/** Of queues that code 14 says 0 of, those with an offset of 0: brokers before 5.0 may say so of a queue that the group never committed in. */
export const certainZeros = async (
  cluster: RocketMQCluster,
  addr: string,
  group: string,
  places: readonly (Place & { brokerName: string })[],
): Promise<(place: Place) => bigint | null> =>
  places.length === 0 || (await cluster.can(addr, "tellsNoOffset"))
    ? () => 0n
    : committedZeros(cluster, { addr }, group, places);

/** What a group has committed, by brokers before 5.0 too. */
export async function committedOrNever(
  cluster: RocketMQCluster,
  addr: string,
  place: Place,
  group: string,
  options: { signal?: AbortSignal } = {},
): Promise<bigint | null> {
  const committed = await committedAt(cluster, addr, place, group, options);
  if (committed !== 0n) return committed;
  return (await certainZeros(cluster, addr, group, [{ ...place, brokerName: addr }]))(place);
}

/** The group's offset is read first: one that consumes would be ahead of the end otherwise. */
export async function queueOffsets(
  cluster: RocketMQCluster,
  addr: string,
  { topic, queueId }: Place,
  group: string | undefined,
): Promise<QueueOffsets> {
  const committed = group === undefined ? null : await committedOrNever(cluster, addr, { topic, queueId }, group);
  const [min, max] = await Promise.all([
    cluster.call(offsetRpc.getMinOffset, addr, { topic, queueId }),
    cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId }),
  ]);
  return { minOffset: min.offset, maxOffset: max.offset, committed };
}

/** When the oldest and the newest message of a topic were stored, in epoch ms; null where there is none. */
export async function storedSpan(cluster: RocketMQCluster, topic: string) {
  const stats = await topicStats(cluster, topic);
  const tables = stats.items.flatMap(({ target, value }) =>
    value.offsetTable
      .filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset)
      .map(([{ queueId }, { lastUpdateTimestamp }]) => ({ ...target, queueId, lastUpdateTimestamp })),
  );
  const oldest = await cluster.fanOut(
    tables,
    ({ addr, queueId }) => cluster.call(messageRpc.getEarliestMsgStoreTime, addr, { topic, queueId }),
    { concurrency: QUEUES_AT_ONCE, deadlineMs: DEADLINE_MS },
  );
  const times = (all: readonly number[], pick: (a: number, b: number) => number) =>
    all.filter((at) => at > 0).reduce<number | null>((found, at) => (found === null ? at : pick(found, at)), null);
  return {
    earliest: times(
      oldest.items.map(({ value }) => value.timestamp),
      Math.min,
    ),
    latest: times(
      tables.map(({ lastUpdateTimestamp }) => lastUpdateTimestamp),
      Math.max,
    ),
    failures: [...stats.failures, ...oldest.failures],
  };
}
