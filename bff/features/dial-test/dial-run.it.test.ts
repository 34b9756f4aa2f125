import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Job } from "#contract/job.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allGroupConfigs, writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { topicNames, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { startChild } from "../../testing/child.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 180_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let namesrvAddrs: readonly string[];
let instanceId: string;
const patience = { timeout: 60_000, interval: 100 };
const unique = `r${Date.now().toString(36)}`;
const MADE = /^rocketdeck-dial-/;

beforeAll(async () => {
  ({ namesrvAddrs } = await sharedCluster());
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "dial runs", namesrvAddrs: [...namesrvAddrs] })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const ended = (jobId: string): Promise<Job> =>
  vi.waitFor(async () => {
    const job = await server.client.job.get({ jobId });
    expect(job.finishedAt).not.toBeNull();
    return job;
  }, patience);

const nameOf = (job: Job, key: string) => String(job.params[key]);

/** What the brokers and name servers have of it. */
async function thereIs({ topic, group }: { topic?: string; group?: string }): Promise<boolean> {
  const groups = await allGroupConfigs(cluster);
  expect(groups.failures).toEqual([]);
  const topics = await topicNames(cluster);
  return topics.includes(topic ?? "") || groups.items.some(({ value }) => value.has(group ?? ""));
}

test("a round trip through a topic and a group of its own gets each of 200 messages once, and leaves nothing behind", async () => {
  const { jobId } = await server.client.dialTest.roundTrip({ instanceId, count: 200, receiver: "made", tag: "trip" });
  const job = await ended(jobId);
  expect(job).toMatchObject({ state: "succeeded", ok: 200, failed: 0, total: 200 });
  const { summary } = job;
  expect(summary).toMatchObject({ messages: 200, sent: 200, lost: 0, duplicates: 0, outOfOrder: 0 });
  expect(summary?.["left"]).toBeUndefined();
  const queues = summary?.["queues"] as { messages: number; p50: number }[];
  expect(queues).toHaveLength(16);
  expect(queues.reduce((sum, { messages }) => sum + messages, 0)).toBe(200);
  const committed = summary?.["committed"] as { ok: boolean; to: string }[];
  expect(committed.every(({ ok }) => ok)).toBe(true);
  expect(committed.reduce((sum, { to }) => sum + Number(to), 0)).toBe(200);
  const { items } = await server.client.job.rows({ jobId, pageSize: 200 });
  expect(items).toHaveLength(200);
  expect(new Set(items.map(({ data }) => data?.["msgId"])).size).toBe(200);
  expect(items.every(({ code, data }) => code === "RECEIVED" && Number(data?.["ms"]) > 0)).toBe(true);
  expect(nameOf(job, "topic")).toMatch(MADE);
  await vi.waitFor(async () => {
    expect(await thereIs({ topic: nameOf(job, "topic"), group: nameOf(job, "group") })).toBe(false);
  }, patience);
});

test("a group of somebody's is moved only when asked, and only where that skips nothing", async () => {
  const topic = await createTestTopic(cluster, { topic: `${unique}-given`, readQueueNums: 1, writeQueueNums: 1 });
  const group = `${unique}-given`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const base = { instanceId, topic, group, receiver: "group", count: 4 } as const;
  const committed = async () =>
    (await server.client.dialTest.planConsume({ instanceId, topic, group })).queues.map((queue) => queue.committed);
  await ended((await server.client.dialTest.roundTrip(base)).jobId);
  expect(await committed()).toEqual([null, null]);
  const left = await ended((await server.client.dialTest.roundTrip({ ...base, commit: true })).jobId);
  expect(left).toMatchObject({ state: "succeeded", summary: { notCommitted: 2, committed: [] } });
  expect(await committed()).toEqual([null, null]);
  await untilInQueues(cluster, topic, 8);
  const all = { instanceId, topic, group, from: "earliest", count: 8, commit: true } as const;
  await ended((await server.client.dialTest.consume(all)).jobId);
  const moved = await ended((await server.client.dialTest.roundTrip({ ...base, commit: true })).jobId);
  expect(moved.summary).toMatchObject({ notCommitted: 0 });
  expect(await committed()).toEqual(["6", "6"]);
});

test("who consumes the topic is named, and gets nothing unless that was said", async () => {
  const topic = await createTestTopic(cluster, { topic: `${unique}-busy` });
  const group = `${unique}-busy`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const leave = await joinAsConsumer(cluster, group, topic);
  const load = { instanceId, topic, rate: 10, seconds: 1 } as const;
  expect(await server.client.dialTest.planLoad(load)).toMatchObject({
    blocked: "STILL_IN_USE",
    consumers: [{ group, clients: 1 }],
    totalBytes: 10_240,
  });
  expect((await problemOf(server.client.dialTest.load(load))).code).toBe("STILL_IN_USE");
  expect((await problemOf(server.client.dialTest.roundTrip({ instanceId, topic }))).code).toBe("STILL_IN_USE");
  const commit = { instanceId, topic, despiteConsumers: true, receiver: "group", group, commit: true } as const;
  expect((await problemOf(server.client.dialTest.roundTrip(commit))).code).toBe("CLIENTS_MUST_STOP");
  await leave();
});

test("a load of 500 a second is that, each message is received, and the topic and group are gone with it", async () => {
  const { jobId } = await server.client.dialTest.load({ instanceId, rate: 500, seconds: 5 });
  const running = await server.client.job.get({ jobId });
  const topic = nameOf(running, "topic");
  await vi.waitFor(async () => {
    const job = await server.client.job.get({ jobId });
    expect(Number(job.summary?.["sent"])).toBeGreaterThan(0);
  }, patience);
  /** By the brokers: the most that is read before the topic goes. */
  let stored = 0n;
  const job = await vi.waitFor(async () => {
    const { items } = await topicStats(cluster, topic);
    const ends = items.flatMap(({ value }) => value.offsetTable.map(([, { maxOffset }]) => maxOffset));
    const now = ends.reduce((sum, end) => sum + end, 0n);
    if (now > stored) stored = now;
    const ending = await server.client.job.get({ jobId });
    expect(ending.finishedAt).not.toBeNull();
    return ending;
  }, patience);
  expect(job).toMatchObject({ state: "succeeded", failed: 0 });
  const { summary } = job;
  expect(summary).toMatchObject({ sendFailures: 0, messages: summary?.["sent"], begun: summary?.["sent"] });
  const sent = Number(summary?.["sent"]);
  expect(sent).toBeLessThanOrEqual(2500);
  expect(stored).toBeGreaterThan(0n);
  expect(stored).toBeLessThanOrEqual(BigInt(sent));
  // On a machine that is busy it may be less, and then it says so.
  if (summary?.["reached"] === true) expect(sent).toBeGreaterThanOrEqual(2450);
  const { at, series } = await server.client.dialTest.loadSeries({ instanceId, jobId });
  expect(at.length).toBeGreaterThanOrEqual(5);
  expect(series.map(({ metric, broker }) => `${metric} ${broker ?? ""}`.trim())).toEqual(
    expect.arrayContaining(["sent", "received", "endToEndP99", "brokerPut broker-a", "brokerPut broker-b"]),
  );
  await vi.waitFor(async () => {
    expect(await thereIs({ topic, group: nameOf(job, "group") })).toBe(false);
  }, patience);
});

test("a load that is stopped ends at once, and what it made goes", async () => {
  const { jobId } = await server.client.dialTest.load({ instanceId, threads: 4, seconds: 300 });
  await vi.waitFor(async () => {
    expect(Number((await server.client.job.get({ jobId })).summary?.["sent"])).toBeGreaterThan(0);
  }, patience);
  await server.client.job.cancel({ jobId });
  const job = await ended(jobId);
  expect(job.state).toBe("cancelled");
  await vi.waitFor(async () => {
    expect(await thereIs({ topic: nameOf(job, "topic"), group: nameOf(job, "group") })).toBe(false);
  }, patience);
});

test("what is beyond the limits of brokers or of the console is refused before anything is made", async () => {
  const topic = await createTestTopic(cluster, { topic: `${unique}-limits` });
  const limits = await server.client.dialTest.limits({ instanceId, topic });
  expect(limits).toMatchObject({ maxMessageSize: { value: 4_194_304 }, timers: true, failures: [] });
  expect(limits.delayLevels?.ms).toHaveLength(18);
  expect(limits.timerMaxDelaySec?.value).toBe(259_200);
  const delayed = { instanceId, topic, messageType: "DELAY", delaySeconds: 259_201, count: 1 } as const;
  const refused = await problemOf(server.client.dialTest.produce(delayed));
  expect(refused).toMatchObject({ code: "LIMIT_EXCEEDED", data: { params: { setting: "timerMaxDelaySec" } } });
  const long = { instanceId, rate: 1, seconds: 601 } as const;
  expect(await server.client.dialTest.planLoad(long)).toMatchObject({ limit: { setting: "loadMaxSeconds" } });
  expect((await problemOf(server.client.dialTest.load(long))).code).toBe("LIMIT_EXCEEDED");
  const heavy = { instanceId, rate: 1000, sizeKb: 1024, seconds: 1 } as const;
  expect(await server.client.dialTest.planLoad(heavy)).toMatchObject({ limit: { setting: "loadMaxMbPerSecond" } });
});

test("no run goes to the retry or dead letter topic of a group", async () => {
  for (const prefix of ["%RETRY%", "%DLQ%"]) {
    const topic = await createTestTopic(cluster, { topic: `${prefix}${unique}-own`, readQueueNums: 1 });
    const trip = { instanceId, topic, despiteConsumers: true };
    expect((await server.client.dialTest.planRoundTrip(trip)).blocked).toBe("SYSTEM_RESOURCE");
    const load = { ...trip, rate: 5, seconds: 1 };
    expect((await server.client.dialTest.planLoad(load)).blocked).toBe("SYSTEM_RESOURCE");
    expect((await problemOf(server.client.dialTest.roundTrip(trip))).code).toBe("SYSTEM_RESOURCE");
    expect((await problemOf(server.client.dialTest.load(load))).code).toBe("SYSTEM_RESOURCE");
  }
});

test("what a console made that was killed in the middle is removed by its next start", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-killed-"));
  const child = startChild("bff/testing/load-until-killed.ts", {
    args: [...namesrvAddrs],
    env: { ROCKETDECK_DATA_DIR: dataDir, ROCKETDECK_ADMIN_PASSWORD: "test-Password-1" },
  });
  const topic = await child.until(/made (\S+)\n/);
  expect(await thereIs({ topic })).toBe(true);
  await child.kill();
  const next = await startTestServer({ dataDir, databaseUrl: undefined });
  await vi.waitFor(async () => expect(await thereIs({ topic })).toBe(false), patience);
  await vi.waitFor(async () => {
    expect(await next.deps.db.selectFrom("dialMade").selectAll().execute()).toEqual([]);
  }, patience);
  await next.stop();
  await rm(dataDir, { recursive: true, force: true });
});
