import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { lagUnknownOf, presentBacklog } from "../../cluster/backlog.ts";
import { knownPart, type GroupSums } from "../../monitor/read-groups.ts";
import type { GroupStats } from "../../monitor/sweep-groups.ts";
import type { Popping } from "../../monitor/popping.ts";
import { laggingOf } from "../../monitor/sweep-delays.ts";
import type { Snapshot } from "../../monitor/snapshot.ts";
import { groupDelays } from "../../rocketmq/admin/group-delay.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { GroupPresence } from "../../cluster/group-connections.ts";
import type { GroupFigures } from "./group.presenter.ts";

/** Retry topics of popped messages carry the topic's name too: `%RETRY%group_topic`, since 5.x `%RETRY%group+topic`. */
const popsByTopics = (group: string, topics: Iterable<string>): boolean =>
  [...topics].some(
    (topic) => topic.startsWith(`${RETRY_PREFIX}${group}_`) || topic.startsWith(`${RETRY_PREFIX}${group}+`),
  );

/** Groups whose figures are told by how far behind in time they are; 0 without a lag. */
export const delayOf = (stats: GroupStats, delayMs: number | undefined): number | null => {
  if (stats.offsets === 0) return null;
  return stats.lag === 0n ? 0 : (delayMs ?? null);
};

const noFigures = { lag: null, neverConsumed: null, neverConsumedQueues: 0, beyondEndQueues: 0 };

export function figuresOf(
  group: string,
  sums: GroupSums,
  { presence, popping }: { presence: GroupPresence | undefined; popping: Popping },
  delays: Delays,
): GroupFigures {
  const stats = knownPart(sums);
  const lagUnknown = lagUnknownOf(stats, presence?.messageModel ?? null);
  const known = lagUnknown === "broadcasting" ? undefined : stats;
  return {
    ...(known === undefined ? noFigures : presentBacklog(known, sums.whole)),
    lagUnknown,
    delayMs: known === undefined ? null : delayOf(known, delays.byName.get(group)),
    delayAtLeast: !delays.isWhole(group),
    // Brokers count what is handed out of topics that they keep an offset of.
    tps: sums.stats === undefined || sums.stats.offsets === 0 ? null : sums.stats.tps,
    pop: presence?.pop === true || popping.pops === true || popsByTopics(group, sums.stats?.topics.keys() ?? []),
    unacked: popping.unacked?.toString() ?? null,
    atLeast: sums.stats !== undefined && !sums.whole,
  };
}

/** How far behind in time groups are. */
export type Delays = Pick<Snapshot<number>, "byName" | "isWhole" | "failures">;

/** The same of some of them as they are now, of those that are behind. */
export async function readDelays(
  cluster: RocketMQCluster,
  groups: readonly (readonly [string, GroupStats | undefined])[],
): Promise<Delays> {
  const lagging = groups.flatMap(([group, stats]) => (stats === undefined ? [] : laggingOf(group, stats)));
  const { byGroup, failures } = await groupDelays(cluster, lagging);
  return { byName: byGroup, failures, isWhole: () => failures.length === 0 };
}

/** Messages kept in the dead letter topics of groups, by the latest sweep; null where it is not whole. */
export function deadLettersOf(deps: Deps, instanceId: string): (group: string) => bigint | null {
  const { topics } = deps.stats.peek(instanceId);
  return (group) => {
    const topic = `${DLQ_PREFIX}${group}`;
    const stats = topics?.byName.get(topic);
    if (topics?.isWhole(topic) !== true) return null;
    return stats === undefined ? 0n : stats.maxOffset - stats.minOffset;
  };
}
