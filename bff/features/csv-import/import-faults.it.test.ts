import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allTopicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { apiClient, startTestServer, TEST_ADMIN, type ApiClient } from "../../testing/start-test-server.ts";

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;

beforeAll(async () => {
  sandbox = await startCluster({ masters: 2 });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
});

afterAll(async () => {
  cluster.close();
  await sandbox.stop();
});

const file = (prefix: string, count: number) => {
  const lines = Array.from({ length: count }, (_, n) => `${prefix}-${n},1,6,NORMAL`);
  return new File([["TopicName,QueueNums,Perm,MessageType", ...lines].join("\n")], "topics.csv");
};

const until = <T>(ask: () => Promise<T>, timeout = 120_000) => vi.waitFor(ask, { timeout, interval: 20 });

const register = async (client: ApiClient) =>
  (await client.instance.register({ name: "faults", namesrvAddrs: sandbox.namesrvAddrs })).id;

async function startImport(client: ApiClient, instanceId: string, prefix: string, count: number): Promise<string> {
  const { id } = await client.topicImport.check({ instanceId, file: file(prefix, count) });
  return (await client.topicImport.start({ instanceId, checkId: id })).jobId;
}

const someDone = (client: ApiClient, jobId: string, least: number) =>
  until(async () => expect((await client.job.get({ jobId })).done).toBeGreaterThanOrEqual(least));

const ended = (client: ApiClient, jobId: string) =>
  until(async () => {
    const job = await client.job.get({ jobId });
    expect(job.finishedAt).not.toBeNull();
    return job;
  });

async function allRows(client: ApiClient, jobId: string) {
  const rows = [];
  for (let page = 1; ; page++) {
    const { items, total } = await client.job.rows({ jobId, page, pageSize: 200 });
    rows.push(...items);
    if (rows.length >= total) return rows;
  }
}

async function onBrokers(): Promise<Map<string, Set<string>>> {
  // A broker that has just come back is not among those this client knows.
  await cluster.masters({ fresh: true });
  const { items } = await allTopicConfigs(cluster);
  return new Map(items.map(({ target, value }) => [target.brokerName, new Set(value.keys())]));
}

test("a broker that is killed fails its own rows, the rest goes on, and a second import completes them", async () => {
  const server = await startTestServer();
  try {
    const { client } = server;
    const instanceId = await register(client);
    const jobId = await startImport(client, instanceId, "killed", 6000);
    await someDone(client, jobId, 50);
    await sandbox.killBroker("broker-b");
    const job = await ended(client, jobId);
    expect(job).toMatchObject({ state: "partial", total: 6000, done: 6000 });
    expect(job.failed).toBeGreaterThan(0);
    const rows = await allRows(client, jobId);
    for (const { state, code, detail, data } of rows) {
      if (state === "ok") continue;
      expect(state).toBe("failed");
      expect(code).toMatch(/^(CONNECTION_LOST|CONNECT_REFUSED)$/);
      expect(detail).toContain("broker-b");
      expect(data).toMatchObject({ created: "broker-a", failed: "broker-b" });
    }
    expect([...((await onBrokers()).get("broker-a") ?? [])].filter((name) => name.startsWith("killed-"))).toHaveLength(
      6000,
    );

    await sandbox.startBroker("broker-b");
    const again = await until(async () => {
      const checked = await client.topicImport.check({ instanceId, file: file("killed", 6000) });
      expect(checked.brokers).toEqual(["broker-a", "broker-b"]);
      expect(checked.failures).toEqual([]);
      return checked;
    });
    expect(again.counts.create).toBeGreaterThan(0);
    expect(again.counts.invalid + again.counts.differs).toBe(0);
    const second = await client.topicImport.start({ instanceId, checkId: again.id });
    expect(await ended(client, second.jobId)).toMatchObject({ state: "succeeded", ok: again.counts.create });
    const found = await onBrokers();
    for (const { key } of rows) expect(found.get("broker-b")?.has(key)).toBe(true);
  } finally {
    await server.stop();
  }
}, 360_000);

test("a cancelled import leaves the rest undone and says so", async () => {
  const server = await startTestServer();
  try {
    const { client } = server;
    const jobId = await startImport(client, await register(client), "cancelled", 6000);
    await someDone(client, jobId, 10);
    await client.job.cancel({ jobId });
    const job = await ended(client, jobId);
    expect(job.state).toBe("cancelled");
    const rows = await allRows(client, jobId);
    expect(rows.length).toBeLessThan(6000);
    const found = await onBrokers();
    const there = [...(found.get("broker-a") ?? [])].filter((name) => name.startsWith("cancelled-"));
    expect(there.sort()).toEqual(rows.map(({ key }) => key).sort());
  } finally {
    await server.stop();
  }
}, 360_000);

async function startConsole(dataDir: string) {
  const child = spawn(process.execPath, ["--import", "tsx", "bff/main.ts"], {
    env: {
      PATH: process.env["PATH"],
      ROCKETDECK_LOG_LEVEL: "fatal",
      ROCKETDECK_PORT: "0",
      ROCKETDECK_DATA_DIR: dataDir,
      ROCKETDECK_ADMIN_PASSWORD: TEST_ADMIN.password,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /ready: (http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    const { client } = apiClient(url);
    await client.session.signIn(TEST_ADMIN);
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await exit;
    };
    return { client, end };
  }
  throw new Error("the console ended before it was ready");
}

test("a console killed during an import says after its start which rows were done, and those exist", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-killed-"));
  try {
    const first = await startConsole(dataDir);
    const instanceId = await register(first.client);
    const jobId = await startImport(first.client, instanceId, "console", 6000);
    await someDone(first.client, jobId, 50);
    await first.end("SIGKILL");

    const { client, end } = await startConsole(dataDir);
    const job = await client.job.get({ jobId });
    expect(job).toMatchObject({ state: "interrupted", total: 6000 });
    const rows = await allRows(client, jobId);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["ok", "unknown"]));
    expect(rows.filter(({ state }) => state === "ok")).toHaveLength(job.ok);
    const found = await onBrokers();
    const known = new Set(rows.map(({ key }) => key));
    for (const broker of ["broker-a", "broker-b"]) {
      for (const { key, state } of rows) if (state === "ok") expect(found.get(broker)?.has(key)).toBe(true);
      for (const name of found.get(broker) ?? []) if (name.startsWith("console-")) expect(known.has(name)).toBe(true);
    }
    const rest = await startImport(client, instanceId, "console", 6000);
    expect(await ended(client, rest)).toMatchObject({ state: "succeeded", total: 6000 });
    await end("SIGTERM");
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 360_000);
