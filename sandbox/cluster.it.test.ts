import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { type ClusterOptions, type SandboxCluster, startCluster } from "./cluster.ts";
import { clusterInfoText, tellsRuntime } from "./probe.ts";

vi.setConfig({ testTimeout: 240_000 });
const LIMIT = { timeout: 60_000, interval: 100 };
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function start(options: ClusterOptions): Promise<SandboxCluster> {
  const cluster = await startCluster(options);
  ends.push(() => cluster.stop());
  return cluster;
}

function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

interface Printed {
  namesrvAddrs: string[];
  pids: number[];
  dir: string;
}

function isPrinted(value: unknown): value is Printed {
  return typeof value === "object" && value !== null && "pids" in value && "namesrvAddrs" in value && "dir" in value;
}

async function startByCommand(): Promise<{ child: ChildProcess; printed: Printed }> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", "sandbox/cli.ts", "start"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk]: unknown[] = await once(child.stdout, "data");
  const printed: unknown = JSON.parse(String(chunk));
  if (!isPrinted(printed)) throw new Error(`unexpected output: ${String(chunk)}`);
  return { child, printed };
}

it("lists every broker on every name server, two clusters at once", async () => {
  const [one, other] = await Promise.all([
    start({ name: "one", namesrvs: 2, masters: 1, slaves: 1 }),
    start({ name: "other", version: "4.9.7" }),
  ]);
  expect(one.brokers.map(({ brokerName, brokerId, role }) => `${brokerName} ${brokerId} ${role}`)).toEqual([
    "broker-a 0 master",
    "broker-a 1 slave",
  ]);
  for (const cluster of [one, other]) {
    for (const namesrv of cluster.namesrvAddrs) {
      const text = await clusterInfoText(namesrv);
      for (const broker of cluster.brokers) expect(text).toContain(`${broker.brokerId}:"${broker.addr}"`);
    }
  }
  expect(await clusterInfoText(one.namesrvAddrs[0] ?? "")).not.toContain(other.brokers[0]?.addr);
});

it("brings a killed broker and a stopped name server back where they were", async () => {
  const cluster = await start({ namesrvs: 2 });
  const [first = "", second = ""] = cluster.namesrvAddrs;
  const addr = cluster.brokers[0]?.addr ?? "";
  await cluster.killBroker("broker-a");
  await vi.waitFor(async () => expect(await clusterInfoText(first)).not.toContain(addr), LIMIT);
  await cluster.stopNamesrv(1);
  await expect(clusterInfoText(second)).rejects.toThrow("ECONNREFUSED");
  await cluster.startNamesrv(1);
  await cluster.startBroker("broker-a");
  expect(await clusterInfoText(first)).toContain(addr);
  expect(await clusterInfoText(second)).toContain(addr);
});

it("leaves no process and no directory after a stop", async () => {
  const cluster = await startCluster();
  const groups = cluster.pids();
  expect(groups).toHaveLength(2);
  await cluster.stop();
  await vi.waitFor(() => expect(groups.filter(isAlive)).toEqual([]), LIMIT);
  expect(existsSync(cluster.dir)).toBe(false);
});

it("ends with its parent, even when that is killed", async () => {
  const { child, printed } = await startByCommand();
  expect(printed.pids.every(isAlive)).toBe(true);
  child.kill("SIGKILL");
  await vi.waitFor(() => expect(printed.pids.filter(isAlive)).toEqual([]), LIMIT);
  await expect(clusterInfoText(printed.namesrvAddrs[0] ?? "")).rejects.toThrow("ECONNREFUSED");
  await rm(printed.dir, { recursive: true, force: true });
});

it("is stopped and cleared away by Ctrl-C", async () => {
  const { child, printed } = await startByCommand();
  child.kill("SIGINT");
  const [code]: unknown[] = await once(child, "exit");
  expect(code).toBe(0);
  await vi.waitFor(() => expect(printed.pids.filter(isAlive)).toEqual([]), LIMIT);
  expect(existsSync(printed.dir)).toBe(false);
});

it("shows the last log lines of a start that failed and keeps the logs", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-failed-"));
  ends.push(() => rm(dir, { recursive: true, force: true }));
  const failure = startCluster({ dir, brokerConf: { brokerRole: "SLAVE" } });
  await expect(failure).rejects.toThrow(
    /broker-a-0 ended \(.*\) before it was listed[^]*console\.log[^]*brokerId must be > 0/,
  );
  expect(await readdir(join(dir, "broker-a-0"))).toContain("console.log");
});

it("a broker that is held takes connections and answers nothing, and ends with the others", async () => {
  const cluster = await start({ name: "held" });
  const [{ addr } = { addr: "" }] = cluster.brokers;
  expect(await tellsRuntime(addr, {})).toBe(true);
  cluster.holdBroker("broker-a");
  await vi.waitFor(async () => expect(await tellsRuntime(addr, {}).catch(() => false)).toBe(false), LIMIT);
  const pids = cluster.pids();
  await cluster.stop();
  for (const pid of pids) expect(isAlive(pid)).toBe(false);
});
