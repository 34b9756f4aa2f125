import type { LagUnknown } from "#contract/group.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { addConsumeStats, type GroupStats } from "../../monitor/sweep-groups.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { groupRpc } from "../../rocketmq/rpc/group.ts";
import type { GroupPresence } from "../../cluster/group-connections.ts";
import type { GroupFigures } from "./group.presenter.ts";

/** Sums of a group, and whether all of its masters are in them. */
export interface GroupSums {
  stats: GroupStats | undefined;
  whole: boolean;
}

/** Of sums that a master is missing from, a lag of nothing tells nothing. */
export const knownPart = ({ stats, whole }: GroupSums): GroupStats | undefined =>
  whole || (stats !== undefined && stats.lag > 0n) ? stats : undefined;

/** Retry topics of popped messages carry the topic's name too: `%RETRY%group_topic`, since 5.x `%RETRY%group+topic`. */
const popsByTopics = (group: string, topics: Iterable<string>): boolean =>
  [...topics].some(
    (topic) => topic.startsWith(`${RETRY_PREFIX}${group}_`) || topic.startsWith(`${RETRY_PREFIX}${group}+`),
  );

/** How far behind in time: brokers keep the store time of the last consumed message, not of the first unconsumed one. */
export function delayOf(stats: Pick<GroupStats, "lag" | "consumedUntil" | "hasOffsets">, now: number): number | null {
  if (!stats.hasOffsets) return null;
  if (stats.lag <= 0n) return 0;
  return stats.consumedUntil === null ? null : Math.max(0, now - stats.consumedUntil);
}

function unknownOf(stats: GroupStats | undefined, presence: GroupPresence | undefined): LagUnknown | null {
  if (presence?.messageModel === "BROADCASTING") return "broadcasting";
  if (stats === undefined) return "notRead";
  return stats.hasOffsets ? null : "noOffsets";
}

export function figuresOf(
  group: string,
  sums: GroupSums,
  presence: GroupPresence | undefined,
  now: number,
): GroupFigures {
  const stats = knownPart(sums);
  const lagUnknown = unknownOf(stats, presence);
  const known = lagUnknown === null ? stats : undefined;
  return {
    lag: known?.lag.toString() ?? null,
    lagUnknown,
    delayMs: known === undefined ? null : delayOf(known, now),
    tps: sums.stats?.tps ?? null,
    pop: presence?.pop === true || popsByTopics(group, sums.stats?.topics.keys() ?? []),
    atLeast: sums.stats !== undefined && !sums.whole,
  };
}

/** Figures of a few groups as they are now, from every master that answers. */
export async function readStats(cluster: RocketMQCluster, groups: readonly string[]) {
  const byName: Parameters<typeof addConsumeStats>[0] = new Map();
  const { failures } = await cluster.onMasters(({ addr }) =>
    Promise.all(
      groups.map(async (consumerGroup) => {
        try {
          addConsumeStats(byName, consumerGroup, await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup }));
        } catch (error) {
          // A master that does not have the group has no offsets of it either.
          if (asRocketMQError(error).code !== "SUBSCRIPTION_GROUP_NOT_EXIST") throw error;
        }
      }),
    ),
  );
  return { byName: byName as ReadonlyMap<string, GroupStats>, failures };
}
