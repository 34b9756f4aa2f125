import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { planned } from "../../testing/planned.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";

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

test("every total is the sum of what its list shows, and the brokers' own count is what they stored", async () => {
  const cluster = await server.deps.clusters.get(instanceId);
  const { targets } = await cluster.masters();
  const queue = { readQueueNums: 1, writeQueueNums: 1 };
  const topic = await createTestTopic(cluster, { topic: "Totals", ...queue });
  const retry = await createTestTopic(cluster, { topic: "%RETRY%totals-billing", ...queue });
  const producer = new Producer(cluster);
  for (const [to, messages] of [
    [topic, 7],
    [retry, 3],
  ] as const) {
    for (let n = 0; n < messages; n++) await producer.send({ topic: to, body: Buffer.from("x") });
    await untilInQueues(cluster, to, messages);
  }
  const committed = [
    ["totals-billing", 2n],
    ["totals-audit", 4n],
    ["totals-everywhere", 0n],
  ] as const;
  for (const [groupName, commitOffset] of committed) {
    await writeGroupEverywhere(cluster, { groupName, patch: {} });
    const commit = { consumerGroup: groupName, topic, queueId: 0, commitOffset };
    for (const { addr } of targets) await cluster.call(offsetRpc.updateConsumerOffset, addr, commit);
  }
  const leave = await joinAsConsumer(cluster, "totals-everywhere", topic, { messageModel: "BROADCASTING" });
  const { stats } = server.deps;
  await Promise.all([stats.topics(instanceId, { maxAgeMs: 0 }), stats.groups(instanceId, { maxAgeMs: 0 })]);
  await stats.clients(instanceId, { maxAgeMs: 0 });

  const every = { instanceId, page: 1, pageSize: 100 };
  const { overview, topic: topics, group: groups } = server.client;
  const [lags, messages, clients] = await Promise.all([
    overview.lags({ instanceId }),
    overview.messages({ instanceId }),
    overview.clients({ instanceId }),
  ]);
  const ofPeople = await topics.list({ ...every, kind: "normal" });
  const ofAll = await topics.list(every);
  const ofGroups = await groups.list({ ...every, kind: "normal" });
  const sumOf = (figures: (string | null)[]) => figures.reduce((sum, one) => sum + BigInt(one ?? 0), 0n).toString();
  expect(lags.lag).toBe("8");
  expect(sumOf(ofGroups.items.map(({ lag }) => lag))).toBe(lags.lag);
  expect(sumOf(ofAll.items.map(({ lag }) => lag))).toBe(lags.lag);
  expect(ofGroups.items.find(({ group }) => group === "totals-everywhere")).toMatchObject({ lag: null });
  expect(clients.consumerGroups).toBe(ofGroups.total);
  expect(messages.topicCount).toBe(ofPeople.total);
  expect(sumOf(ofPeople.items.map(({ stored }) => stored))).toBe(messages.stored);
  // Retries count at the broker, topics of RocketMQ's own do not.
  const stored = sumOf(ofAll.items.map(({ kind, stored: one }) => (kind === "system" ? "0" : one)));
  expect(stored).toBe(String(BigInt(messages.historical) + 3n));
  await expect
    .poll(async () => (await overview.summary({ instanceId })).producedToday, { timeout: 20_000 })
    .toBe(stored);
  await leave();
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
