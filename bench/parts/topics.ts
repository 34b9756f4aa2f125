import type { TopicSort } from "#contract/topic.ts";
import { allTopicConfigs } from "../../sandbox/java-yardstick.ts";
import type { Bench, BenchCluster } from "../bench.ts";
import { timed, type BenchConsole } from "../console.ts";
import { atMost, median, show, type Figure } from "../figure.ts";
import { createTopics, numbered } from "../seed.ts";

export const TOPIC_PREFIX = "bench-topic-";
const PAGE = 20;

/** At least so many topics with 4 queues on each master of the shared cluster. */
export async function seedTopics(bench: Bench, count: number): Promise<BenchCluster> {
  const cluster = await bench.cluster();
  await bench.once(`${TOPIC_PREFIX}${count}`, () => createTopics(cluster.client, numbered(TOPIC_PREFIX, count)));
  return cluster;
}

async function page(at: BenchConsole, page: number, sort: TopicSort, fresh = false): Promise<number> {
  const { api, instanceId } = at;
  const { ms, value } = await timed(() =>
    api.topic.list({ instanceId, page, pageSize: PAGE, sort, order: sort === "topic" ? "asc" : "desc", fresh }),
  );
  if (value.items.length !== PAGE || value.failures.length > 0) throw new Error("not a whole page of topics");
  return ms;
}

const anyPage = (count: number) => 1 + Math.floor((Math.random() * count) / PAGE);

/** A page of a cluster with many topics, through the API. */
export async function topics(bench: Bench): Promise<Figure[]> {
  const count = bench.settings.topics;
  const { sandbox } = await seedTopics(bench, count);
  const lasting = await bench.console();
  for (let i = 0; i < 20; i++) await page(lasting, anyPage(count), "topic");
  const cold: number[] = [];
  const warm: number[] = [];
  const byTps: number[] = [];
  const byLag: number[] = [];
  const java: number[] = [];
  await bench.rounds(3, async () => {
    const [, measured] = await allTopicConfigs(sandbox, { repeat: 2 });
    java.push((measured?.seconds ?? Number.NaN) * 1000);
    const fresh = await bench.freshConsole();
    cold.push(await page(fresh, anyPage(count), "topic"));
    await fresh.stop();
    warm.push(await page(lasting, anyPage(count), "topic"));
    byTps.push(await page(lasting, anyPage(count), "tps"));
    byLag.push(await page(lasting, anyPage(count), "lag"));
    bench.tell({ cold, warm, byTps, byLag, java });
  });
  const what = `Any page of ${count.toLocaleString("en")} topics`;
  const configs = `all topic configs: ${show(median(java), "ms")}`;
  return [
    atMost(`${what} by name, cold`, "ms", { ours: cold, limit: 150, java: configs }),
    atMost(`${what} by name, warm`, "ms", { ours: warm, limit: 30 }),
    atMost(`${what} by TPS, warm`, "ms", { ours: byTps, limit: 30, note: "from the sweep in the background" }),
    atMost(`${what} by lag, warm`, "ms", { ours: byLag, limit: 30, note: "from the sweep in the background" }),
  ];
}
