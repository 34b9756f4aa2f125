import { noBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import { isOfListed } from "../../monitor/snapshot.ts";
import type { StatsSweep, Swept } from "../../monitor/stats-sweep.ts";
import { addTopicStats, type TopicStats } from "../../monitor/sweep-topics.ts";
import { withBacklog } from "../../monitor/totals.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { perCluster } from "../../rocketmq/cluster/per-cluster.ts";
import { SharedReads } from "../../rocketmq/cluster/shared-reads.ts";
import { manyTopicStats } from "../../rocketmq/admin/topic-admin.ts";
import { orAborted } from "../../rocketmq/remoting/abort.ts";
import { PAGE_SHARED_MS } from "../../cluster/topic-catalog.ts";
import type { TopicFigures } from "./topic.presenter.ts";

type Figures = (topic: string) => TopicFigures;

/** A refreshed list sorted by a figure is sorted by figures of this age at most. */
const FRESH_MS = 5000;

type SweptGroups = Pick<Swept, "groups" | "clients">;

const kept = new WeakMap<object, { clients: SweptGroups["clients"]; sums: Map<string, BacklogSums> }>();

/** What all groups that have a lag together have before them, by topic; summed once for what was swept. */
function backlogByTopic({ groups, clients }: SweptGroups): Map<string, BacklogSums> {
  const known = groups && kept.get(groups);
  if (known !== undefined && known.clients === clients) return known.sums;
  const sums = new Map<string, BacklogSums>();
  for (const [, { topics }] of withBacklog({ groups, clients })) {
    for (const [topic, { lag, neverConsumed }] of topics) {
      const sum = sums.get(topic) ?? noBacklog();
      sums.set(topic, sum);
      sum.lag += lag;
      sum.neverConsumed += neverConsumed;
    }
  }
  if (groups !== undefined) kept.set(groups, { clients, sums });
  return sums;
}

interface TopicBacklog {
  lag: bigint | null;
  neverConsumed: bigint | null;
  whole: boolean;
}

/** A topic that no group has an offset on has no lag: nobody waits for it. Any topic may have groups at a master that failed. */
export function topicBacklog(swept: SweptGroups, topic: string): TopicBacklog {
  if (swept.groups === undefined) return notRead;
  const whole = swept.groups.failures.length === 0;
  const { lag, neverConsumed } = backlogByTopic(swept).get(topic) ?? noBacklog();
  const known = (sum: bigint) => (whole || sum !== 0n ? sum : null);
  return { lag: known(lag), neverConsumed: known(neverConsumed), whole };
}

const notRead: TopicBacklog = { lag: null, neverConsumed: null, whole: true };

function figuresFrom(stats: TopicStats | undefined, whole: boolean, backlog: TopicBacklog): TopicFigures {
  const stored = stats === undefined ? null : stats.maxOffset - stats.minOffset;
  return {
    tps: stats?.tps ?? null,
    stored: whole || stored !== 0n ? stored : null,
    lastStoredAt: stats?.lastUpdateAt ?? null,
    lag: backlog.lag,
    neverConsumed: backlog.neverConsumed,
    atLeast: !whole || !backlog.whole,
  };
}

/** Figures of every topic by which a list is sorted; waits for the first sweep, and for a new one when asked for fresh ones. */
export async function sweptFigures(
  stats: StatsSweep,
  instanceId: string,
  sort: "tps" | "stored" | "lastStoredAt" | "lag" | "neverConsumed",
  fresh = false,
): Promise<Figures> {
  const options = { maxAgeMs: fresh ? FRESH_MS : undefined };
  if (sort === "lag" || sort === "neverConsumed") {
    const groups = await stats.groups(instanceId, options);
    const swept = { groups, clients: stats.peek(instanceId).clients };
    return (topic) => figuresFrom(undefined, true, topicBacklog(swept, topic));
  }
  const { byName, isWhole } = await stats.topics(instanceId, options);
  return (topic) => figuresFrom(byName.get(topic), isWhole(topic), notRead);
}

const statsRead = perCluster((cluster) => new SharedReads((topics) => manyTopicStats(cluster, topics), PAGE_SHARED_MS));

/** Figures of a few topics: of the latest sweep, and read from the brokers where it has none, or a part, or fresh ones are asked for. */
export async function figuresOfRows(
  stats: StatsSweep,
  cluster: RocketMQCluster,
  { instanceId, names, fresh }: { instanceId: string; names: readonly string[]; fresh?: boolean },
): Promise<{ figuresOf: Figures; failures: FanOutFailure[] }> {
  const latest = stats.peek(instanceId);
  const { topics, groups } = latest;
  const swept = (name: string) => topics?.byName.has(name) === true && (topics.isWhole(name) || isOfListed(topics));
  const missing = new Set(fresh ? names : names.filter((name) => !swept(name)));
  const read = new Map<string, TopicStats>();
  const failures: FanOutFailure[] = [];
  if (missing.size > 0) {
    const asked = await orAborted(statsRead(cluster).get([...missing], fresh), cluster.signal);
    for (const { value } of asked.items) {
      for (const [topic, table] of value) addTopicStats(read, topic, table);
    }
    failures.push(...asked.failures);
  }
  const figuresOf = (topic: string): TopicFigures => {
    const ofSweep = topics?.byName.get(topic);
    const backlog = topicBacklog(latest, topic);
    if (!missing.has(topic)) return figuresFrom(ofSweep, topics?.isWhole(topic) === true, backlog);
    const figures = figuresFrom(read.get(topic), failures.length === 0, backlog);
    return { ...figures, tps: figures.tps ?? ofSweep?.tps ?? null };
  };
  return { figuresOf, failures: [...failures, ...(groups?.failures ?? [])] };
}
