import type { GroupOverview, GroupProgress, GroupQueue, GroupSubscription } from "#contract/group.ts";
import type { Failure } from "#contract/list.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { connectionsByServer, consumeStats, groupTopics } from "../../rocketmq/admin/group-admin.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { byQueue, lastConsumedOf, presentQueue, sumOver } from "../../cluster/progress.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { readRemarks } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf, type Catalog, type CatalogGroup } from "../../cluster/group-catalog.ts";
import { clientsOf, presenceOf } from "../../cluster/group-connections.ts";
import { figuresOf, readStats } from "./group-figures.ts";
import { configLines, presentGroup } from "./group.presenter.ts";
import { groupKindOf } from "../../cluster/names.ts";

export interface GroupPlace {
  instanceId: string;
  group: string;
}

interface Part<T> {
  items: T[];
  failures: Failure[];
  at: number;
}

/** A group that every master denies does not exist; while one does not answer, nobody can say. */
export function groupIn(catalog: Catalog, group: string): CatalogGroup {
  const found = catalog.groups.find((known) => known.group === group);
  if (found !== undefined) return found;
  if (catalog.failures.length === 0) throw new Problem("SUBSCRIPTION_GROUP_NOT_EXIST", { params: { group } });
  return { group, kind: groupKindOf(group), configs: [] };
}

export async function groupOverview(deps: Deps, { instanceId, group }: GroupPlace): Promise<GroupOverview> {
  const cluster = await deps.clusters.get(instanceId);
  const catalog = await catalogOf(cluster);
  const settings = presentGroup(groupIn(catalog, group));
  const [stats, connections, topics, remarks] = await Promise.all([
    readStats(cluster, [group]),
    proxyRemotingAddrs(deps.db, instanceId).then((proxies) => connectionsByServer(cluster, group, proxies)),
    groupTopics(cluster, group),
    readRemarks(deps.db, instanceId, "group", [group]),
  ]);
  const presence = presenceOf(connections);
  const subscribed = connections.items.flatMap(({ value }) => [...value.subscriptionTable.keys()]);
  const consumed = new Set([...topics.topics, ...subscribed].filter((topic) => !topic.startsWith(RETRY_PREFIX)));
  return {
    ...settings,
    ...figuresOf(group, { stats: stats.byName.get(group), whole: stats.failures.length === 0 }, presence, deps.now()),
    clients: presence.clients,
    messageModel: presence.messageModel,
    remark: remarks.get(group) ?? "",
    topics: consumed.size,
    failures: failuresOf(catalog.failures, stats.failures, connections.failures, topics.failures),
    at: deps.now(),
  };
}

function progressOf(topic: string, queues: GroupQueue[]): GroupProgress {
  queues.sort(byQueue);
  return {
    topic,
    retry: topic.startsWith(RETRY_PREFIX),
    brokerOffset: sumOver(queues, "brokerOffset").toString(),
    consumerOffset: sumOver(queues, "consumerOffset").toString(),
    lag: sumOver(queues, "lag").toString(),
    lastConsumedAt: lastConsumedOf(queues),
    queues,
  };
}

/** Statistics of a group that one master does not have are empty there, and no failure. */
async function statsEverywhere(cluster: RocketMQCluster, group: string) {
  const { items, failures } = await consumeStats(cluster, group);
  return {
    items,
    failures: failures.filter(({ error }) => asRocketMQError(error).code !== "SUBSCRIPTION_GROUP_NOT_EXIST"),
  };
}

/** Queue by queue, topics with the largest lag first, retry topics after the others. */
export async function groupProgress(deps: Deps, { instanceId, group }: GroupPlace): Promise<Part<GroupProgress>> {
  const cluster = await deps.clusters.get(instanceId);
  groupIn(await catalogOf(cluster), group);
  const stats = await statsEverywhere(cluster, group);
  const byTopic = new Map<string, GroupQueue[]>();
  for (const { value } of stats.items) {
    for (const [queue, offset] of value.offsetTable) {
      const queues = byTopic.get(queue.topic) ?? [];
      queues.push(presentQueue(queue, offset));
      byTopic.set(queue.topic, queues);
    }
  }
  const items = [...byTopic].map(([topic, queues]) => progressOf(topic, queues));
  items.sort((a, b) => Number(a.retry) - Number(b.retry) || compareLongs(b.lag, a.lag) || (a.topic < b.topic ? -1 : 1));
  return { items, failures: failuresOf(stats.failures), at: deps.now() };
}

function compareLongs(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export async function groupClients(deps: Deps, { instanceId, group }: GroupPlace) {
  const cluster = await deps.clusters.get(instanceId);
  const connections = await connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
  return { items: clientsOf(connections), failures: failuresOf(connections.failures), at: deps.now() };
}

/** What the clients online subscribe to, and topics that the group only has offsets of. */
export async function groupSubscriptions(
  deps: Deps,
  { instanceId, group }: GroupPlace,
): Promise<Part<GroupSubscription>> {
  const cluster = await deps.clusters.get(instanceId);
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const [connections, topics] = await Promise.all([
    connectionsByServer(cluster, group, proxies),
    groupTopics(cluster, group),
  ]);
  const rows = new Map<string, GroupSubscription>();
  const retry = (topic: string) => topic.startsWith(RETRY_PREFIX);
  for (const { value } of connections.items) {
    for (const { topic, subString, expressionType } of value.subscriptionTable.values()) {
      const row = { topic, expression: subString, type: expressionType, retry: retry(topic) };
      rows.set(`${topic}\n${subString}\n${expressionType}`, row);
    }
  }
  const subscribed = new Set([...rows.values()].map(({ topic }) => topic));
  for (const topic of topics.topics) {
    if (!subscribed.has(topic)) rows.set(topic, { topic, expression: null, type: null, retry: retry(topic) });
  }
  const items = [...rows.values()].sort(
    (a, b) => Number(a.retry) - Number(b.retry) || (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0),
  );
  return { items, failures: failuresOf(connections.failures, topics.failures), at: deps.now() };
}

export async function groupConfigOnBrokers(deps: Deps, { instanceId, group }: GroupPlace) {
  const catalog = await catalogOf(await deps.clusters.get(instanceId));
  const items = groupIn(catalog, group)
    .configs.map(({ brokerName, addr, entry }) => ({ brokerName, addr, values: configLines(entry) }))
    .sort((a, b) => a.brokerName.localeCompare(b.brokerName));
  return { items, failures: catalog.failures, at: catalog.at };
}
