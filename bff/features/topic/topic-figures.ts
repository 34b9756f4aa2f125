import type { Snapshot, StatsSweep } from "../../metrics/stats-sweep.ts";
import type { GroupStats } from "../../metrics/sweep-groups.ts";
import { addTopicStats, type TopicStats } from "../../metrics/sweep-topics.ts";
import type { RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import { manyTopicStats } from "../../rocketmq/admin/topic-admin.ts";

/** Figures of a topic; null where they are not known. */
export interface TopicFigures {
  tps: number | null;
  stored: bigint | null;
  lag: bigint | null;
}

type Figures = (topic: string) => TopicFigures;

/** A refreshed list sorted by a figure is sorted by figures of this age at most. */
const FRESH_MS = 5000;

const lags = new WeakMap<Snapshot<GroupStats>, Map<string, bigint>>();

/** What all groups together have not consumed, by topic; summed once for a snapshot. */
export function lagByTopic(groups: Snapshot<GroupStats>): Map<string, bigint> {
  let sums = lags.get(groups);
  if (sums === undefined) {
    sums = new Map();
    for (const { topics } of groups.byName.values()) {
      for (const [topic, { lag }] of topics) sums.set(topic, (sums.get(topic) ?? 0n) + lag);
    }
    lags.set(groups, sums);
  }
  return sums;
}

/** A topic that no group has an offset on has no lag: nobody waits for it. */
const lagOf = (groups: Snapshot<GroupStats> | undefined, topic: string): bigint | null =>
  groups === undefined ? null : (lagByTopic(groups).get(topic) ?? 0n);

const ofStats = (stats: TopicStats | undefined, lag: bigint | null): TopicFigures => ({
  tps: stats?.tps ?? null,
  stored: stats === undefined ? null : stats.maxOffset - stats.minOffset,
  lag,
});

/** Figures of every topic by which a list is sorted; waits for the first sweep, and for a new one when asked for fresh ones. */
export async function figuresOf(
  stats: StatsSweep,
  instanceId: string,
  sort: keyof TopicFigures,
  fresh = false,
): Promise<Figures> {
  const options = { maxAgeMs: fresh ? FRESH_MS : undefined };
  if (sort === "lag") {
    const groups = await stats.groups(instanceId, options);
    return (topic) => ofStats(undefined, lagOf(groups, topic));
  }
  const { byName } = await stats.topics(instanceId, options);
  return (topic) => ofStats(byName.get(topic), null);
}

/** Figures of a few topics: of the latest sweep, and read from the brokers where it has none or fresh ones are asked for. */
export async function freshFigures(
  stats: StatsSweep,
  cluster: RocketMQCluster,
  { instanceId, names, fresh }: { instanceId: string; names: readonly string[]; fresh?: boolean },
): Promise<Figures> {
  const { topics, groups } = stats.peek(instanceId);
  const missing = fresh ? names : names.filter((name) => topics?.byName.has(name) !== true);
  const read = new Map<string, TopicStats>();
  if (missing.length > 0) {
    const asked = await manyTopicStats(cluster, missing);
    for (const { value } of asked.items) {
      for (const [topic, table] of value) addTopicStats(read, topic, table);
    }
  }
  return (topic) => {
    const swept = topics?.byName.get(topic);
    const figures = ofStats(read.get(topic) ?? swept, lagOf(groups, topic));
    return { ...figures, tps: figures.tps ?? swept?.tps ?? null };
  };
}
