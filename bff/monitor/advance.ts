import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import type { FanOut } from "../rocketmq/cluster/fan-out.ts";
import { roomForTables } from "../rocketmq/cluster/tables-of-masters.ts";
import { manyTopicStats } from "../rocketmq/admin/topic-admin.ts";
import { asRocketMQError } from "../rocketmq/errors.ts";
import { groupRpc } from "../rocketmq/rpc/group.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import type { GroupStats, Snapshot, TopicStats } from "./stats-sweep.ts";
import { addConsumeStats } from "./sweep-groups.ts";

/** Offsets of queues by name, as one master has them. */
type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/** Offsets at every master, read at about the same time. */
export interface Reading {
  at: number;
  byMaster: ReadonlyMap<string, Offsets>;
}

/** A part of the masters would look like a fall now and like a leap later: all or nothing. */
function readingOf({ items, failures }: FanOut<BrokerTarget, Offsets>, at: number): Reading | undefined {
  if (failures.length > 0) return undefined;
  return { at, byMaster: new Map(items.map(({ target, value }) => [target.brokerName, value])) };
}

/** What all groups have committed, by `topic@group`: one code 43 for each master. */
export async function readCommitted(cluster: RocketMQCluster, now: () => number): Promise<Reading | undefined> {
  const fitting = roomForTables();
  const committed = await cluster.onMasters(
    async ({ addr }): Promise<Offsets> =>
      fitting(addr, (await cluster.call(offsetRpc.getAllConsumerOffset, addr, {})).offsetTable),
    { listedOnly: true },
  );
  return readingOf(committed, now());
}

/** Where some topics end, by topic. */
export async function readEnds(
  cluster: RocketMQCluster,
  topics: readonly string[],
  now: () => number,
): Promise<Reading | undefined> {
  const { items, failures } = await manyTopicStats(cluster, topics, { listedOnly: true });
  const ends = items.map(({ target, value }) => {
    const queues = [...value].map(([topic, { offsetTable }]): [string, Map<number, bigint>] => [
      topic,
      new Map(offsetTable.map(([{ queueId }, { maxOffset }]) => [queueId, maxOffset])),
    ]);
    return { target, value: new Map(queues) };
  });
  return readingOf({ items: ends, failures }, now());
}

/**
 * Offsets a second by name, where they moved; undefined where two readings are not of the same masters.
 * What only one of them knows, and what went back (a reset, a topic made anew), is no movement.
 */
export function ratesBetween(before: Reading | undefined, after: Reading): Map<string, number> | undefined {
  if (before === undefined || before.at >= after.at || before.byMaster.size !== after.byMaster.size) return undefined;
  const seconds = (after.at - before.at) / 1000;
  const rates = new Map<string, number>();
  for (const [master, offsets] of after.byMaster) {
    const old = before.byMaster.get(master);
    if (old === undefined) return undefined;
    for (const [name, queues] of offsets) {
      const moved = movement(old.get(name), queues);
      if (moved > 0) rates.set(name, (rates.get(name) ?? 0) + moved / seconds);
    }
  }
  return rates;
}

function movement(before: ReadonlyMap<number, bigint> | undefined, after: ReadonlyMap<number, bigint>): number {
  let sum = 0n;
  for (const [queue, offset] of after) {
    const old = before?.get(queue);
    if (old !== undefined && offset > old) sum += offset - old;
  }
  return Number(sum);
}

/** Rates by `topic@group` summed by topic and by group. */
export function byTopicAndGroup(rates: ReadonlyMap<string, number>): Record<"topic" | "group", Map<string, number>> {
  const sums = { topic: new Map<string, number>(), group: new Map<string, number>() };
  for (const [pair, rate] of rates) {
    const at = pair.indexOf("@");
    const add = (to: Map<string, number>, name: string) => to.set(name, (to.get(name) ?? 0) + rate);
    add(sums.topic, pair.slice(0, at));
    add(sums.group, pair.slice(at + 1));
  }
  return sums;
}

/** Messages a second that topics got between two sweeps, where they got some. */
export function producedBetween(before: Snapshot<TopicStats>, after: Snapshot<TopicStats>): Map<string, number> {
  const seconds = (after.startedAt - before.startedAt) / 1000;
  const rates = new Map<string, number>();
  for (const [topic, { maxOffset }] of after.byName) {
    const moved = maxOffset - (before.byName.get(topic)?.maxOffset ?? 0n);
    if (moved > 0n) rates.set(topic, Number(moved) / seconds);
  }
  return rates;
}

/** Lags of the groups that have one. */
export function lagsOf(groups: Snapshot<GroupStats>): Map<string, number> {
  const behind = [...groups.byName].filter(([, { lag }]) => lag > 0n);
  return new Map(behind.map(([group, { lag }]) => [group, Number(lag)]));
}

/** The lag of a group as it is now; undefined where a master does not say, or none has an offset of the group. */
export async function readLag(cluster: RocketMQCluster, consumerGroup: string): Promise<number | undefined> {
  const sums: Parameters<typeof addConsumeStats>[0] = new Map();
  const { failures } = await cluster.onMasters(async ({ addr }) =>
    addConsumeStats(sums, consumerGroup, await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup })),
  );
  const silent = failures.some(({ error }) => asRocketMQError(error).code !== "SUBSCRIPTION_GROUP_NOT_EXIST");
  const stats = sums.get(consumerGroup);
  return silent || stats?.hasOffsets !== true ? undefined : Math.max(0, Number(stats.lag));
}
