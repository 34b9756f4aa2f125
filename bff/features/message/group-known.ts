import { Problem } from "../../base/problem.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";

/** A group that nobody knows is the fault of the field that named it. All masters are asked anew before it is called so. */
export async function assertGroupKnown(cluster: RocketMQCluster, group: string): Promise<void> {
  for (const fresh of [false, true]) {
    const { groups, failures } = await catalogOf(cluster, fresh);
    if (failures.length > 0 || groups.some((known) => known.group === group)) return;
  }
  const issues = [{ path: "group", message: "group.unknown" }];
  throw new Problem("SUBSCRIPTION_GROUP_NOT_EXIST", { params: { group }, issues });
}
