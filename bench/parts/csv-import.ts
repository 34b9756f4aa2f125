import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { topicRpc } from "../../bff/rocketmq/rpc/topic.ts";
import { createTopics as javaCreateTopics } from "../../sandbox/java-yardstick.ts";
import type { Bench } from "../bench.ts";
import type { Api } from "../../e2e/support/api-client.ts";
import { timed } from "../console.ts";
import { atMostTimes, type Figure } from "../figure.ts";
import { eachOf, numbered } from "../seed.ts";

const QUEUES = 4;
const JAVA_THREADS = 8;

async function importFile(api: Api, instanceId: string, names: readonly string[]): Promise<void> {
  const lines = ["TopicName,QueueNums,Perm,MessageType", ...names.map((name) => `${name},${QUEUES},6,NORMAL`)];
  const file = new File([lines.join("\n")], "topics.csv", { type: "text/csv" });
  const check = await api.topicImport.check({ instanceId, file });
  const { jobId } = await api.topicImport.start({ instanceId, checkId: check.id });
  for await (const { job } of await api.job.watch({ jobId })) {
    if (job.finishedAt === null) continue;
    if (job.ok !== names.length) throw new Error(`the import ended as ${job.state}: ${job.ok} of ${names.length} rows`);
    return;
  }
  throw new Error("the import did not end");
}

/** So that the next round finds the brokers as this one did: they write the whole table at each change. */
async function removeTopics(cluster: RocketMQCluster, names: readonly string[]): Promise<void> {
  const { targets } = await cluster.masters();
  for (const { addr } of targets) {
    await eachOf(names.length, 32, (n) => cluster.call(topicRpc.deleteTopicInBroker, addr, { topic: names[n] ?? "" }));
  }
}

/** Creating topics from a file, from its upload to the last row. */
export async function csvImport(bench: Bench): Promise<Figure[]> {
  const { sandbox, client, stop } = await bench.newCluster();
  const { api } = await bench.console();
  const { id: instanceId } = await api.instance.register({ name: "import", namesrvAddrs: sandbox.namesrvAddrs });
  const count = bench.settings.rows;
  const ours: number[] = [];
  const java: number[] = [];
  await bench.rounds(5, async (round) => {
    const prefix = `bench-java${round}-`;
    const [measured] = await javaCreateTopics(sandbox, { prefix, count, threads: JAVA_THREADS });
    java.push(measured?.seconds ?? Number.NaN);
    await removeTopics(client, numbered(`${prefix}r0-`, count));
    const names = numbered(`bench-csv${round}-`, count);
    ours.push((await timed(() => importFile(api, instanceId, names))).ms / 1000);
    await removeTopics(client, names);
    bench.tell({ ours, java });
  });
  await stop();
  return [
    atMostTimes({
      what: `CSV import of ${count.toLocaleString("en")} topics on 2 brokers`,
      unit: "s",
      ours,
      java,
      factor: 1,
      note: `upload, check and job; Java: admin client, ${JAVA_THREADS} threads`,
    }),
  ];
}
