import { createServer, type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listed, scriptedServer, type ScriptedServer } from "../../testing/scripted-server.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { testConnection } from "./connection-test.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A name server of these clusters, and a broker at the same address that says so much of itself. */
async function serve(
  clusters: Record<string, readonly string[]>,
  broker: () => object | undefined | Promise<object | undefined>,
  owner?: string,
): Promise<ScriptedServer> {
  const server = await scriptedServer(({ code }) =>
    code === namesrvRpc.getBrokerClusterInfo.code ? listed(clusters, server.addr, owner) : broker(),
  );
  stops.push(() => server.stop());
  return server;
}

function reach(addr: string, clusterName?: string): RocketMQCluster {
  const cluster = new RocketMQCluster({ namesrvAddrs: [addr], clusterName });
  stops.push(() => cluster.close());
  return cluster;
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `broker-${n}`);

test("of the brokers that a name server lists only so many are tried at the same time", async () => {
  let waiting = 0;
  let most = 0;
  const server = await serve({ C: names(200) }, async () => {
    most = Math.max(most, (waiting += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    waiting -= 1;
    return { table: {} };
  });
  const report = await testConnection(reach(server.addr));
  expect(report.brokers.map(({ brokerName }) => brokerName)).toEqual(names(200));
  expect(most).toBeLessThanOrEqual(32);
});

test("a thousand silent brokers do not make a test longer than its deadline, and are told as not reached", async () => {
  const server = await serve({ C: names(1000) }, () => undefined);
  const startedAt = performance.now();
  const report = await testConnection(reach(server.addr), 1000);
  // It would be 160 s without.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(report).toMatchObject({ ok: false, clusterName: "C" });
  expect(report.brokers.filter(({ reachable }) => !reachable)).toHaveLength(1000);
  const steps = report.steps.filter(({ step }) => step === "broker");
  expect(steps).toHaveLength(1000);
  expect(new Set(steps.map(({ ok, code }) => `${ok} ${code}`))).toEqual(new Set(["false NOT_REACHED"]));
  expect(server.asked.length).toBeLessThan(100);
});

test("a broker name that two clusters use is told, and of the one that lost it nothing is called found", async () => {
  const server = await serve({ bugs: ["broker-a"], other: ["broker-a"] }, () => ({ table: {} }), "bugs");
  const winner = await testConnection(reach(server.addr, "bugs"));
  const shared = { step: "names", target: "broker-a", ok: false, code: "BROKER_NAME_SHARED", detail: "bugs, other" };
  expect(winner).toMatchObject({ ok: true, clusterName: "bugs" });
  expect(winner.steps).toContainEqual({ ...shared, ms: 0 });
  const loser = await testConnection(reach(server.addr, "other"));
  expect(loser).toMatchObject({ ok: false, clusterName: "other", brokers: [] });
  expect(loser.steps).toContainEqual({ ...shared, ms: 0 });
  expect(loser.steps).toContainEqual(expect.objectContaining({ step: "cluster", ok: false, code: "NO_CLUSTER" }));
});

test("a test that is not ok names a step that failed", async () => {
  const server = await serve({ empty: [], C: ["broker-a"] }, () => ({ table: {} }));
  for (const clusterName of ["empty", "nowhere", undefined]) {
    const report = await testConnection(reach(server.addr, clusterName));
    expect(report.ok).toBe(false);
    expect(report.steps.filter(({ ok }) => !ok)).not.toEqual([]);
  }
});

test("nothing that a foreign service sends is read back: neither its first bytes nor a size made of them", async () => {
  const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6 secret banner\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => void server.close());
  const report = await testConnection(reach(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  expect(report.steps).toMatchObject([{ step: "namesrv", ok: false, code: "NOT_ROCKETMQ" }]);
  const told = JSON.stringify(report.steps.map(({ detail }) => detail));
  expect(told).not.toContain("SSH");
  expect(told).not.toMatch(/\d{4,}/);
});

test("a route leads to no address that the console may not connect to", async () => {
  const server = await scriptedServer(() => listed({ C: ["broker-a"] }, "169.254.169.254:80"));
  stops.push(() => server.stop());
  const report = await testConnection(reach(server.addr));
  expect(report.ok).toBe(false);
  expect(report.steps.at(-1)).toMatchObject({
    step: "broker",
    target: "169.254.169.254:80",
    ok: false,
    code: "ADDRESS_NOT_ALLOWED",
  });
});

test("a broker that takes the connection and does not answer is not told as an address that cannot be reached", async () => {
  const server = await serve({ C: names(1) }, () => undefined);
  const cluster = new RocketMQCluster({ namesrvAddrs: [server.addr], timeoutMs: 500 });
  stops.push(() => cluster.close());
  const { steps } = await testConnection(cluster);
  expect(steps.find(({ step }) => step === "broker")).toMatchObject({ ok: false, code: "REQUEST_TIMEOUT" });
});
