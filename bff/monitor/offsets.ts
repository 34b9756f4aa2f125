import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import type { FanOut } from "../rocketmq/cluster/fan-out.ts";
import { roomForTables } from "../rocketmq/cluster/tables-of-masters.ts";
import { backlogOf } from "../cluster/backlog.ts";
import { groupOffsets } from "../rocketmq/admin/group-offsets.ts";
import { manyTopicStats } from "../rocketmq/admin/topic-admin.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import type { GroupStats, Snapshot, Swept, TopicStats } from "./stats-sweep.ts";
import { isBroadcasting } from "./sweep-clients.ts";

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
 * Offsets a second by name; undefined where two readings are not of the same masters, null for a name that had no
 * offsets before. A queue that only one of them knows, and one that went back (a reset, a topic made anew), did not move.
 */
export function ratesBetween(before: Reading, after: Reading): Map<string, number | null> | undefined {
  if (before.at >= after.at || before.byMaster.size !== after.byMaster.size) return undefined;
  const seconds = (after.at - before.at) / 1000;
  const rates = new Map<string, number | null>();
  for (const [master, offsets] of after.byMaster) {
    const earlier = before.byMaster.get(master);
    if (earlier === undefined) return undefined;
    for (const [name, queues] of offsets) {
      const known = earlier.get(name);
      if (known !== undefined) rates.set(name, (rates.get(name) ?? 0) + movement(known, queues) / seconds);
      else if (!rates.has(name)) rates.set(name, null);
    }
  }
  return rates;
}

function movement(before: ReadonlyMap<number, bigint>, after: ReadonlyMap<number, bigint>): number {
  let sum = 0n;
  for (const [queue, offset] of after) {
    const old = before.get(queue);
    if (old !== undefined && offset > old) sum += offset - old;
  }
  return Number(sum);
}

/** Rates by `topic@group` summed by topic and by group; a sum is not known where a part of it is not. */
export function byTopicAndGroup(rates: ReadonlyMap<string, number | null>) {
  const topics = new Map<string, number | null>();
  const groups = new Map<string, number | null>();
  for (const [pair, rate] of rates) {
    const at = pair.indexOf("@");
    addTo(topics, pair.slice(0, at), rate);
    addTo(groups, pair.slice(at + 1), rate);
  }
  return { topics, groups };
}

function addTo(sums: Map<string, number | null>, name: string, rate: number | null): void {
  const sum = sums.get(name);
  sums.set(name, sum === null || rate === null ? null : (sum ?? 0) + rate);
}

/** Messages a second that topics got between two sweeps. */
export function producedBetween(before: Snapshot<TopicStats>, after: Snapshot<TopicStats>): Map<string, number> {
  const seconds = (after.startedAt - before.startedAt) / 1000;
  const rates = new Map<string, number>();
  for (const [topic, { maxOffset }] of after.byName) {
    const moved = maxOffset - (before.byName.get(topic)?.maxOffset ?? 0n);
    rates.set(topic, moved > 0n ? Number(moved) / seconds : 0);
  }
  return rates;
}

/** Lags of groups; null where no broker holds an offset of the group, or its clients keep their own. */
export const lagsOf = ({ byName }: Snapshot<GroupStats>, swept: Pick<Swept, "clients">): Map<string, number | null> =>
  new Map(
    [...byName].map(([group, { lag, offsets }]) => [
      group,
      offsets > 0 && !isBroadcasting(swept, group) ? Number(lag) : null,
    ]),
  );

/** The lag of a group as it is now, with what its clients are known to subscribe to; undefined where a master does not say, or none has an offset of the group. */
export async function readLag(
  cluster: RocketMQCluster,
  consumerGroup: string,
  subscribed: ReadonlySet<string>,
): Promise<number | undefined> {
  const { items, failures } = await groupOffsets(cluster, consumerGroup, { subscribed });
  const { lag, offsets } = backlogOf(items.flatMap(({ value }) => value.queues));
  return failures.length > 0 || offsets === 0 ? undefined : Number(lag);
}
