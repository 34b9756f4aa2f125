import type { GroupKind } from "#contract/group.ts";
import { DLQ_PREFIX, isSystemGroup, isSystemTopic, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { TopicKind } from "#contract/topic.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";

/** Cluster and broker names are topics too, which RocketMQ makes for itself. */
export async function ownNames(cluster: RocketMQCluster): Promise<ReadonlySet<string>> {
  const info = await cluster.clusterInfo();
  return new Set([...info.clusterAddrTable.keys(), ...info.brokerAddrTable.keys()]);
}

export function topicKindOf(topic: string, ownNames: ReadonlySet<string>): TopicKind {
  const group = topic.startsWith(RETRY_PREFIX) ? topic.slice(RETRY_PREFIX.length) : undefined;
  if (group !== undefined) return isSystemGroup(group) ? "system" : "retry";
  if (topic.startsWith(DLQ_PREFIX)) return "dlq";
  return isSystemTopic(topic, ownNames) ? "system" : "normal";
}

export const groupKindOf = (group: string): GroupKind => (isSystemGroup(group) ? "system" : "normal");
