import type { ConsumerItem, ConsumerSort, Presence } from "#contract/online.ts";
import { DLQ_PREFIX, RETRY_PREFIX, isSystemGroup } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { lagUnknownOf, presentBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf, type CatalogGroup } from "../../cluster/group-catalog.ts";
import { presences, sharedIds, type Connections, type GroupPresence } from "../../cluster/group-connections.ts";
import { byCodeUnit, containing, onPage, ranked, type Rank } from "../../cluster/ranking.ts";
import { poppingOf } from "../../monitor/popping.ts";
import { knownPart, readStats, type GroupSums } from "../../monitor/read-groups.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { isBroadcasting, subscribedBy } from "../../monitor/sweep-clients.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";

interface ListConsumers {
  instanceId: string;
  search?: string;
  broker?: string;
  presence?: Presence;
  page: number;
  pageSize: number;
  sort?: ConsumerSort;
  order?: "asc" | "desc";
  fresh?: boolean;
}

/** A refreshed list is made of figures of this age at most. */
const FRESH_MS = 5000;

interface Row {
  catalog: CatalogGroup;
  group: string;
  topic: string | null;
}

const isOfGroup = (topic: string) => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

/** A row a group and topic; of a group that consumes nothing one without a topic. */
function consumerRows(catalog: CatalogGroup, swept: Pick<Swept, "groups" | "clients">): Row[] {
  const { group } = catalog;
  const begun = swept.groups?.byName.get(group)?.topics.keys() ?? [];
  const topics = new Set([...begun, ...subscribedBy(swept, group)].filter((topic) => !isOfGroup(topic)));
  if (topics.size === 0) return [{ catalog, group, topic: null }];
  return [...topics].sort(byCodeUnit).map((topic) => ({ catalog, group, topic }));
}

/** Clients count for a topic that one of them subscribes to; where nobody who is online says what, for all. */
function presenceFor(
  clients: number | null,
  subscribed: boolean | null,
): { presence: Presence; clients: number | null } {
  if (clients === null) return { presence: "unseen", clients: null };
  const counted = subscribed === false ? 0 : clients;
  return { presence: counted > 0 ? "online" : "offline", clients: counted };
}

/** By what was last swept. */
function sweptPresence({ clients }: Swept, { group, topic }: Row): { presence: Presence; clients: number | null } {
  const known = clients?.byName.get(group);
  if (known === undefined) return presenceFor(clients?.isWhole(group) === true ? 0 : null, null);
  return presenceFor(known.presence.clients, topic === null ? null : known.subscribed.has(topic));
}

const sumsFor = ({ groups }: Swept, group: string): GroupSums => ({
  stats: groups?.byName.get(group),
  whole: groups?.isWhole(group) === true,
});

const backlogFor = (sums: GroupSums, topic: string | null): BacklogSums | undefined =>
  topic === null ? undefined : knownPart(sums)?.topics.get(topic);

function rankOf(swept: Swept, sort: ConsumerSort): Rank<Row> | undefined {
  if (sort === "group" || sort === "topic") return undefined;
  if (sort === "clients") return (row) => sweptPresence(swept, row).clients;
  return ({ group, topic }) => {
    const sums = sumsFor(swept, group);
    if (sort === "groupTps") return sums.stats === undefined || sums.stats.offsets === 0 ? null : sums.stats.tps;
    if (isBroadcasting(swept, group)) return null;
    const backlog = backlogFor(sums, topic);
    if (backlog === undefined) return null;
    if (sort === "neverConsumed") return backlog.neverConsumed;
    return backlog.offsets > 0 ? backlog.lag : null;
  };
}

const byTopic = (a: Row, b: Row) =>
  Number(a.topic === null) - Number(b.topic === null) ||
  byCodeUnit(a.topic ?? "", b.topic ?? "") ||
  byCodeUnit(a.group, b.group);

const noFigures = { lag: null, neverConsumed: null, neverConsumedQueues: 0, beyondEndQueues: 0 };

interface Seen {
  sums: GroupSums;
  presence: GroupPresence | undefined;
  connections: Connections | undefined;
}

function presentConsumer({ catalog, group, topic }: Row, swept: Swept, seen: Seen): ConsumerItem {
  const { sums, presence, connections } = seen;
  const items = connections?.items ?? [];
  const said = subscribedBy(swept, group, { items });
  const subscribed = topic === null || said.size === 0 ? null : said.has(topic);
  const backlog = backlogFor(sums, topic);
  const lagUnknown = topic === null ? "noOffsets" : lagUnknownOf(backlog, presence?.messageModel ?? null);
  const broadcasts = lagUnknown === "broadcasting";
  return {
    group,
    topic,
    ...presenceFor(presence?.clients ?? null, (presence?.clients ?? 0) > 0 ? subscribed : null),
    shared: sharedIds({ items }).size > 0,
    differs: topic !== null && swept.clients?.byName.get(group)?.differing.includes(topic) === true,
    subscribed,
    consumeType: items.find(({ value }) => value.consumeType !== undefined)?.value.consumeType ?? null,
    messageModel: presence?.messageModel ?? null,
    pop: presence?.pop === true || poppingOf(swept, group, topic ?? undefined).pops === true,
    ...(backlog === undefined || broadcasts ? noFigures : presentBacklog(backlog, sums.whole)),
    lagUnknown: lagUnknown === "noOffsets" && !sums.whole ? "notRead" : lagUnknown,
    groupTps: sums.stats === undefined || sums.stats.offsets === 0 ? null : sums.stats.tps,
    brokers: catalog.configs.map(({ brokerName }) => brokerName).sort(byCodeUnit),
    atLeast: sums.stats !== undefined && !sums.whole,
  };
}

/** Groups that the sweep does not have yet are read. */
async function statsFor(cluster: RocketMQCluster, swept: Swept, groups: readonly string[]) {
  const missing = groups.filter((group) => swept.groups?.byName.has(group) !== true);
  const read =
    missing.length === 0
      ? undefined
      : await readStats(
          cluster,
          missing.map((group) => ({ group, subscribed: subscribedBy(swept, group) })),
        );
  const failures = read?.failures ?? [];
  const sumsOf = (group: string): GroupSums => {
    const stats = read?.byName.get(group);
    return stats === undefined ? sumsFor(swept, group) : { stats, whole: failures.length === 0 };
  };
  return { sumsOf, failures };
}

/** Rows of the page, and how many there are in all: nobody is asked for it. */
export function pageOfConsumers(
  groups: readonly CatalogGroup[],
  swept: Swept,
  input: Omit<ListConsumers, "instanceId" | "fresh">,
): { page: Row[]; total: number } {
  const { search, broker, presence, sort = "group", order } = input;
  const isSought = containing(search);
  const rows = groups
    .filter(({ group, configs }) => {
      if (isSystemGroup(group)) return false;
      return broker === undefined || configs.some(({ brokerName }) => brokerName === broker);
    })
    .flatMap((group) => consumerRows(group, swept))
    .filter(({ group, topic }) => isSought(group) || (topic !== null && isSought(topic)))
    .filter((row) => presence === undefined || sweptPresence(swept, row).presence === presence);
  const ordered = ranked(sort === "topic" ? rows.toSorted(byTopic) : rows, rankOf(swept, sort), order);
  return { page: onPage(ordered, input), total: rows.length };
}

/** Rows of all groups are made of what was swept; brokers are asked of the groups on the page alone. */
export async function listConsumers(deps: Deps, input: ListConsumers) {
  const { instanceId, fresh } = input;
  const cluster = await deps.clusters.get(instanceId);
  const options = { maxAgeMs: fresh === true ? FRESH_MS : undefined };
  const [catalog, proxies, groups, clients] = await Promise.all([
    catalogOf(cluster, fresh),
    proxyRemotingAddrs(deps.db, instanceId),
    deps.stats.groups(instanceId, options),
    deps.stats.clients(instanceId, options),
  ]);
  const swept: Swept = { groups, clients };
  const { page, total } = pageOfConsumers(catalog.groups, swept, input);
  const names = [...new Set(page.map(({ group }) => group))];
  const [online, stats] = await Promise.all([presences(cluster, names, proxies), statsFor(cluster, swept, names)]);
  const items = page.map((row) =>
    presentConsumer(row, swept, {
      sums: stats.sumsOf(row.group),
      presence: online.byGroup.get(row.group),
      connections: online.connections.get(row.group),
    }),
  );
  const sweepFailures: readonly FanOutFailure[] = [...groups.failures, ...clients.failures];
  return {
    items,
    total,
    failures: failuresOf(sweepFailures, catalog.failures, stats.failures, online.failures),
    at: Math.min(groups.at, clients.at),
  };
}
