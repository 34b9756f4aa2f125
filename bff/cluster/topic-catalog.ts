import type { Failure } from "#contract/list.ts";
import type { TopicKind } from "#contract/topic.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { perCluster } from "../rocketmq/cluster/per-cluster.ts";
import { SharedReads } from "../rocketmq/cluster/shared-reads.ts";
import { orAborted } from "../rocketmq/remoting/abort.ts";
import { allTopicConfigs, topicConfigs, topicNames } from "../rocketmq/admin/topic-admin.ts";
import type { TopicConfig } from "../rocketmq/rpc/topic.ts";
import { entriesOf, sharedRead } from "./catalog.ts";
import { failuresOf } from "./failures.ts";
import { ownTopics, topicKindOf } from "./names.ts";
import { byCodeUnit } from "./ranking.ts";

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

/** What the rows of a page alone need is read once for all who look at the same page within this time. */
export const PAGE_SHARED_MS = 1000;

export type NamedTopic = Pick<CatalogTopic, "topic" | "kind">;

/** Every topic with its configuration at every master. */
export const { get: catalogOf, atHand: catalogAtHand } = sharedRead(readCatalog);

/** Names and kinds alone, which a name server tells at once; sorted. */
export const namesOf = sharedRead(readNames).get;

async function readCatalog(cluster: RocketMQCluster): Promise<Catalog> {
  // Those that only name servers know are topics too: clients are led to them.
  const [own, tables, names] = await Promise.all([ownTopics(cluster), allTopicConfigs(cluster), topicNames(cluster)]);
  return {
    at: Date.now(),
    topics: entriesOf(tables, ({ brokerName }, config) => ({ brokerName, config }), names).map(([topic, configs]) => ({
      topic,
      kind: topicKindOf(topic, own),
      configs,
    })),
    failures: failuresOf(tables.failures),
  };
}

async function readNames(cluster: RocketMQCluster): Promise<NamedTopic[]> {
  const [own, names] = await Promise.all([ownTopics(cluster), topicNames(cluster)]);
  return names.sort(byCodeUnit).map((topic) => ({ topic, kind: topicKindOf(topic, own) }));
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
  const configs = new Map(entriesOf(asked, ({ brokerName }, config) => ({ brokerName, config })));
  return {
    at: asked.at,
    topics: topics.map(({ topic, kind }) => ({ topic, kind, configs: configs.get(topic) ?? [] })),
    failures: failuresOf(asked.failures),
  };
}
