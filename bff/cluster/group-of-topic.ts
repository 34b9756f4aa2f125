import type { PlanWarning } from "#contract/plan.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import { topicNames } from "../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { catalogOf } from "./group-catalog.ts";
import { warn } from "./plan-lines.ts";

/** Names that a cluster has. */
export interface KnownNames {
  groups: ReadonlySet<string>;
  topics: ReadonlySet<string>;
}

/**
 * The group that a retry or dead letter topic belongs to; null where nobody can say, undefined for any other topic. Popped messages are retried in
 * `%RETRY%group+topic`, or in `%RETRY%group_topic`, which is also how the retry topic of a group `group_topic` is called, and of a group `group` for
 * any `_` in the name: the group and the topic have to exist, and no other pair of them may fit. Source: KeyBuilder.java.
 */
export function groupOfTopic(topic: string, known: KnownNames): string | null | undefined {
  if (topic.startsWith(DLQ_PREFIX)) return topic.slice(DLQ_PREFIX.length);
  if (!topic.startsWith(RETRY_PREFIX)) return undefined;
  const rest = topic.slice(RETRY_PREFIX.length);
  const plus = rest.indexOf("+");
  if (plus !== -1) return rest.slice(0, plus);
  if (!rest.includes("_")) return rest;
  const owners = known.groups.has(rest) ? [rest] : [];
  for (let at = rest.indexOf("_"); at !== -1; at = rest.indexOf("_", at + 1)) {
    if (known.groups.has(rest.slice(0, at)) && known.topics.has(rest.slice(at + 1))) owners.push(rest.slice(0, at));
  }
  const [owner = null] = owners;
  return owners.length > 1 ? null : owner;
}

/** The same of a cluster as it is; nobody is asked unless the name leaves it open. */
export async function ownerOfTopic(cluster: RocketMQCluster, topic: string): Promise<string | null | undefined> {
  const nobody: KnownNames = { groups: new Set(), topics: new Set() };
  const byName = groupOfTopic(topic, nobody);
  if (byName !== null) return byName;
  const [catalog, names] = await Promise.all([catalogOf(cluster), topicNames(cluster)]);
  // A group of a broker that did not answer might fit as well.
  if (catalog.failures.length > 0) return null;
  return groupOfTopic(topic, { groups: new Set(catalog.groups.map(({ group }) => group)), topics: new Set(names) });
}

/** Topics that clients of a group fill and read by themselves: what whoever sends there should know. */
export async function ownTopicWarnings(cluster: RocketMQCluster, topic: string): Promise<PlanWarning[]> {
  const group = await ownerOfTopic(cluster, topic);
  if (group === undefined) return [];
  if (group === null) return [warn("retryTopicOfSome")];
  return [warn(topic.startsWith(DLQ_PREFIX) ? "deadLetterTopic" : "retryTopic", { group })];
}

/** The topic that a popped message was sent to, by the retry topic of its group. */
export function sentToTopic(retryTopic: string, group: string): string {
  const own = [`${RETRY_PREFIX}${group}+`, `${RETRY_PREFIX}${group}_`].find((prefix) => retryTopic.startsWith(prefix));
  return own === undefined ? retryTopic : retryTopic.slice(own.length);
}
