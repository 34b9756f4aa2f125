import type { GroupItem, GroupKind, GroupSort } from "#contract/group.ts";
import type { Failure } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { readRemarks } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf, type CatalogGroup } from "../../cluster/group-catalog.ts";
import { presences } from "../../cluster/group-connections.ts";
import { delayOf, figuresOf, knownPart, readStats, type GroupSums } from "./group-figures.ts";
import { presentGroup } from "./group.presenter.ts";

export interface GroupFilter {
  search?: string;
  kind?: GroupKind;
  broker?: string;
}

export interface ListGroups extends GroupFilter {
  instanceId: string;
  page: number;
  pageSize: number;
  sort?: GroupSort;
  order?: "asc" | "desc";
  fresh?: boolean;
}

/** A refreshed list sorted by a figure is sorted by figures of this age at most. */
const FRESH_MS = 5000;

type Rank = (group: CatalogGroup) => number | bigint | null;

/** How groups are ordered by a figure (by name without one), and which masters are missing from it. */
async function rankOf(
  deps: Deps,
  { instanceId, sort, fresh }: ListGroups,
): Promise<{ of?: Rank; failures: Failure[] }> {
  if (sort === undefined || sort === "group") return { failures: [] };
  if (sort === "retryMaxTimes")
    return { of: ({ configs }) => configs[0]?.entry.config.retryMaxTimes ?? null, failures: [] };
  const { byName, isWhole, failures } = await deps.stats.groups(instanceId, { maxAgeMs: fresh ? FRESH_MS : undefined });
  const now = deps.now();
  const of: Rank = ({ group }) => {
    const stats = knownPart({ stats: byName.get(group), whole: isWhole(group) });
    if (stats === undefined) return null;
    if (sort === "tps") return stats.tps;
    if (sort === "lag") return stats.hasOffsets ? stats.lag : null;
    return delayOf(stats, now);
  };
  return { of, failures: failuresOf(failures) };
}

/** By figure, unknown ones last, then by name; names come sorted. */
function sorted(groups: CatalogGroup[], order: ListGroups["order"], rank: Rank | undefined): CatalogGroup[] {
  const direction = order === "desc" ? -1 : 1;
  if (rank === undefined) return direction === 1 ? groups : groups.toReversed();
  return groups
    .map((group) => ({ group, by: rank(group) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return a.by === b.by ? 0 : a.by === null ? 1 : -1;
      return a.by < b.by ? -direction : a.by > b.by ? direction : 0;
    })
    .map(({ group }) => group);
}

export function matches({ search = "", kind, broker }: GroupFilter): (group: CatalogGroup) => boolean {
  const text = search.trim().toLowerCase();
  return (group) =>
    (kind === undefined || group.kind === kind) &&
    group.group.toLowerCase().includes(text) &&
    (broker === undefined || group.configs.some(({ brokerName }) => brokerName === broker));
}

export async function listGroups(
  deps: Deps,
  input: ListGroups,
): Promise<{ items: GroupItem[]; total: number; failures: Failure[]; at: number }> {
  const { instanceId, page, pageSize } = input;
  const cluster = await deps.clusters.get(instanceId);
  deps.stats.look(instanceId);
  const [catalog, rank] = await Promise.all([catalogOf(cluster, input.fresh), rankOf(deps, input)]);
  const found = sorted(catalog.groups.filter(matches(input)), input.order, rank.of);
  const items = found
    .slice((page - 1) * pageSize, page * pageSize)
    .map(({ group, kind, configs }) => presentGroup(group, kind, configs));
  const failures = failuresOf(catalog.failures, rank.failures, await fillIn(deps, cluster, input, items));
  return { items, total: found.length, failures, at: catalog.at };
}

const byFigure = ({ sort }: ListGroups) => sort === "lag" || sort === "tps" || sort === "delayMs";

/**
 * Figures of the latest sweep; groups that it does not have yet are read, and all when fresh ones are asked for.
 * A list sorted by figures shows the ones that it is sorted by.
 */
async function statsFor(deps: Deps, cluster: RocketMQCluster, input: ListGroups, names: readonly string[]) {
  const swept = deps.stats.peek(input.instanceId).groups;
  const known = (name: string) => swept?.byName.has(name) === true && swept.isWhole(name);
  const missing = new Set(input.fresh && !byFigure(input) ? names : names.filter((name) => !known(name)));
  const read = missing.size === 0 ? undefined : await readStats(cluster, [...missing]);
  const failures = read?.failures ?? [];
  return {
    of: (group: string): GroupSums =>
      missing.has(group)
        ? { stats: read?.byName.get(group), whole: failures.length === 0 }
        : { stats: swept?.byName.get(group), whole: true },
    failures,
  };
}

/** What costs a call a group is read for the rows that are seen. */
async function fillIn(deps: Deps, cluster: RocketMQCluster, input: ListGroups, items: GroupItem[]): Promise<Failure[]> {
  const names = items.map(({ group }) => group);
  const proxies = await proxyRemotingAddrs(deps.db, input.instanceId);
  const [stats, online, remarks] = await Promise.all([
    statsFor(deps, cluster, input, names),
    presences(cluster, names, proxies),
    readRemarks(deps.db, input.instanceId, "group", names),
  ]);
  const now = deps.now();
  for (const item of items) {
    const presence = online.byGroup.get(item.group);
    Object.assign(item, figuresOf(item.group, stats.of(item.group), presence, now));
    item.clients = presence?.clients ?? null;
    item.messageModel = presence?.messageModel ?? null;
    item.remark = remarks.get(item.group) ?? "";
  }
  return failuresOf(stats.failures, online.failures);
}
