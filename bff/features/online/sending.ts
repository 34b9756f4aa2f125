import type { Deps } from "../../api/deps.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import { connectedProducers, producersOf, type Connected } from "../../cluster/topic-producers.ts";
import { mapBounded } from "../../rocketmq/bounded.ts";
import { manyTopicStats, topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { Cached } from "../../rocketmq/cluster/cached.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { orAborted } from "../../rocketmq/remoting/abort.ts";
import { ONLINE } from "./limits.ts";

/** That messages of a topic came over connections of a group. */
export interface Sent {
  lastSentAt: number;
  /** False: another group has the same connection. */
  certain: boolean;
}

/** Which topics producer groups write to, so far as newest messages show it. */
export interface Sending {
  byGroup: ReadonlyMap<string, ReadonlyMap<string, Sent>>;
  /** Topics whose messages were looked at, of so many of people. */
  lookedAt: number;
  topics: number;
  failures: FanOutFailure[];
}

/** It takes some pulls a topic: one read serves all who ask within this time. */
const FRESH_MS = 15_000;
const TOPICS_AT_ONCE = 4;

/** Topics written to last, of those that people made, up to a number of queues. */
async function latestTopics(deps: Deps, cluster: RocketMQCluster, instanceId: string) {
  const [{ byName }, own] = await Promise.all([deps.stats.topics(instanceId), ownTopics(cluster)]);
  const made = [...byName].flatMap(([topic, { lastUpdateAt, maxOffset, minOffset }]) =>
    topicKindOf(topic, own) === "normal" ? [{ topic, at: maxOffset > minOffset ? lastUpdateAt : null }] : [],
  );
  const written = made.flatMap(({ topic, at }) => (at === null ? [] : [{ topic, at }]));
  const latest = written.sort((a, b) => b.at - a.at).slice(0, ONLINE.topicsLookedAt);
  return { names: latest.map(({ topic }) => topic), of: made.length };
}

async function readSending(deps: Deps, cluster: RocketMQCluster, instanceId: string): Promise<Sending> {
  const { names, of } = await latestTopics(deps, cluster, instanceId);
  const [stats, configs] = await Promise.all([manyTopicStats(cluster, names), topicConfigs(cluster, names)]);
  const connected = new Map<string, Promise<Connected>>();
  const connectedAt = (addr: string) => {
    const asked = connected.get(addr) ?? connectedProducers(cluster, addr);
    connected.set(addr, asked);
    return asked;
  };
  const byGroup = new Map<string, Map<string, Sent>>();
  const failures = [...stats.failures, ...configs.failures];
  const look = async (topic: string) => {
    const tables = stats.items.flatMap(({ target, value }) => {
      const table = value.get(topic);
      return table === undefined ? [] : [{ target, value: table }];
    });
    const ofTopic = configs.items.flatMap(({ target, value }) => {
      const config = value.get(topic);
      return config === undefined ? [] : [[target.brokerName, config] as const];
    });
    const parts = { stats: { items: tables, failures: [] }, configs: new Map(ofTopic) };
    const found = await producersOf(cluster, topic, parts, connectedAt);
    failures.push(...found.failures);
    for (const { group, lastSentAt } of found.items) if (group !== null) addSent(byGroup, group, topic, lastSentAt);
  };
  let queues = 0;
  const within = names.filter((topic) => {
    for (const { value } of stats.items) queues += value.get(topic)?.offsetTable.length ?? 0;
    return queues <= ONLINE.queuesLookedAt;
  });
  await mapBounded(within, TOPICS_AT_ONCE, look);
  return { byGroup, lookedAt: within.length, topics: of, failures };
}

/** Groups of one process share a connection, and are told together. */
function addSent(byGroup: Map<string, Map<string, Sent>>, together: string, topic: string, lastSentAt: number): void {
  const groups = together.split(", ");
  for (const group of groups) {
    const topics = byGroup.get(group) ?? new Map<string, Sent>();
    byGroup.set(group, topics);
    const known = topics.get(topic);
    const certain = groups.length === 1;
    topics.set(topic, {
      lastSentAt: Math.max(lastSentAt, known?.lastSentAt ?? 0),
      certain: certain || known?.certain === true,
    });
  }
}

/** What groups send, as all who look at an instance share it. */
export class SendingBook {
  readonly #kept = new WeakMap<RocketMQCluster, Cached<Sending>>();
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get(cluster: RocketMQCluster, instanceId: string, fresh = false): Promise<Sending> {
    const { base } = cluster;
    const cached = this.#kept.get(base) ?? new Cached(() => readSending(this.#deps, base, instanceId), FRESH_MS);
    this.#kept.set(base, cached);
    return orAborted(cached.get(fresh), cluster.signal);
  }
}
