import { mapBounded } from "../bounded.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOut } from "../cluster/fan-out.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import { asRocketMQError } from "../errors.ts";
import { groupRpc, type ConsumeStats } from "../rpc/group.ts";
import { topicRpc } from "../rpc/topic.ts";
import { committedZeros } from "./queue-offsets.ts";

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
  stats.offsetTable.flatMap(([queue, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]): GroupOffset[] => {
    const { topic, brokerName, queueId } = queue;
    const of = { topic, brokerName, queueId, maxOffset: brokerOffset, pullOffset, lastTimestamp };
    const offset = consumerOffset > 0n ? consumerOffset : committed(queue);
    if (offset !== null) return [{ ...of, committed: offset, minOffset: null }];
    const minOffset = brokerOffset > 0n ? begin(queue) : 0n;
    // Without a begin it has gone since.
    return minOffset === null ? [] : [{ ...of, committed: null, minOffset }];
  });

/** Where the queues of a topic begin at a master, by queue; none of a topic that has gone. */
export async function beginsAt(
  cluster: RocketMQCluster,
  addr: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  try {
    const { offsetTable } = await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic });
    return new Map(offsetTable.map(([{ queueId }, { minOffset }]) => [queueId, minOffset]));
  } catch (error) {
    if (asRocketMQError(error).code === "TOPIC_NOT_EXIST") return new Map();
    throw error;
  }
}

/**
 * Code 208 of topics that clients say they subscribe to. Without a list, a broker passes over topics that the client which registered last does
 * not subscribe to, and so over half of a group whose clients differ.
 */
export async function statsOfSubscribed(
  cluster: RocketMQCluster,
  addr: string,
  consumerGroup: string,
  topics: readonly string[],
): Promise<ConsumeStats[]> {
  if (topics.length === 0) return [];
  if (await cluster.can(addr, "statsOfTopics"))
    return [await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup, topicList: topics.join(";") })];
  return mapBounded(topics, TOPICS_AT_ONCE, (topic) =>
    cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup, topic }),
  );
}

/** A master that does not have the group has no offsets of it. */
async function orNone(stats: Promise<ConsumeStats[]>): Promise<ConsumeStats[]> {
  try {
    return await stats;
  } catch (error) {
    if (asRocketMQError(error).code === "SUBSCRIPTION_GROUP_NOT_EXIST") return [];
    throw error;
  }
}

const joined = (stats: readonly ConsumeStats[]): ConsumeStats => ({
  consumeTps: stats.reduce((sum, { consumeTps }) => sum + consumeTps, 0),
  offsetTable: stats.flatMap(({ offsetTable }) => offsetTable),
});

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
  /** Topics that clients say they subscribe to, besides those that it has offsets of; they may be asked for meanwhile. */
  subscribed?: ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

const topicsIn = ({ offsetTable }: ConsumeStats) => new Set(offsetTable.map(([queue]) => queue.topic));

/**
 * How far a group is in every queue of its topics, at every master: those that it has offsets of somewhere, and those that it is said to
 * subscribe to. Where it has none, its clients have yet to begin.
 */
export async function groupOffsets(
  cluster: RocketMQCluster,
  consumerGroup: string,
  { topic, ...known }: Asked = {},
): Promise<FanOut<BrokerTarget, GroupOffsets>> {
  const ask = async (addr: string) => [await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup, topic })];
  const tables = await cluster.onMasters(async ({ addr }) => joined(await orNone(ask(addr))));
  const subscribed = (await known.subscribed) ?? new Set();
  const begun = new Set(tables.items.flatMap(({ value }) => [...topicsIn(value)]));
  const wanted = topic === undefined ? new Set([...subscribed, ...begun]) : new Set([topic]);
  const asked = await cluster.fanOut(
    tables.items.map(({ target, value }) => ({ ...target, stats: value })),
    async ({ stats, ...target }): Promise<GroupOffsets> => {
      const told = topicsIn(stats);
      const missing = [...wanted].filter((one) => !told.has(one) && (topic === undefined || subscribed.has(one)));
      const others = await orNone(statsOfSubscribed(cluster, target.addr, consumerGroup, missing));
      const whole = joined([stats, ...others]);
      return { queues: await complete(cluster, target, consumerGroup, whole), consumeTps: whole.consumeTps };
    },
  );
  return { items: asked.items, failures: [...tables.failures, ...asked.failures] };
}
