import type { GroupDeletion } from "#contract/group.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { manyTopicStats, topicNames } from "../../rocketmq/admin/topic-admin.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { groupOfTopic } from "../../cluster/group-of-topic.ts";
import { partSum } from "../../cluster/part-sum.ts";

/** Retry and dead letter topics of a group that exist, with the messages stored in them. */
export async function retryAndDlqTopics(
  cluster: RocketMQCluster,
  group: string,
): Promise<{ topics: GroupDeletion["topics"]; failures: FanOutFailure[] }> {
  const [names, catalog] = await Promise.all([topicNames(cluster), catalogOf(cluster)]);
  const known = { groups: new Set([group, ...catalog.groups.map((one) => one.group)]), topics: new Set(names) };
  const own = names.filter((topic) => groupOfTopic(topic, known) === group);
  const stats = await manyTopicStats(cluster, own);
  const topics = own.map((topic) => {
    const tables = stats.items.flatMap(({ value }) => value.get(topic)?.offsetTable ?? []);
    const stored = tables.reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
    return { topic, stored: partSum(stored, stats.failures.length === 0) };
  });
  return { topics, failures: stats.failures };
}
