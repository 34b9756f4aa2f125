import type { GroupKind } from "#contract/group.ts";
import { DLQ_PREFIX, isSystemGroup, isSystemTopic, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { TopicKind } from "#contract/topic.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";

/** Topics that brokers make for themselves: named like the broker, like its cluster, and for replies in it. Source: TopicConfigManager.java. */
export const ownTopicsOf = (brokers: Iterable<{ brokerName: string; cluster: string }>): ReadonlySet<string> =>
  new Set([...brokers].flatMap(({ brokerName, cluster }) => [brokerName, cluster, `${cluster}_REPLY_TOPIC`]));

export const ownTopics = async (cluster: RocketMQCluster): Promise<ReadonlySet<string>> =>
  ownTopicsOf((await cluster.clusterInfo()).brokerAddrTable.values());

export function topicKindOf(topic: string, own: ReadonlySet<string>): TopicKind {
  if (topic.startsWith(RETRY_PREFIX)) return isSystemGroup(topic.slice(RETRY_PREFIX.length)) ? "system" : "retry";
  if (topic.startsWith(DLQ_PREFIX)) return "dlq";
  return isSystemTopic(topic, own) ? "system" : "normal";
}

export const groupKindOf = (group: string): GroupKind => (isSystemGroup(group) ? "system" : "normal");
