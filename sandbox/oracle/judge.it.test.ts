import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../bff/testing/start-test-server.ts";
import { type SandboxCluster, startCluster } from "../cluster.ts";
import type { Version } from "../jars.ts";
import { judgeWrites } from "./comparisons/writes.ts";
import type { Clients } from "./data/clients.ts";
import { makeData } from "./data/dataset.ts";
import { judgeReads } from "./judge-reads.ts";
import { Judge, type Tally } from "./judge.ts";
import { knownDifferences } from "./known-differences.ts";
import { type Oracle, startOracle } from "./oracle.ts";
import { addUp, differenceText, metText, tableText } from "./report.ts";
import { readScene, type Scene } from "./scene.ts";

const CLUSTER = "judged";
const DEPTH = { messagesOfQueue: 100, boundariesOf: 6, statesOf: 12 };
const JUDGED = [
  { version: "5.5.1", proxy: false },
  { version: "5.5.0", proxy: true },
  { version: "5.3.3", proxy: true },
  { version: "5.1.4", proxy: false },
  { version: "4.9.7", proxy: false },
] as const satisfies { version: Version; proxy: boolean }[];

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const runs: (readonly Tally[])[] = [];
const met: string[] = [];

describe.each(JUDGED)("judged with the official tools, $version", ({ version, proxy }) => {
  let cluster: SandboxCluster;
  let oracle: Oracle;
  let server: TestServer;
  let judge: Judge;
  let scene: Scene;
  let clients: Clients;

  beforeAll(async () => {
    [cluster, server] = await Promise.all([
      startCluster({ version, name: CLUSTER, masters: 2, proxy }),
      startTestServer({ requestTimeoutMs: 15_000, sampleSeconds: 1 }),
    ]);
    const { namesrvAddrs } = cluster;
    oracle = await startOracle({ version, namesrvAddrs });
    clients = await makeData(oracle, cluster);
    const proxyAddrs = cluster.proxy ? [cluster.proxy.grpc] : [];
    const proxyRemotingAddrs = cluster.proxy ? [cluster.proxy.remoting] : [];
    const { id } = await server.client.instance.register({
      name: CLUSTER,
      namesrvAddrs,
      proxyAddrs,
      proxyRemotingAddrs,
    });
    judge = new Judge({ oracle, api: server.client, instanceId: id, version });
    scene = await readScene(oracle, CLUSTER, proxyRemotingAddrs);
  });

  afterAll(async () => {
    if (judge !== undefined) {
      runs.push(judge.table());
      met.push(`${version}:\n${metText(judge.met())}`);
    }
    await server?.stop();
    await oracle?.stop();
    await cluster?.stop();
  });

  const differences = () => judge.table().flatMap((tally) => tally.differences.map(differenceText));

  test("every page says what they say", async () => {
    await judgeReads(judge, scene, DEPTH);
    expect(differences()).toEqual([]);
  });

  test("every write left what was asked for", async () => {
    await judgeWrites(judge, scene, clients);
    expect(differences()).toEqual([]);
  });

  test("every fault that is known as open still shows", () => {
    const open = knownDifferences.filter(
      ({ kind, versions, sometimes }) => kind === "open" && !sometimes && (versions?.includes(version) ?? true),
    );
    expect(open.filter((row) => !judge.met().has(row)).map(({ name }) => name)).toEqual([]);
  });
});

afterAll(async () => {
  await mkdir("test-results", { recursive: true });
  const text = `${tableText(addUp(runs))}\n\n${met.join("\n")}\n`;
  process.stdout.write(text);
  await writeFile(join("test-results", "judge.txt"), text);
});
