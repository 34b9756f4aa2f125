import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { roomForTables } from "../rocketmq/cluster/tables-of-masters.ts";
import { topicTable } from "../rocketmq/admin/topic-admin.ts";
import { topicRpc, type TopicStatsTable } from "../rocketmq/rpc/topic.ts";
import { callEach } from "./call-each.ts";
import { olderOf, type Kept, type KeptBook } from "./kept-book.ts";
import { Unread } from "./unread.ts";
import type { Pace } from "./pace.ts";
import { isOfListed, type Snapshot } from "./snapshot.ts";

/** Sums over the queues of a topic on all masters. */
export interface TopicStats {
  /** Messages ever written, by queue offsets. */
  maxOffset: bigint;
  minOffset: bigint;
  /** Messages a second: as the brokers count them (5.3 and later), else from two sweeps; null until there are two. */
  tps: number | null;
  /** When the last message was stored; null when none was. */
  lastUpdateAt: number | null;
  /** Of a dead letter topic that keeps messages; null where a broker did not tell. */
  kept?: Kept | null;
}

export interface TopicsSnapshot extends Snapshot<TopicStats> {
  /** Topics that each master has, by its name; none of one that did not tell. */
  byMaster: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Context {
  pace: Pace;
  previous: Snapshot<TopicStats> | undefined;
  now: () => number;
  book: KeptBook;
}

/** Sums of one broker are added to those of the others. */
export function addTopicStats(sums: Map<string, TopicStats>, topic: string, table: TopicStatsTable): void {
  let sum = sums.get(topic);
  if (sum === undefined) {
    sum = { maxOffset: 0n, minOffset: 0n, tps: null, lastUpdateAt: null };
    sums.set(topic, sum);
  }
  for (const [, { maxOffset, minOffset, lastUpdateTimestamp }] of table.offsetTable) {
    sum.maxOffset += maxOffset;
    sum.minOffset += minOffset;
    if (lastUpdateTimestamp > (sum.lastUpdateAt ?? 0)) sum.lastUpdateAt = lastUpdateTimestamp;
  }
  if (table.topicPutTps !== undefined) sum.tps = (sum.tps ?? 0) + table.topicPutTps;
}

/** Rates of topics whose brokers tell none; a sum that shrank is a deleted topic or lost broker and no rate. */
function fillRates(sums: Map<string, TopicStats>, previous: Snapshot<TopicStats>, startedAt: number): void {
  const seconds = (startedAt - previous.startedAt) / 1000;
  if (seconds <= 0) return;
  for (const [topic, sum] of sums) {
    const before = previous.byName.get(topic);
    if (sum.tps !== null || before === undefined || sum.maxOffset < before.maxOffset) continue;
    sum.tps = Number(sum.maxOffset - before.maxOffset) / seconds;
  }
}

/** What masters that vanished have is missing from both; a rate is what the others got. */
function tellsTheSame(before: Snapshot<TopicStats>, after: Snapshot<TopicStats>): boolean {
  const missing = ({ failures }: Snapshot<TopicStats>) =>
    failures
      .map(({ target }) => target)
      .sort()
      .join();
  return isOfListed(before) && isOfListed(after) && missing(before) === missing(after);
}

/** Reads code 202 of every topic on every master that has it. */
export async function sweepTopics(cluster: RocketMQCluster, context: Context): Promise<TopicsSnapshot> {
  const { pace, previous, now, book } = context;
  const startedAt = now();
  const byName = new Map<string, TopicStats>();
  const unread = new Unread();
  const fitting = roomForTables();
  const byMaster = new Map<string, ReadonlySet<string>>();
  let calls = 0;
  const { failures } = await cluster.onMasters(async ({ name, addr, brokerName }) => {
    const reading = topicTable(cluster, addr).then((table) => fitting(addr, table));
    const topics = [...(await unread.table(name, reading)).keys()];
    byMaster.set(brokerName, new Set(topics));
    calls += 1 + topics.length;
    const { left, failed } = await callEach(topics, pace, "TOPIC_NOT_EXIST", async (topic) => {
      const table = await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic });
      addTopicStats(byName, topic, table);
      const sum = byName.get(topic);
      if (sum === undefined || !topic.startsWith(DLQ_PREFIX)) return;
      const round = await book.read(cluster, addr, table);
      calls += round.calls;
      sum.kept = olderOf(sum.kept, round.kept);
    });
    unread.add(left);
    if (failed !== undefined) throw failed;
  });
  book.forget(byName);
  const snapshot = { startedAt, at: now(), calls, byName, byMaster, failures, isWhole: unread.isWhole(failures) };
  if (previous !== undefined && tellsTheSame(previous, snapshot)) fillRates(byName, previous, startedAt);
  return snapshot;
}
