import type { GroupDeletion } from "#contract/group.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { manyTopicStats, topicNames } from "../../rocketmq/admin/topic-admin.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { partSum } from "../../cluster/part-sum.ts";

/**
 * Whether a topic is the retry or dead letter topic of a group. Popped messages are retried in `%RETRY%group+topic`, in older brokers in `%RETRY%group_topic`,
 * which may just as well belong to a group named `group_topic`: so the topic has to exist, and no longer name of a group may fit.
 */
export function isRetryOrDlqOf(
  group: string,
  topic: string,
  known: { groups: ReadonlySet<string>; topics: ReadonlySet<string> },
): boolean {
  if (topic === `${DLQ_PREFIX}${group}` || topic === `${RETRY_PREFIX}${group}`) return true;
  if (topic.startsWith(`${RETRY_PREFIX}${group}+`)) return true;
  const popped = `${RETRY_PREFIX}${group}_`;
  if (!topic.startsWith(popped) || !known.topics.has(topic.slice(popped.length))) return false;
  const rest = topic.slice(RETRY_PREFIX.length);
  return ![...known.groups].some(
    (other) => other.length > group.length && (rest === other || rest.startsWith(`${other}_`)),
  );
}

/** Retry and dead letter topics of a group that exist, with the messages stored in them. */
export async function retryAndDlqTopics(
  cluster: RocketMQCluster,
  group: string,
): Promise<{ topics: GroupDeletion["topics"]; failures: FanOutFailure[] }> {
  const [names, catalog] = await Promise.all([topicNames(cluster), catalogOf(cluster)]);
  const known = { groups: new Set(catalog.groups.map((one) => one.group)), topics: new Set(names) };
  const own = names.filter((topic) => isRetryOrDlqOf(group, topic, known));
  const stats = await manyTopicStats(cluster, own);
  const topics = own.map((topic) => {
    const tables = stats.items.flatMap(({ value }) => value.get(topic)?.offsetTable ?? []);
    const stored = tables.reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
    return { topic, stored: partSum(stored, stats.failures.length === 0) };
  });
  return { topics, failures: stats.failures };
}
