import type { GroupCondition, GroupItem, GroupKind, GroupSort } from "#contract/group.ts";
import type { Failure } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { isOfListed } from "../../monitor/snapshot.ts";
import { isBroadcasting, subscribedBy } from "../../monitor/sweep-clients.ts";
import { poppingOf } from "../../monitor/popping.ts";
import { readRemarks } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf, type CatalogGroup } from "../../cluster/group-catalog.ts";
import { containing, onPage, ranked, type Rank } from "../../cluster/ranking.ts";
import { presences } from "../../cluster/group-connections.ts";
import { knownPart, readStats, type GroupSums } from "../../monitor/read-groups.ts";
import { deadLettersOf, delayOf, figuresOf, readDelays, type Delays } from "./group-figures.ts";
import { presentGroup } from "./group.presenter.ts";

export interface GroupFilter {
  search?: string;
  kind?: GroupKind;
  broker?: string;
  condition?: GroupCondition;
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
/** Delays of this age are shown; older ones, of which nobody looked for a while, are read for the page. */
const DELAYS_MS = 60_000;

/** How groups are ordered by a figure (by name without one), and which masters are missing from it. */
async function rankOf(
  deps: Deps,
  { instanceId, sort, fresh }: ListGroups,
): Promise<{ rank?: Rank<CatalogGroup>; failures: readonly FanOutFailure[] }> {
  if (sort === undefined || sort === "group") return { failures: [] };
  if (sort === "retryMaxTimes")
    return { rank: ({ configs }) => configs[0]?.entry.config.retryMaxTimes ?? null, failures: [] };
  const options = { maxAgeMs: fresh ? FRESH_MS : undefined };
  if (sort === "deadLetters") {
    const { failures } = await deps.stats.topics(instanceId, options);
    return { rank: ({ group }) => deadLettersOf(deps, instanceId)(group), failures };
  }
  const { byName, isWhole, failures } = await deps.stats.groups(instanceId, options);
  const delays = sort === "delayMs" ? await deps.stats.delays(instanceId, options) : undefined;
  const { clients } = deps.stats.peek(instanceId);
  const rank: Rank<CatalogGroup> = ({ group }) => {
    const stats = knownPart({ stats: byName.get(group), whole: isWhole(group) });
    if (stats === undefined) return null;
    if (sort === "tps") return stats.offsets > 0 ? stats.tps : null;
    if (isBroadcasting({ clients }, group)) return null;
    if (sort === "neverConsumed") return stats.neverConsumed;
    if (sort === "lag") return stats.offsets > 0 ? stats.lag : null;
    return delayOf(stats, delays?.byName.get(group));
  };
  return { rank, failures: delays?.failures ?? failures };
}

/** What a list is narrowed to, and what could not be read of what says so. */
interface Narrowed {
  holds: (group: CatalogGroup) => boolean;
  failures: readonly FanOutFailure[];
}

/** Whether a group is known to be so; by what was last swept, which the first time is waited for. */
async function condition(deps: Deps, instanceId: string, wanted: GroupCondition): Promise<Narrowed> {
  if (wanted === "differs") return { holds: (group) => presentGroup(group).differs, failures: [] };
  if (wanted === "deadLetters") {
    const { failures } = await deps.stats.topics(instanceId);
    const deadLetters = deadLettersOf(deps, instanceId);
    return { holds: ({ group }) => (deadLetters(group) ?? 0n) > 0n, failures };
  }
  const groups = await deps.stats.groups(instanceId);
  if (wanted === "paused") return { holds: ({ group }) => groups.disabledAt.has(group), failures: groups.failures };
  if (wanted === "behind") {
    const { clients } = deps.stats.peek(instanceId);
    const isBehind = (group: string) => {
      const stats = groups.byName.get(group);
      return stats !== undefined && stats.lag + stats.neverConsumed > 0n && !isBroadcasting({ clients }, group);
    };
    return { holds: ({ group }) => isBehind(group), failures: groups.failures };
  }
  const clients = await deps.stats.clients(instanceId);
  const failures = [...groups.failures, ...clients.failures];
  if (wanted === "offline")
    return { holds: ({ group }) => !clients.byName.has(group) && clients.isWhole(group), failures };
  const differing = deps.findings.groupsOf(instanceId, "subscriptionsDiffer");
  return { holds: ({ group }) => differing.has(group), failures };
}

/** Groups that a list or an export is narrowed to. */
export async function matching(
  deps: Deps,
  instanceId: string,
  { search, kind, broker, condition: wanted }: GroupFilter,
): Promise<Narrowed> {
  const isSought = containing(search);
  const is: Narrowed =
    wanted === undefined ? { holds: () => true, failures: [] } : await condition(deps, instanceId, wanted);
  return {
    holds: (group) =>
      (kind === undefined || group.kind === kind) &&
      isSought(group.group) &&
      (broker === undefined || group.configs.some(({ brokerName }) => brokerName === broker)) &&
      is.holds(group),
    failures: is.failures,
  };
}

/** What costs a call a group is read for the rows that are seen. */
export async function listGroups(
  deps: Deps,
  input: ListGroups,
): Promise<{ items: GroupItem[]; total: number; failures: Failure[]; at: number }> {
  const { instanceId, order, fresh } = input;
  const cluster = await deps.clusters.get(instanceId);
  const [catalog, ordering, narrowed] = await Promise.all([
    catalogOf(cluster, fresh),
    rankOf(deps, input),
    matching(deps, instanceId, input),
  ]);
  const found = ranked(catalog.groups.filter(narrowed.holds), ordering.rank, order);
  const page = onPage(found, input).map(presentGroup);
  const names = page.map(({ group }) => group);
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const [stats, online, remarks] = await Promise.all([
    statsFor(deps, cluster, input, names),
    presences(cluster, names, proxies),
    readRemarks(deps.db, instanceId, "group", names),
  ]);
  const sums = page.map(({ group }) => [group, stats.sumsOf(group).stats] as const);
  const delays = await delaysFor(deps, cluster, input, sums);
  const worst = deps.findings.worstOfGroups(instanceId);
  const deadLetters = deadLettersOf(deps, instanceId);
  const swept = deps.stats.peek(instanceId);
  const items = page.map((settings): GroupItem => {
    const { group } = settings;
    const presence = online.byGroup.get(group);
    return {
      ...settings,
      ...figuresOf(group, stats.sumsOf(group), { presence, popping: poppingOf(swept, group) }, delays),
      clients: presence?.clients ?? null,
      messageModel: presence?.messageModel ?? null,
      remark: remarks.get(group) ?? "",
      deadLetters: deadLetters(group)?.toString() ?? null,
      finding: worst.get(group) ?? null,
    };
  });
  const failures = failuresOf(
    catalog.failures,
    narrowed.failures,
    ordering.failures,
    stats.failures,
    online.failures,
    delays.failures,
  );
  return { items, total: found.length, failures, at: catalog.at };
}

/** Those of the latest sweep, while there is a young one and no fresh ones are asked for. */
function delaysFor(
  deps: Deps,
  cluster: RocketMQCluster,
  { instanceId, fresh }: ListGroups,
  sums: Parameters<typeof readDelays>[1],
): Promise<Delays> | Delays {
  const { delays } = deps.stats.peek(instanceId);
  const isYoung = delays !== undefined && deps.now() - delays.at <= DELAYS_MS;
  return isYoung && fresh !== true ? delays : readDelays(cluster, sums);
}

const byFigure = ({ sort }: ListGroups) => sort !== undefined && sort !== "group" && sort !== "retryMaxTimes";

/**
 * Figures of the latest sweep; groups that it does not have yet are read, and all when fresh ones are asked for.
 * A list sorted by figures shows the ones that it is sorted by.
 */
async function statsFor(deps: Deps, cluster: RocketMQCluster, input: ListGroups, names: readonly string[]) {
  const latest = deps.stats.peek(input.instanceId);
  const swept = latest.groups;
  const known = (name: string) => swept?.byName.has(name) === true && (swept.isWhole(name) || isOfListed(swept));
  const missing = new Set(input.fresh && !byFigure(input) ? names : names.filter((name) => !known(name)));
  const read =
    missing.size === 0
      ? undefined
      : await readStats(
          cluster,
          [...missing].map((group) => ({ group, subscribed: subscribedBy(latest, group) })),
        );
  const failures = read?.failures ?? [];
  return {
    sumsOf: (group: string): GroupSums =>
      missing.has(group)
        ? { stats: read?.byName.get(group), whole: failures.length === 0 }
        : { stats: swept?.byName.get(group), whole: swept?.isWhole(group) === true },
    failures,
  };
}
