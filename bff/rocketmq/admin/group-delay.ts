import { mapBounded } from "../bounded.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { asRocketMQError } from "../errors.ts";
import { groupRpc } from "../rpc/group.ts";

/** A topic that a group is behind in. */
export interface Lagging {
  group: string;
  topic: string;
  /** Some of its queues have no offset of the group. */
  someWithout: boolean;
}

/** No message waits so long: what is more is a time minus the -1 of a message that is not there. */
const LONGEST_MS = 1e12;
const AT_ONCE = 32;

/**
 * How long ago the oldest message that a group has not committed was stored, over the queues of a topic at a master, in ms by its clock; null where
 * that is not told. Where retention has passed the offset it is the oldest message that is left.
 */
export async function delayAt(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic, someWithout }: Lagging,
): Promise<number | null> {
  const { consumeTimeSpanSet } = await cluster.call(groupRpc.queryConsumeTimeSpan, addr, { topic, group });
  const delays = consumeTimeSpanSet.map(({ delayTime, minTimeStamp }) => {
    if (delayTime < LONGEST_MS) return Math.max(0, delayTime);
    return someWithout || minTimeStamp <= 0 ? null : delayTime - 1 - minTimeStamp;
  });
  const told = delays.filter((delay) => delay !== null && delay > 0);
  // Who has caught up meanwhile is behind no longer.
  return told.length === 0 ? (delays.includes(null) ? null : 0) : Math.max(...told.map(Number));
}

/** The same over all masters, by group. */
export async function groupDelays(
  cluster: RocketMQCluster,
  lagging: readonly Lagging[],
): Promise<{ byGroup: ReadonlyMap<string, number>; failures: FanOutFailure[] }> {
  const byGroup = new Map<string, number>();
  if (lagging.length === 0) return { byGroup, failures: [] };
  const { failures } = await cluster.onMasters(async ({ addr }) => {
    await mapBounded(lagging, AT_ONCE, async (one) => {
      const delay = await delayAt(cluster, addr, one).catch(notThere);
      if (delay !== null) byGroup.set(one.group, Math.max(delay, byGroup.get(one.group) ?? 0));
    });
  });
  return { byGroup, failures };
}

/** A master without the topic has no message of it. */
function notThere(error: unknown): null {
  if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
  return null;
}
