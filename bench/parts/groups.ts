import { setTimeout as sleep } from "node:timers/promises";
import { consumeStats } from "../../sandbox/java-yardstick.ts";
import type { Bench } from "../bench.ts";
import { timed, type BenchConsole } from "../console.ts";
import { atMost, median, show, type Figure } from "../figure.ts";
import { commitOffsets, createGroups, eachOf, numbered } from "../seed.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { seedTopics, TOPIC_PREFIX } from "./topics.ts";

const GROUP_PREFIX = "bench-group-";
const QUEUES = 4;
/** In each queue of a group's topic. */
const MESSAGES = 4;
/** Of a group that has consumed nothing, on both masters. */
const MOST_LAG = String(2 * QUEUES * MESSAGES);
const SEEDED_MS = 60_000;
const JAVA_THREADS = 16;
const PAGE = 20;
/** A refresh after this long finds no sweep young enough to be shown. */
const STALE_MS = 5500;

async function seedMessages(cluster: RocketMQCluster, topics: number): Promise<void> {
  const producer = new Producer(cluster);
  const { targets } = await cluster.masters();
  const body = Buffer.from("lag");
  await eachOf(topics, 16, (topic) =>
    Promise.all(
      targets.flatMap(({ brokerName }) =>
        Array.from({ length: QUEUES * MESSAGES }, (_, n) =>
          producer.send({ topic: `${TOPIC_PREFIX}${topic}`, body, queue: { brokerName, queueId: n % QUEUES } }),
        ),
      ),
    ),
  );
}

async function addGroups(cluster: RocketMQCluster, topics: number, from: number, to: number): Promise<void> {
  const groups = numbered(GROUP_PREFIX, to, from);
  await createGroups(cluster, groups);
  const topicOf = (n: number) => `${TOPIC_PREFIX}${(from + n) % topics}`;
  await commitOffsets(cluster, groups, { topicOf, queues: QUEUES, messages: MESSAGES });
}

/** The brokers count what was seeded a moment later, and the console may still show figures from before it. */
async function untilSeeded({ api, instanceId }: BenchConsole, groups: number): Promise<void> {
  const deadline = Date.now() + SEEDED_MS;
  for (;;) {
    const { items, total } = await api.group.list({
      instanceId,
      search: GROUP_PREFIX,
      sort: "lag",
      order: "desc",
      fresh: true,
    });
    if (total === groups && items[0]?.lag === MOST_LAG) return;
    if (Date.now() > deadline) throw new Error(`${total} of ${groups} groups, the most lag is ${items[0]?.lag}`);
    await sleep(1000);
  }
}

async function byLag({ api, instanceId }: BenchConsole, fresh: boolean): Promise<number> {
  const { ms, value } = await timed(() =>
    api.group.list({ instanceId, page: 1, pageSize: PAGE, sort: "lag", order: "desc", fresh }),
  );
  if (value.items.length !== PAGE || value.failures.length > 0) throw new Error("not a whole page of groups");
  // Groups of other parts may be further behind.
  if (BigInt(value.items[0]?.lag ?? -1) < BigInt(MOST_LAG)) throw new Error("not sorted by lag");
  return ms;
}

interface Times {
  cold: number[];
  refreshed: number[];
}

async function measure(
  bench: Bench,
  { groups, minutes, beside }: { groups: number; minutes: number; beside?: () => Promise<void> },
): Promise<Times> {
  const lasting = await bench.console();
  await untilSeeded(lasting, groups);
  for (let i = 0; i < 3; i++) await byLag(lasting, true);
  const cold: number[] = [];
  const refreshed: number[] = [];
  await bench.rounds(minutes, async () => {
    await beside?.();
    const fresh = await bench.freshConsole();
    cold.push(await byLag(fresh, false));
    await fresh.stop();
    await sleep(STALE_MS);
    refreshed.push(await byLag(lasting, true));
    bench.tell({ cold, refreshed });
  });
  return { cold, refreshed };
}

/** Groups with their lag, sorted by lag, through the API. */
export async function groups(bench: Bench): Promise<Figure[]> {
  const { groups: some, manyGroups: many } = bench.settings;
  const { sandbox, client } = await seedTopics(bench, Math.max(some, bench.settings.topics));
  await seedMessages(client, some);
  await addGroups(client, some, 0, some);
  const java: number[] = [];
  const beside = async (): Promise<void> => {
    const options = { prefix: GROUP_PREFIX, count: some, threads: JAVA_THREADS, repeat: 2 };
    const measured = (await consumeStats(sandbox, options)).at(-1);
    java.push((measured?.seconds ?? Number.NaN) * 1000);
  };
  const few = await measure(bench, { groups: some, minutes: 3, beside });
  await addGroups(client, some, some, many);
  const more = await measure(bench, { groups: many, minutes: 3 });
  const stats = `208 of each, ${JAVA_THREADS} threads: ${show(median(java), "ms")}`;
  const growth = many / some;
  const inProportion = (times: readonly number[]) => Math.round(median(times) * growth);
  const named = (count: number) => `${count.toLocaleString("en")} groups by lag`;
  return [
    atMost(`${named(some)}, cold`, "ms", { ours: few.cold, limit: 150, java: stats }),
    atMost(`${named(some)}, refreshed`, "ms", { ours: few.refreshed, limit: 80, java: stats }),
    atMost(`${named(many)}, cold`, "ms", {
      ours: more.cold,
      limit: inProportion(few.cold),
      note: "in proportion at worst",
    }),
    atMost(`${named(many)}, refreshed`, "ms", {
      ours: more.refreshed,
      limit: inProportion(few.refreshed),
      note: "in proportion at worst",
    }),
  ];
}
