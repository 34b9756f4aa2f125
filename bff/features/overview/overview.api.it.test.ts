import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { planned } from "../../testing/planned.ts";

vi.setConfig({ testTimeout: 180_000 });

/** Its own cluster, for brokers are changed and killed here: two name servers, a master and its slave. */
let sandbox: SandboxCluster;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  [sandbox, server] = await Promise.all([
    startCluster({ name: "overview", namesrvs: 2, masters: 1, slaves: 1 }),
    startTestServer({ sampleSeconds: 1 }),
  ]);
  const { id } = await server.client.instance.register({ name: "overview", namesrvAddrs: sandbox.namesrvAddrs });
  instanceId = id;
});
afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

const state = async () => (await server.client.instance.get({ instanceId })).state;

test("the overview tells what the cluster is made of", async () => {
  const whole = { clusterName: "overview", masters: 1, slaves: 1, failures: [] };
  // A broker has no figures of itself in the first second after its start.
  await expect.poll(() => server.client.overview.summary({ instanceId }), { timeout: 20_000 }).toMatchObject(whole);
  const { namesrvs } = await server.client.overview.summary({ instanceId });
  expect(namesrvs).toEqual(sandbox.namesrvAddrs.map((addr) => ({ addr, ok: true })));
  const { brokers } = await server.client.overview.brokers({ instanceId });
  expect(brokers.map(({ addr }) => addr).sort()).toEqual(sandbox.brokers.map(({ addr }) => addr).sort());
  const slave = brokers.find(({ role }) => role === "slave");
  await expect
    .poll(
      async () => (await server.client.overview.brokers({ instanceId })).brokers.find(({ role }) => role === "slave"),
      {
        timeout: 30_000,
      },
    )
    .toMatchObject({ inSync: true, replicationLagBytes: "0" });
  expect(slave?.version).toBe("5.5.0");
});

test("messages that are sent show in the counts and in the curve of the rate", async () => {
  const cluster = await server.deps.clusters.get(instanceId);
  const { targets } = await cluster.masters();
  const topic = "OverviewOrders";
  for (const { addr } of targets) {
    await writeTopic(cluster, addr, { topic, readQueueNums: 2, writeQueueNums: 2, perm: 6, order: false });
  }
  const from = Date.now();
  await expect
    .poll(
      () =>
        cluster.route(topic, { fresh: true }).then(
          () => "there",
          () => "not yet",
        ),
      { timeout: 20_000 },
    )
    .toBe("there");
  const producer = new Producer(cluster);
  await Promise.all(Array.from({ length: 500 }, (_, i) => producer.send({ topic, body: Buffer.from(`order ${i}`) })));

  // A broker counts a message when its consume queue has it, which is after the send was answered.
  const counted = async () => {
    await server.deps.stats.topics(instanceId, { maxAgeMs: 0 });
    return server.client.overview.messages({ instanceId });
  };
  await expect.poll(counted, { timeout: 20_000 }).toMatchObject({
    historical: "500",
    stored: "500",
    topicCount: 1,
    failures: [],
    topics: [{ topic, stored: "500", total: "500" }],
  });

  // Sent on and on, for samples that are too far apart on a busy machine give no rate.
  const fastest = async () => {
    await producer.send({ topic, body: Buffer.from("one more order") });
    const { series } = await server.client.history.series({
      instanceId,
      metrics: ["broker_tps"],
      from,
      to: Date.now(),
    });
    return Math.max(0, ...(series[0]?.values ?? []).map((value) => value ?? 0));
  };
  await expect.poll(fastest, { timeout: 50_000 }).toBeGreaterThan(0);
});

test("a retention is set on every broker, and what the broker then says is shown", async () => {
  const { outcomes, undo } = await planned(server.client).setRetention({ instanceId, hours: 50 });
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  const cluster = await server.deps.clusters.get(instanceId);
  for (const { addr } of sandbox.brokers) {
    expect((await cluster.call(brokerRpc.getBrokerConfig, addr, {})).get("fileReservedTime")).toBe("50");
  }
  const { brokers, failures } = await server.client.instance.storage({ instanceId });
  expect(failures).toEqual([]);
  expect(brokers.map(({ retentionHours, brokerRole }) => [retentionHours, brokerRole])).toEqual([
    [50, "ASYNC_MASTER"],
    [50, "SLAVE"],
  ]);
  const back = await server.client.instance.planRetentionUndo({ instanceId, undo: undo ?? "" });
  expect(back.changes.map(({ before, after }) => [before, after])).toEqual([
    [50, 72],
    [50, 72],
  ]);
  await server.client.instance.setRetention({ instanceId, planId: back.planId });
  const after = await server.client.instance.storage({ instanceId });
  expect(after.brokers.map(({ retentionHours }) => retentionHours)).toEqual([72, 72]);
});

test("a name server that is gone makes the instance abnormal, names itself, and the rest goes on", async () => {
  await sandbox.stopNamesrv(0);
  await expect.poll(state, { timeout: 20_000 }).toBe("abnormal");
  // The look that saw it go may say that the connection was lost.
  await expect
    .poll(() => server.client.overview.summary({ instanceId }), { timeout: 20_000 })
    .toMatchObject({ masters: 1, failures: [{ target: sandbox.namesrvAddrs[0], code: "CONNECT_REFUSED" }] });
  await sandbox.startNamesrv(0);
  await expect.poll(state, { timeout: 30_000 }).toBe("running");
});

test("a killed broker shows as gone and back again, and its restart gives no negative rate", async () => {
  const master = sandbox.brokers.find(({ role }) => role === "master");
  const from = Date.now();
  await sandbox.killBroker(master?.brokerName ?? "", 0);
  await expect.poll(state, { timeout: 20_000 }).toBe("abnormal");
  await sandbox.startBroker(master?.brokerName ?? "", 0);
  await expect.poll(state, { timeout: 60_000 }).toBe("running");
  const { series } = await server.client.history.series({ instanceId, metrics: ["broker_tps"], from, to: Date.now() });
  const values = series[0]?.values ?? [];
  expect(values).toContain(null);
  expect(values.every((value) => value === null || value >= 0)).toBe(true);
}, 120_000);
