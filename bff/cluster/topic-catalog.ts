import type { Failure } from "#contract/list.ts";
import type { TopicKind } from "#contract/topic.ts";
import { Cached } from "../rocketmq/cluster/cached.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { perCluster } from "../rocketmq/cluster/per-cluster.ts";
import { SharedReads } from "../rocketmq/cluster/shared-reads.ts";
import { orAborted } from "../rocketmq/remoting/abort.ts";
import { allTopicConfigs, topicConfigs, topicNames } from "../rocketmq/admin/topic-admin.ts";
import type { TopicConfig } from "../rocketmq/rpc/topic.ts";
import { failuresOf } from "./failures.ts";
import { ownTopics, topicKindOf } from "./names.ts";

/** A topic's configuration at one broker. */
export interface BrokerTopicConfig {
  brokerName: string;
  config: TopicConfig;
}

/** A topic by name, with what each master has of it. */
export interface CatalogTopic {
  topic: string;
  kind: TopicKind;
  configs: BrokerTopicConfig[];
}

export interface Catalog {
  at: number;
  /** Sorted by name. */
  topics: CatalogTopic[];
  failures: Failure[];
}

/** What was read this lately answers; the refresh button asks for a new read. */
const FRESH_MS = 5000;
/** What the rows of a page alone need is read once for all who look at the same page within this time. */
export const PAGE_SHARED_MS = 1000;

interface NamedTopic {
  topic: string;
  kind: TopicKind;
}

interface Entry {
  catalog: Cached<Catalog>;
  names: Cached<NamedTopic[]>;
}

const entryOf = perCluster((cluster): Entry => ({
  catalog: new Cached(() => readCatalog(cluster), FRESH_MS),
  names: new Cached(() => readNames(cluster), FRESH_MS),
}));

/** Names are compared by code unit: RocketMQ's are ASCII, and a collator takes a hundred times as long. */
const byName = (a: { topic: string }, b: { topic: string }) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0);

async function readCatalog(cluster: RocketMQCluster): Promise<Catalog> {
  const [own, tables, names] = await Promise.all([ownTopics(cluster), allTopicConfigs(cluster), topicNames(cluster)]);
  const topics = new Map<string, CatalogTopic>();
  for (const { target, value } of tables.items) {
    for (const [topic, config] of value) addTo(topics, topic, { brokerName: target.brokerName, config }, own);
  }
  // Those that only name servers know are topics too: clients are led to them.
  for (const topic of names) {
    if (!topics.has(topic)) topics.set(topic, { topic, kind: topicKindOf(topic, own), configs: [] });
  }
  return { at: Date.now(), topics: [...topics.values()].sort(byName), failures: failuresOf(tables.failures) };
}

function addTo(
  topics: Map<string, CatalogTopic>,
  topic: string,
  config: BrokerTopicConfig,
  own: ReadonlySet<string>,
): void {
  const known = topics.get(topic);
  if (known === undefined) topics.set(topic, { topic, kind: topicKindOf(topic, own), configs: [config] });
  else known.configs.push(config);
}

/** Every topic with its configuration at every master; one read serves all who ask within some seconds. */
export const catalogOf = (cluster: RocketMQCluster, fresh = false): Promise<Catalog> =>
  orAborted(entryOf(cluster).catalog.get(fresh), cluster.signal);

/** The catalogue, when it is young enough to be shown without reading it again. */
export const catalogAtHand = (cluster: RocketMQCluster): Catalog | undefined => entryOf(cluster).catalog.peek();

/** Names and kinds alone, which a name server tells at once; sorted. */
export const namesOf = (cluster: RocketMQCluster, fresh = false): Promise<NamedTopic[]> =>
  orAborted(entryOf(cluster).names.get(fresh), cluster.signal);

async function readNames(cluster: RocketMQCluster): Promise<NamedTopic[]> {
  const [own, names] = await Promise.all([ownTopics(cluster), topicNames(cluster)]);
  return names.map((topic) => ({ topic, kind: topicKindOf(topic, own) })).sort(byName);
}

const configsRead = perCluster(
  (cluster) =>
    new SharedReads(async (topics) => {
      const at = Date.now();
      return { at, ...(await topicConfigs(cluster, topics)) };
    }, PAGE_SHARED_MS),
);

/** Configurations of the topics of a page. */
export async function configsOf(
  cluster: RocketMQCluster,
  topics: readonly NamedTopic[],
  fresh = false,
): Promise<Catalog> {
  const names = topics.map(({ topic }) => topic);
  const asked = await orAborted(configsRead(cluster).get(names, fresh), cluster.signal);
  const configsAt = (topic: string) =>
    asked.items.flatMap(({ target, value }): BrokerTopicConfig[] => {
      const config: TopicConfig | undefined = value.get(topic);
      return config === undefined ? [] : [{ brokerName: target.brokerName, config }];
    });
  return {
    at: asked.at,
    topics: topics.map(({ topic, kind }) => ({ topic, kind, configs: configsAt(topic) })),
    failures: failuresOf(asked.failures),
  };
}
