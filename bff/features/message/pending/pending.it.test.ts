import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Clients, type Producer as JavaProducer } from "../../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { recallHandle } from "../../../rocketmq/admin/recall.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { topicStats } from "../../../rocketmq/admin/topic-admin.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };
const HOUR_MS = 3_600_000;
/** The broker's rounds come every half minute. */
const ROUNDS_MS = 100_000;

let server: TestServer;
let cluster: RocketMQCluster;
let oracle: Oracle;
let java: JavaProducer;
let instanceId: string;
let topic: string;
let group: string;

const stored = async () => {
  const { items } = await topicStats(cluster, topic);
  return items.flatMap(({ value }) => value.offsetTable).reduce((sum, [, { maxOffset }]) => sum + Number(maxOffset), 0);
};

const placeOf = ({ topic: at, brokerName, queueId, queueOffset }: Parameters<typeof recallPlace>[0]) =>
  recallPlace({ topic: at, brokerName, queueId, queueOffset });
const recallPlace = (place: { topic: string; brokerName: string; queueId: number; queueOffset: string }) => ({
  instanceId,
  ...place,
});

const timed = () => server.client.pending.timed({ instanceId });
const half = () => server.client.pending.half({ instanceId });
const discarded = () => server.client.pending.discarded({ instanceId });

/** Waits until the list has the message: what is sent is answered before it can be pulled. */
const listed = <T extends { msgId: string }>(list: () => Promise<{ items: T[] }>, msgId: string, limitMs?: number) =>
  eventually(`${msgId} is listed`, async () => (await list()).items.find((item) => item.msgId === msgId), limitMs);

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  [server, oracle] = await Promise.all([startTestServer(), startOracle({ version: "5.5.0", namesrvAddrs })]);
  instanceId = (await server.client.instance.register({ name: "pending", namesrvAddrs })).id;
  topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  group = `p-${topic}`;
  java = await new Clients(oracle, namesrvAddrs).producer(group);
});

afterAll(async () => {
  cluster.close();
  await server.stop();
  await oracle.stop();
});

test("messages that wait are listed by when they are due, whether by a level or a time of their own", async () => {
  const producer = new Producer(cluster);
  const deliverAt = Date.now() + 2 * HOUR_MS;
  const own = await producer.send({ topic, body: Buffer.from("timed"), keys: "k", deliverAt, queue: { ...QUEUE } });
  const level = await producer.send({ topic, body: Buffer.from("level"), delayLevel: 17, queue: { ...QUEUE } });
  const byTimer = await listed(timed, own.msgId);
  expect(byTimer).toMatchObject({ kind: "timer", realTopic: topic, keys: ["k"], rolls: 0, brokerName: "broker-a" });
  expect(Math.abs(byTimer.dueAt - deliverAt)).toBeLessThanOrEqual(1000);
  const byLevel = await listed(timed, level.msgId);
  expect(byLevel).toMatchObject({ kind: "level", level: 17, realTopic: topic });
  expect(byLevel.dueAt).toBe(byLevel.storedAt + HOUR_MS);
  const { items, hours, brokers, failures } = await timed();
  expect(failures).toEqual([]);
  expect(items.map(({ dueAt }) => dueAt)).toEqual(items.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b));
  expect(hours.find(({ from }) => from <= byTimer.dueAt && byTimer.dueAt < from + HOUR_MS)?.count).toBeGreaterThan(0);
  expect(brokers.map(({ timers }) => timers?.state)).toEqual(["on", "on"]);
});

test("a recall is by the handle that the sender was given, and what was recalled is never delivered", async () => {
  const before = await stored();
  // Far enough for a slow machine, near enough to wait for.
  const deliverAt = Date.now() + 25_000;
  const producer = new Producer(cluster);
  const told = await producer.send({ topic, body: Buffer.from("recalled"), deliverAt, queue: { ...QUEUE } });
  const other = await producer.send({ topic, body: Buffer.from("delivered"), deliverAt, queue: { ...QUEUE } });
  const row = await listed(timed, told.msgId);
  const { dueAt: timerOutMs, msgId } = row;
  expect(told.recallHandle).toBe(recallHandle({ topic, brokerName: "broker-a", timerOutMs, msgId }));
  const place = placeOf(row);
  const plan = await server.client.pending.planRecall(place);
  expect(plan).toMatchObject({ blocked: null, hindrance: null, dueAt: timerOutMs, warnings: [{ key: "noWord" }] });
  const { outcomes } = await server.client.pending.recall({ ...place, planId: plan.planId });
  expect(outcomes).toEqual([{ target: "broker-a", ok: true }]);
  await eventually("it is listed no more", async () => {
    const { items, brokers } = await timed();
    const gone = items.every((item) => item.msgId !== told.msgId);
    return gone && brokers.some(({ timers }) => (timers?.recalled ?? 0) > 0) ? true : undefined;
  });
  const again = await eventually("the broker has indexed it", async () => {
    const { hindrance } = await server.client.pending.planRecall(place);
    return hindrance === null ? undefined : hindrance;
  });
  expect(again).toBe("recalled");
  // Both were due in the same second: the other one came, so this one does not.
  await eventually("the other one is delivered", async () => ((await stored()) > before ? true : undefined), 90_000);
  const { items } = await server.client.message.byTime({ instanceId, topic, from: 0, to: Date.now() + HOUR_MS });
  expect(items.map((item) => item.msgId)).toContain(other.msgId);
  expect(items.map((item) => item.msgId)).not.toContain(told.msgId);
});

test("what waits for a level or is no timed message cannot be recalled", async () => {
  const { msgId } = await new Producer(cluster).send({
    topic,
    body: Buffer.from("level"),
    delayLevel: 18,
    queue: { ...QUEUE },
  });
  const plan = await server.client.pending.planRecall(placeOf(await listed(timed, msgId)));
  expect(plan).toMatchObject({ blocked: "MESSAGE_ILLEGAL", hindrance: "notTimed" });
});

test("a transaction that stays undecided is pending, with who is asked and how often; a committed one is not", async () => {
  const open = await java.sendInTransaction({ topic, body: "open" }, "UNKNOW");
  const done = await java.sendInTransaction({ topic, body: "done" }, "COMMIT_MESSAGE");
  const row = await listed(half, open.msgId);
  expect(row).toMatchObject({ realTopic: topic, producerGroup: group, producers: 1, stage: "half" });
  expect(row.nextCheckAt).toBeGreaterThan(row.bornAt);
  await eventually("the committed one is told as done", async () =>
    (await half()).items.every(({ msgId }) => msgId !== done.msgId) ? true : undefined,
  );
  // The broker asks, the producer says that it does not know, and the question is counted.
  const asked = await eventually(
    "it is asked about",
    async () => (await half()).items.find(({ msgId, checks }) => msgId === open.msgId && checks > 0),
    ROUNDS_MS,
  );
  expect(asked.checks).toBe(1);
  const { brokers, items } = await half();
  expect(brokers.map(({ checkMax }) => checkMax)).toEqual([15, 15]);
  expect(items.filter(({ msgId }) => msgId === open.msgId)).toHaveLength(1);
});

test("what a broker gave up is listed, and asked about again once it is put back", async () => {
  // A broker counts its questions in the message: this one was asked about as often as it may.
  const given = await java.sendInTransaction(
    { topic, body: "given up", properties: { TRANSACTION_CHECK_TIMES: "15" } },
    "UNKNOW",
  );
  const row = await listed(discarded, given.msgId, ROUNDS_MS);
  expect(row).toMatchObject({ topic: "TRANS_CHECK_MAX_TIME_TOPIC", realTopic: topic, producerGroup: group });
  const place = placeOf(row);
  const plan = await server.client.pending.planResume(place);
  expect(plan).toMatchObject({ blocked: null, producerGroup: group, producers: 1, warnings: [{ key: "copyStays" }] });
  const { outcomes } = await server.client.pending.resume({ ...place, planId: plan.planId });
  expect(outcomes).toEqual([{ target: row.brokerName, ok: true }]);
  const back = await listed(half, given.msgId);
  expect(back.checks).toBeLessThanOrEqual(1);
  const { warnings } = await server.client.pending.planResume(place);
  expect(warnings.map(({ key }) => key)).toEqual(["copyStays", "pendingAlready"]);
  const other = { ...placeOf(await listed(timed, (await timed()).items[0]?.msgId ?? "")) };
  expect((await problemOf(server.client.pending.planResume(other))).data.issues).toEqual([
    { path: "topic", message: "topic.notDiscarded" },
  ]);
});
