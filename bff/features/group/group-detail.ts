import type { GroupOverview, GroupProgress } from "#contract/group.ts";
import type { GroupSubscription } from "#contract/group-client.ts";
import type { Failure } from "#contract/list.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { connectionsByServer, groupTopics } from "../../rocketmq/admin/group-admin.ts";
import { groupOffsets, type GroupOffset } from "../../rocketmq/admin/group-offsets.ts";
import { backlogOf, presentBacklog } from "../../cluster/backlog.ts";
import { byQueue, lastConsumedOf, presentQueue, sumOver } from "../../cluster/progress.ts";
import { byCodeUnit, descending } from "../../cluster/ranking.ts";
import { poppingNow } from "../../monitor/popping.ts";
import { subscribedBy } from "../../monitor/sweep-clients.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { readRemarks } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf, type Catalog, type CatalogGroup } from "../../cluster/group-catalog.ts";
import { clientsOf, presenceOf, subscribedTopics } from "../../cluster/group-connections.ts";
import { readStats } from "../../monitor/read-groups.ts";
import { deadLettersOf, figuresOf, readDelays } from "./group-figures.ts";
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
  const online = proxyRemotingAddrs(deps.db, instanceId).then((proxies) =>
    connectionsByServer(cluster, group, proxies),
  );
  const subscribing = online.then((connections) => subscribedBy(deps.stats.peek(instanceId), group, connections));
  const pops = online.then((connections) => poppingNow(cluster, deps.stats.peek(instanceId), { group, connections }));
  const [connections, popping, subscribed, read, topics, remarks] = await Promise.all([
    online,
    pops,
    subscribing,
    readStats(cluster, [{ group, subscribed: subscribing }]),
    groupTopics(cluster, group),
    readRemarks(deps.db, instanceId, "group", [group]),
  ]);
  const presence = presenceOf(connections);
  const stats = read.byName.get(group);
  const delays = await readDelays(cluster, [[group, stats]]);
  const consumed = new Set([...topics.topics, ...subscribed].filter((topic) => !topic.startsWith(RETRY_PREFIX)));
  return {
    ...settings,
    ...figuresOf(group, { stats, whole: read.failures.length === 0 }, { presence, popping }, delays),
    clients: presence.clients,
    messageModel: presence.messageModel,
    remark: remarks.get(group) ?? "",
    deadLetters: deadLettersOf(deps, instanceId)(group)?.toString() ?? null,
    finding: deps.findings.worstOfGroups(instanceId).get(group) ?? null,
    catchUpMs: deps.findings.catchUpOf(instanceId, group),
    topics: consumed.size,
    failures: failuresOf(catalog.failures, read.failures, connections.failures, topics.failures, delays.failures),
    at: deps.now(),
  };
}

function progressOf(topic: string, offsets: readonly GroupOffset[], whole: boolean): GroupProgress {
  const queues = offsets.map(presentQueue).sort(byQueue);
  return {
    topic,
    retry: topic.startsWith(RETRY_PREFIX),
    ...presentBacklog(backlogOf(offsets), whole),
    brokerOffset: (sumOver(queues, "brokerOffset") ?? 0n).toString(),
    consumerOffset: sumOver(queues, "consumerOffset")?.toString() ?? null,
    lastConsumedAt: lastConsumedOf(queues),
    queues,
  };
}

/** Queue by queue, topics with the largest lag first, retry topics after the others. */
export async function groupProgress(deps: Deps, { instanceId, group }: GroupPlace): Promise<Part<GroupProgress>> {
  const cluster = await deps.clusters.get(instanceId);
  groupIn(await catalogOf(cluster), group);
  const online = connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
  const subscribed = online.then((known) => subscribedBy(deps.stats.peek(instanceId), group, known));
  const [read, connections] = await Promise.all([groupOffsets(cluster, group, { subscribed }), online, subscribed]);
  // Clients that broadcast keep their offsets to themselves.
  if (presenceOf(connections).messageModel === "BROADCASTING")
    return { items: [], failures: failuresOf(connections.failures), at: deps.now() };
  const byTopic = new Map<string, GroupOffset[]>();
  for (const queue of read.items.flatMap(({ value }) => value.queues)) {
    const queues = byTopic.get(queue.topic) ?? [];
    byTopic.set(queue.topic, queues);
    queues.push(queue);
  }
  const whole = read.failures.length === 0;
  const items = [...byTopic].map(([topic, queues]) => progressOf(topic, queues, whole));
  const before = ({ lag, neverConsumed }: GroupProgress) => BigInt(lag ?? 0) + BigInt(neverConsumed ?? 0);
  items.sort(
    (a, b) => Number(a.retry) - Number(b.retry) || descending(before(a), before(b)) || byCodeUnit(a.topic, b.topic),
  );
  return { items, failures: failuresOf(read.failures, connections.failures), at: deps.now() };
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
  const subscribed = subscribedTopics(connections);
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
