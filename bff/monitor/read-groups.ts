import { groupOffsets } from "../rocketmq/admin/group-offsets.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { addConsumeStats, type GroupStats } from "./sweep-groups.ts";

/** Sums of a group, and whether all of its masters are in them. */
export interface GroupSums {
  stats: GroupStats | undefined;
  whole: boolean;
}

/** Of sums that a master is missing from, nothing tells nothing. */
export const knownPart = ({ stats, whole }: GroupSums): GroupStats | undefined =>
  whole || (stats !== undefined && stats.lag + stats.neverConsumed > 0n) ? stats : undefined;

/** Figures of a few groups as they are now, from every master that answers, with what their clients are known to subscribe to. */
export async function readStats(
  cluster: RocketMQCluster,
  groups: readonly { group: string; subscribed?: ReadonlySet<string> | Promise<ReadonlySet<string>> }[],
): Promise<{ byName: ReadonlyMap<string, GroupStats>; failures: FanOutFailure[] }> {
  const byName: Parameters<typeof addConsumeStats>[0] = new Map();
  const failures: FanOutFailure[] = [];
  await Promise.all(
    groups.map(async ({ group, subscribed }) => {
      const asked = await groupOffsets(cluster, group, { subscribed });
      for (const { value } of asked.items) addConsumeStats(byName, group, value);
      failures.push(...asked.failures);
    }),
  );
  return { byName, failures };
}
