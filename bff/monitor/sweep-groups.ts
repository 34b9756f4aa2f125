import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { groupTable } from "../rocketmq/admin/group-admin.ts";
import { groupRpc, type ConsumeStats } from "../rocketmq/rpc/group.ts";
import { roomForTables } from "../rocketmq/cluster/tables-of-masters.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import { callEach } from "./call-each.ts";
import { Unread } from "./unread.ts";
import type { Pace } from "./pace.ts";
import { isOfListed, type Snapshot } from "./snapshot.ts";

/** What a group has not consumed of one topic. */
export interface TopicLag {
  lag: bigint;
  /** Store time of the last consumed message in the queue that is furthest behind; null where nothing was consumed. */
  consumedUntil: number | null;
}

/** Sums over the queues of a group on all masters, its retry topics included, as `mqadmin consumerProgress` counts. */
export interface GroupStats {
  lag: bigint;
  tps: number;
  /** As in `TopicLag`, over queues with lag. */
  consumedUntil: number | null;
  /** False: no broker holds an offset of the group (never consumed, or broadcasting), so its lag is not 0 but unknown. */
  hasOffsets: boolean;
  topics: ReadonlyMap<string, TopicLag>;
}

type Sums = Map<string, GroupStats & { topics: Map<string, TopicLag> }>;

const earlier = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b));

/** Sums of one broker are added to those of the others. */
export function addConsumeStats(sums: Sums, group: string, stats: ConsumeStats): void {
  let sum = sums.get(group);
  if (sum === undefined) {
    sum = { lag: 0n, tps: 0, consumedUntil: null, hasOffsets: false, topics: new Map() };
    sums.set(group, sum);
  }
  sum.tps += stats.consumeTps;
  for (const [{ topic }, { brokerOffset, consumerOffset, lastTimestamp }] of stats.offsetTable) {
    const lag = brokerOffset - consumerOffset;
    const behindSince = lag > 0n && lastTimestamp > 0 ? lastTimestamp : null;
    const known = sum.topics.get(topic);
    if (known === undefined) sum.topics.set(topic, { lag, consumedUntil: behindSince });
    else {
      known.lag += lag;
      known.consumedUntil = earlier(known.consumedUntil, behindSince);
    }
    sum.lag += lag;
    sum.consumedUntil = earlier(sum.consumedUntil, behindSince);
    sum.hasOffsets = true;
  }
}

/**
 * Asked for a group without a topic, a broker scans the offsets of all groups for those of this one (`whichTopicByConsumer`):
 * asking topic by topic costs less once it keeps so many for each call.
 */
const OFFSETS_PER_CALL = 400;

/** Topics that each group has offsets of at a master, from one code 43. */
async function consumedTopics(
  cluster: RocketMQCluster,
  addr: string,
  fitting: ReturnType<typeof roomForTables>,
): Promise<Map<string, string[]>> {
  const { offsetTable } = await cluster.call(offsetRpc.getAllConsumerOffset, addr, {});
  fitting(addr, offsetTable);
  const byGroup = new Map<string, string[]>();
  for (const key of offsetTable.keys()) {
    const at = key.indexOf("@");
    const group = key.slice(at + 1);
    // No name of a group has it: a proxy keeps where broadcasting clients are under `group@broadcast`.
    if (group.includes("@")) continue;
    const topics = byGroup.get(group);
    if (topics === undefined) byGroup.set(group, [key.slice(0, at)]);
    else topics.push(key.slice(0, at));
  }
  return byGroup;
}

/** The calls of code 208 that read every group at a master. */
export function consumeStatsCalls(byGroup: ReadonlyMap<string, readonly string[]>) {
  let offsets = 0;
  for (const topics of byGroup.values()) offsets += topics.length;
  return [...byGroup].flatMap(([consumerGroup, topics]): { consumerGroup: string; topic?: string }[] =>
    topics.length === 1 || topics.length * OFFSETS_PER_CALL <= offsets
      ? topics.map((topic) => ({ consumerGroup, topic }))
      : [{ consumerGroup }],
  );
}

/** Reads code 208 of every group that has offsets, on every master; offsets that a deleted group left behind are nobody's. */
export async function sweepGroups(
  cluster: RocketMQCluster,
  context: { pace: Pace; now: () => number },
): Promise<Snapshot<GroupStats>> {
  const { pace, now } = context;
  const startedAt = now();
  const byName: Sums = new Map();
  const unread = new Unread();
  const groups = new Set<string>();
  let allGroupsKnown = true;
  const fitting = roomForTables();
  let calls = 0;
  const { failures } = await cluster.onMasters(async ({ name, addr }) => {
    const reading = unread.table(name, consumedTopics(cluster, addr, fitting));
    const [table, byGroup] = await Promise.all([groupTable(cluster, addr).catch(() => undefined), reading]);
    if (table === undefined) allGroupsKnown = false;
    else for (const group of table.keys()) groups.add(group);
    const asked = consumeStatsCalls(byGroup);
    calls += 2 + asked.length;
    const { left, failed } = await callEach(asked, pace, "SUBSCRIPTION_GROUP_NOT_EXIST", async (header) => {
      addConsumeStats(byName, header.consumerGroup, await cluster.call(groupRpc.getConsumeStats, addr, header));
    });
    unread.add(left.map(({ consumerGroup }) => consumerGroup));
    if (failed !== undefined) throw failed;
  });
  // Where a master did not tell its groups, any may be one of them.
  if (allGroupsKnown && isOfListed({ failures })) {
    for (const name of byName.keys()) if (!groups.has(name)) byName.delete(name);
  }
  return { startedAt, at: now(), calls, byName, failures, isWhole: unread.isWhole(failures) };
}
