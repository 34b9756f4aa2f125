import { delayAt, type Lagging } from "../rocketmq/admin/group-delay.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { callEach } from "./call-each.ts";
import type { Pace } from "./pace.ts";
import type { Snapshot } from "./snapshot.ts";
import type { GroupStats } from "./sweep-groups.ts";
import { Unread } from "./unread.ts";

/** Topics that a group is behind in. */
export const laggingOf = (group: string, { topics }: Pick<GroupStats, "topics">): Lagging[] =>
  [...topics].flatMap(([topic, { lag, neverConsumedQueues }]) =>
    lag > 0n ? [{ group, topic, someWithout: neverConsumedQueues > 0 }] : [],
  );

/** Reads code 303 of every group that is behind, on every master: how long ago its oldest message that waits was stored, in ms. */
export async function sweepDelays(
  cluster: RocketMQCluster,
  groups: Snapshot<GroupStats>,
  { pace, now }: { pace: Pace; now: () => number },
): Promise<Snapshot<number>> {
  const startedAt = now();
  const byName = new Map<string, number>();
  const unread = new Unread();
  const lagging = [...groups.byName].flatMap(([group, stats]) => laggingOf(group, stats));
  let calls = 0;
  const { failures } = await cluster.onMasters(async ({ name, addr }) => {
    await unread.table(name, Promise.resolve());
    calls += lagging.length;
    const { left, failed } = await callEach(lagging, pace, "TOPIC_NOT_EXIST", async (one) => {
      const delay = await delayAt(cluster, addr, one);
      if (delay !== null) byName.set(one.group, Math.max(delay, byName.get(one.group) ?? 0));
    });
    unread.add(left.map(({ group }) => group));
    if (failed !== undefined) throw failed;
  });
  const unreadDelays = unread.isWhole(failures);
  const isWhole = (name: string) => unreadDelays(name) && groups.isWhole(name);
  return { startedAt, at: now(), calls, byName, failures: [...groups.failures, ...failures], isWhole };
}
