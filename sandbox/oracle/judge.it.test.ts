import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../bff/testing/start-test-server.ts";
import { type SandboxCluster, startCluster } from "../cluster.ts";
import { judgeGroups } from "./comparisons/groups.ts";
import { judgeMessages, pullTopic } from "./comparisons/messages.ts";
import { judgeTopics } from "./comparisons/topics.ts";
import { Clients } from "./data/clients.ts";
import { sendMessages } from "./data/messages.ts";
import { makeTopics } from "./data/topics.ts";
import { Judge, type Tally } from "./judge.ts";
import { type Oracle, startOracle } from "./oracle.ts";
import { addUp, differenceText, metText, tableText } from "./report.ts";
import { mastersOf, readScene } from "./scene.ts";

const CLUSTER = "judged";
const LIMIT_MS = 240_000;
const runs: (readonly Tally[])[] = [];
const met: string[] = [];

describe.each(["5.5.0"] as const)("judged with the official tools, %s", (version) => {
  let cluster: SandboxCluster;
  let oracle: Oracle;
  let server: TestServer;
  let judge: Judge;

  beforeAll(async () => {
    cluster = await startCluster({ version, name: CLUSTER, masters: 2 });
    oracle = await startOracle({ version, namesrvAddrs: cluster.namesrvAddrs });
    server = await startTestServer({});
    const masters = await mastersOf(oracle, CLUSTER);
    await makeTopics(oracle, masters);
    await sendMessages(new Clients(oracle, cluster.namesrvAddrs), masters, version);
    const { id } = await server.client.instance.register({ name: CLUSTER, namesrvAddrs: cluster.namesrvAddrs });
    judge = new Judge({ oracle, api: server.client, instanceId: id, version });
  }, LIMIT_MS);

  afterAll(async () => {
    if (judge !== undefined) {
      runs.push(judge.table());
      met.push(`${version}:\n${metText(judge.met())}`);
    }
    await server?.stop();
    await oracle?.stop();
    await cluster?.stop();
  });

  test(
    "says the same",
    async () => {
      const scene = await readScene(oracle, CLUSTER);
      await judgeTopics(judge, scene);
      await judgeGroups(judge, scene);
      for (const topic of scene.userTopics) {
        await judgeMessages(judge, await pullTopic(judge.sides, topic, 100));
      }
      expect(
        judge
          .table()
          .flatMap(({ differences }) => differences)
          .map(differenceText),
      ).toEqual([]);
    },
    LIMIT_MS,
  );
});

afterAll(async () => {
  await mkdir("test-results", { recursive: true });
  const text = `${tableText(addUp(runs))}\n\n${met.join("\n")}\n`;
  process.stdout.write(text);
  await writeFile(join("test-results", "judge.txt"), text);
});
