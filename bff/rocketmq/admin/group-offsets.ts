import { mapBounded } from "../bounded.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOut } from "../cluster/fan-out.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import { asRocketMQError } from "../errors.ts";
import { groupRpc, type ConsumeStats } from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { topicRpc } from "../rpc/topic.ts";
import { committedAt } from "./queue-offsets.ts";

const TOPICS_AT_ONCE = 16;

interface Queue {
  topic: string;
  brokerName: string;
  queueId: number;
}

/** Where a queue ends, and how far a group is in it. */
export interface GroupOffset extends Queue {
  maxOffset: bigint;
  /** Null: it never committed an offset here. */
  committed: bigint | null;
  /** Where what is kept begins; told of queues without an offset. */
  minOffset: bigint | null;
  /** Since 5.0. */
  pullOffset: bigint | undefined;
  /** Store time of the message before `committed`; 0 where there is none. */
  lastTimestamp: number;
}

/** A group at one master. */
export interface GroupOffsets {
  queues: GroupOffset[];
  consumeTps: number;
}

type Committed = (queue: Queue) => bigint | null;
type Begin = (queue: Queue) => bigint | null;

/**
 * The queues of code 208. It says 0 of a queue without an offset as of one at offset 0 (AdminBrokerProcessor.getConsumeStats):
 * which it is, others know.
 */
export const groupOffsetsOf = (stats: ConsumeStats, committed: Committed, begin: Begin): GroupOffset[] =>
  stats.offsetTable.map(([queue, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]) => {
    const offset = consumerOffset > 0n ? consumerOffset : committed(queue);
    const { topic, brokerName, queueId } = queue;
    const minOffset = offset === null ? begin(queue) : null;
    return {
      topic,
      brokerName,
      queueId,
      maxOffset: brokerOffset,
      committed: offset,
      minOffset,
      pullOffset,
      lastTimestamp,
    };
  });

/** Where the queues of a topic begin at a master, by queue. */
export async function beginsAt(
  cluster: RocketMQCluster,
  addr: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  const { offsetTable } = await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic });
  return new Map(offsetTable.map(([{ queueId }, { minOffset }]) => [queueId, minOffset]));
}

/** A master that does not have the group has no offsets of it. */
async function statsAt(
  cluster: RocketMQCluster,
  addr: string,
  header: { consumerGroup: string; topic?: string },
): Promise<ConsumeStats> {
  try {
    return await cluster.call(groupRpc.getConsumeStats, addr, header);
  } catch (error) {
    if (asRocketMQError(error).code === "SUBSCRIPTION_GROUP_NOT_EXIST") return { consumeTps: 0, offsetTable: [] };
    throw error;
  }
}

const keyOf = ({ topic, queueId }: Pick<Queue, "topic" | "queueId">) => `${topic}\n${queueId}`;

/** Of queues that code 208 says 0 of, those with an offset of 0. */
async function committedZeros(
  cluster: RocketMQCluster,
  { addr }: BrokerTarget,
  group: string,
  queues: readonly Queue[],
): Promise<Committed> {
  const found = new Set<string>();
  if (await cluster.can(addr, "tellsNoOffset")) {
    const one = async (queue: Queue) => {
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

async function complete(
  cluster: RocketMQCluster,
  target: BrokerTarget,
  group: string,
  stats: ConsumeStats,
): Promise<GroupOffset[]> {
  const zeros = stats.offsetTable.filter(([, { consumerOffset }]) => consumerOffset <= 0n);
  const queues = zeros.map(([queue]) => queue);
  const committed = await committedZeros(cluster, target, group, queues);
  const never = zeros.filter(([queue, { brokerOffset }]) => brokerOffset > 0n && committed(queue) === null);
  const topics = new Set(never.map(([{ topic }]) => topic));
  const begins = new Map(
    await mapBounded(
      topics,
      TOPICS_AT_ONCE,
      async (topic) => [topic, await beginsAt(cluster, target.addr, topic)] as const,
    ),
  );
  return groupOffsetsOf(stats, committed, ({ topic, queueId }) => begins.get(topic)?.get(queueId) ?? null);
}

interface Asked {
  /** This topic alone. */
  topic?: string;
  /** Topics that clients subscribe to, besides those that it has offsets of. */
  subscribed?: Iterable<string>;
}

/**
 * How far a group is in every queue of its topics, at every master: those that it has offsets of somewhere, and those that it is said to
 * subscribe to. Where it has none, its clients have yet to begin.
 */
export async function groupOffsets(
  cluster: RocketMQCluster,
  consumerGroup: string,
  { topic, subscribed = [] }: Asked = {},
): Promise<FanOut<BrokerTarget, GroupOffsets>> {
  const tables = await cluster.onMasters(({ addr }) => statsAt(cluster, addr, { consumerGroup, topic }));
  const topicsIn = ({ offsetTable }: ConsumeStats) => new Set(offsetTable.map(([queue]) => queue.topic));
  const topics = new Set(topic === undefined ? subscribed : []);
  if (topic === undefined) for (const { value } of tables.items) for (const one of topicsIn(value)) topics.add(one);
  const asked = await cluster.fanOut(
    tables.items.map(({ target, value }) => ({ ...target, stats: value })),
    async ({ stats, ...target }): Promise<GroupOffsets> => {
      const known = topicsIn(stats);
      const others = await mapBounded(
        [...topics].filter((one) => !known.has(one)),
        TOPICS_AT_ONCE,
        (one) => statsAt(cluster, target.addr, { consumerGroup, topic: one }),
      );
      const offsetTable = [...stats.offsetTable, ...others.flatMap((other) => other.offsetTable)];
      const { consumeTps } = stats;
      return { queues: await complete(cluster, target, consumerGroup, { consumeTps, offsetTable }), consumeTps };
    },
  );
  return { items: asked.items, failures: [...tables.failures, ...asked.failures] };
}
