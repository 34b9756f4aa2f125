import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { JobRow } from "#contract/job.ts";
import type { LetterPlace } from "#contract/resend.ts";
import { Clients, type Consumer } from "../../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../../rocketmq/client/pull-consumer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { letterGroup, letterTopic, makeDeadLetters, storedIn } from "../../../testing/dead-letters.ts";
import { giveUp } from "../../../testing/give-up.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };
const unique = `rs${Date.now().toString(36)}`;

let server: TestServer;
let cluster: RocketMQCluster;
let oracle: Oracle;
let clients: Clients;
let instanceId: string;
let addr: string;
let namesrvAddrs: string[];

beforeAll(async () => {
  const shared = await sharedCluster();
  const { version } = shared;
  namesrvAddrs = [...shared.namesrvAddrs];
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "resend", namesrvAddrs })).id;
  oracle = await startOracle({ version, namesrvAddrs });
  clients = new Clients(oracle, namesrvAddrs);
  const { targets } = await cluster.masters();
  addr = targets.find(({ brokerName }) => brokerName === QUEUE.brokerName)?.addr ?? "";
});

afterAll(async () => {
  await oracle?.stop();
  cluster?.close();
  await server?.stop();
});

const newTopic = (name: string) => letterTopic(cluster, `${unique}-${name}`);
const newGroup = (name: string) => letterGroup(cluster, `${unique}-${name}`);

const online = (group: string, topic: string, tags = "*") =>
  clients.consumer({
    group,
    topics: { [topic]: tags },
    properties: { persistConsumerOffsetInterval: 500, maxReconsumeTimes: 1 },
  });

const stored = (topic: string) => storedIn(cluster, topic);
const deadLetters = (group: string, topic: string, count: number, tag?: string) =>
  makeDeadLetters(cluster, { group, topic, queue: QUEUE, count, tag });

const plan = (asked: Omit<Parameters<TestServer["client"]["resend"]["plan"]>[0], "instanceId">) =>
  server.client.resend.plan({ instanceId, ...asked });

async function apply(group: string, planId: string): Promise<{ jobId: string; rows: JobRow[]; state: string }> {
  const { jobId } = await server.client.resend.deadLetters({ instanceId, group, planId });
  const job = await vi.waitFor(
    async () => {
      const told = await server.client.job.get({ jobId });
      expect(told.finishedAt).not.toBeNull();
      return told;
    },
    { timeout: 60_000, interval: 100 },
  );
  const { items } = await server.client.job.rows({ jobId, pageSize: 200 });
  return { jobId, rows: items, state: job.state };
}

const newIds = (rows: readonly JobRow[]) =>
  rows.flatMap(({ data }) => (typeof data?.["msgId"] === "string" ? [data["msgId"]] : []));

/** What a client was given under some ids: `<id> <topic> <reconsumeTimes> <tag>`. */
const givenOf = async (consumer: Consumer, ids: readonly string[]) =>
  (await consumer.seen()).filter((line) => ids.some((id) => line.startsWith(`${id} `)));

const untilGiven = (consumer: Consumer, ids: readonly string[], count: number) =>
  eventually(`${count} of them were received`, async () => {
    const given = await givenOf(consumer, ids);
    return given.length >= count ? given : undefined;
  });

test("dead letters go to all groups of their topic, once each, and a second time nothing is sent", async () => {
  const topic = await newTopic("all");
  const [own, other] = [await newGroup("all-own"), await newGroup("all-other")];
  const consumers = [await online(own, topic), await online(other, topic)];
  await deadLetters(own, topic, 5);
  const before = await stored(topic);

  const first = await plan({ group: own, target: "original" });
  expect(first).toMatchObject({ matching: "5", goes: 5, whole: true, sent: 0, unknown: 0, blocked: null });
  expect(first.changes).toMatchObject([{ topic, messages: 5, blocked: null }]);
  expect(first.changes[0]?.consumers.map(({ group }) => group).toSorted()).toEqual([own, other].toSorted());

  const done = await apply(own, first.planId);
  expect(done.state).toBe("succeeded");
  expect(done.rows.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "ok"));
  const ids = newIds(done.rows);
  for (const consumer of consumers) {
    const given = await untilGiven(consumer, ids, 5);
    expect(given.toSorted()).toEqual(ids.map((id) => `${id} ${topic} 0 OK`).toSorted());
  }
  await untilInQueues(cluster, topic, before + 5);

  const again = await plan({ group: own });
  expect(again).toMatchObject({ goes: 0, sent: 5, blocked: "NOTHING_TO_CHANGE" });
  expect(
    await problemOf(server.client.resend.deadLetters({ instanceId, group: own, planId: again.planId })),
  ).toMatchObject({
    code: "NOTHING_TO_CHANGE",
  });
  expect(await stored(topic)).toBe(before + 5);

  const fates = await eventually("the group has passed them", async () => {
    const told = await server.client.resend.fates({ instanceId, group: own, jobId: done.jobId });
    return told.items.every(({ fate }) => fate === "passed") ? told : undefined;
  });
  expect(fates).toMatchObject({ sent: 5, failures: [] });
  expect(fates.items).toHaveLength(5);
  const places = (
    await server.client.message.byTime({ instanceId, topic: dlqTopicOf(own), from: 0, to: Date.now() + 60_000 })
  ).items;
  const known = await server.client.resend.known({
    instanceId,
    group: own,
    places: places.map(({ brokerName, queueId, queueOffset }): LetterPlace => ({ brokerName, queueId, queueOffset })),
  });
  expect(known.items.map(({ state, by }) => `${state} ${by}`)).toEqual(Array.from({ length: 5 }, () => "sent admin"));

  const second = await server.client.instance.register({ name: "the same again", namesrvAddrs });
  const there = await server.client.resend.plan({ instanceId: second.id, group: own });
  expect(there).toMatchObject({ goes: 0, sent: 5, blocked: "NOTHING_TO_CHANGE" });
  const told = await server.client.resend.known({
    instanceId: second.id,
    group: own,
    places: [{ ...QUEUE, queueOffset: "0" }],
  });
  expect(told.items).toMatchObject([{ state: "sent", by: "admin", jobId: null }]);
  const listed = await server.client.resend.known({
    instanceId: second.id,
    group: own,
    places: places.map(({ brokerName, queueId, queueOffset, storedAt, offsetMsgId }) => {
      return { brokerName, queueId, queueOffset, storedAt, offsetMsgId };
    }),
  });
  expect(listed.items.map(({ state, jobId }) => [state, jobId])).toEqual(
    Array.from({ length: 5 }, () => ["sent", null]),
  );
  for (const consumer of consumers) await consumer.stop();
});

/** What anybody can write: a dead letter that says it came from some topic. */
async function forged(group: string, from: readonly string[]): Promise<void> {
  await createTestTopic(cluster, { topic: dlqTopicOf(group), readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster);
  for (const retryOf of from)
    await producer.send({ topic: dlqTopicOf(group), retryOf, queue: QUEUE, body: Buffer.from(`from ${retryOf}`) });
  await untilInQueues(cluster, dlqTopicOf(group), from.length);
}

test("nothing is sent to RocketMQ's own topics, nor to retry or dead letter topics, whatever a dead letter says it came from", async () => {
  const topic = await newTopic("good");
  const [group, other] = [await newGroup("forged"), await newGroup("forged-other")];
  await forged(other, [topic]);
  await createTestTopic(cluster, { topic: `%RETRY%${other}`, readQueueNums: 1, writeQueueNums: 1 });
  const own = ["TBW102", "BenchmarkTest", "broker-a", "rmq_sys_REVIVE_LOG_DefaultCluster", "RMQ_SYS_TRACE_TOPIC"];
  const ofGroups = [dlqTopicOf(other), `%RETRY%${group}_%RETRY%${other}`, `%RETRY%${group}_${dlqTopicOf(other)}`];
  const nowhere = `${unique}-nowhere`;
  const all = [topic, ...own, ...ofGroups, nowhere, topic];
  await forged(group, all);
  const sample = await plan({ group, limit: 1 });
  expect(sample).toMatchObject({ goes: 1, read: 1 });

  const planned = await plan({ group });
  expect(planned).toMatchObject({ matching: "11", read: 11, goes: 2, blocked: null });
  expect(planned.warnings).toContainEqual({ key: "blocked", params: { stored: 9 } });
  const lines = planned.changes.map(({ topic: to, messages, blocked }) => `${to} ${messages} ${blocked}`);
  const wanted = [
    ...own.map((name) => `${name} 1 SYSTEM_RESOURCE`),
    `${dlqTopicOf(other)} 2 SYSTEM_RESOURCE`,
    `%RETRY%${other} 1 SYSTEM_RESOURCE`,
    `${nowhere} 1 TOPIC_NOT_EXIST`,
    `${topic} 2 null`,
  ];
  expect(lines.toSorted()).toEqual(wanted.toSorted());

  const { rows } = await apply(group, planned.planId);
  const told = rows.map(({ state, code }) => `${state} ${code}`).toSorted();
  const refused = Array.from({ length: 8 }, () => "failed SYSTEM_RESOURCE");
  expect(told).toEqual([...refused, "failed TOPIC_NOT_EXIST", "ok SEND_OK", "ok SEND_OK"]);
  await untilInQueues(cluster, topic, 2);
  expect([await stored(topic), await stored(dlqTopicOf(other)), await stored(`%RETRY%${other}`)]).toEqual([2, 1, 0]);
  expect(await stored("TBW102")).toBe(0);
  const { items } = await server.client.audit.list({ row: "resend.deadLetters" });
  expect(items[0]?.subject).toEqual({ group, target: "original", again: "never", topics: { of: 1, first: [topic] } });

  const onlyBad = await newGroup("forged-only");
  await forged(onlyBad, ["TBW102", dlqTopicOf(other)]);
  const none = await plan({ group: onlyBad });
  expect(none).toMatchObject({ goes: 0, blocked: "SYSTEM_RESOURCE" });
  const nothing = await problemOf(
    server.client.resend.deadLetters({ instanceId, group: onlyBad, planId: none.planId }),
  );
  expect(nothing.code).toBe("SYSTEM_RESOURCE");
  const reversed = await problemOf(plan({ group, from: 10, to: 5 }));
  expect(reversed).toMatchObject({
    code: "BAD_REQUEST",
    data: { issues: [{ path: "to", message: "range.reversed" }] },
  });
});

test("sent so that only their group gets them, others see nothing, whatever tags it subscribes to; a sample shows which die again", async () => {
  const topic = await newTopic("only");
  const [own, other] = [await newGroup("only-own"), await newGroup("only-other")];
  const [mine, theirs] = [await online(own, topic, "OTHER"), await online(other, topic, "OTHER")];
  await eventually("the retry topic is routed", () =>
    cluster.route(`%RETRY%${own}`, { fresh: true }).catch(() => undefined),
  );
  await deadLetters(own, topic, 1, "FAIL");
  const before = await stored(topic);

  const planned = await plan({ group: own, target: "group", limit: 1 });
  expect(planned).toMatchObject({ goes: 1, blocked: null });
  expect(planned.changes).toMatchObject([
    { topic: `%RETRY%${own}`, messages: 1, consumers: [{ group: own, clients: 1 }] },
  ]);
  const done = await apply(own, planned.planId);
  expect(done.rows).toMatchObject([{ state: "ok", code: "SEND_OK" }]);
  const ids = newIds(done.rows);
  const given = await untilGiven(mine, ids, 2);
  expect(given).toEqual([`${ids[0]} ${topic} 0 FAIL`, `${ids[0]} ${topic} 1 FAIL`]);
  expect(await givenOf(theirs, ids)).toEqual([]);
  expect(await stored(topic)).toBe(before);
  await eventually("it is dead again", async () => {
    const told = await server.client.resend.fates({ instanceId, group: own, jobId: done.jobId });
    return told.items[0]?.fate === "deadAgain" ? true : undefined;
  });
  // What died again is a dead letter of its own, which nobody has sent yet.
  const next = await plan({ group: own, target: "group" });
  expect(next).toMatchObject({ matching: "2", goes: 1, sent: 1 });
  await mine.stop();
  await theirs.stop();
});

test("a body of 20 MB that is packed and properties of nearly 32 KB are sent on as they are stored", async () => {
  const topic = await newTopic("large");
  const group = await newGroup("large");
  const producer = await clients.producer(`${unique}-large`, { maxMessageSize: 32 * 1024 * 1024 });
  const properties = { long: "p".repeat(31_900) };
  await producer.send(
    { topic, body: Buffer.alloc(20 * 1024 * 1024, "20 MB "), tags: "BIG", properties },
    { topic, ...QUEUE },
  );
  const source = await eventually("the message is in its queue", async () => {
    const { messages } = await new PullConsumer(cluster).pull({ topic, ...QUEUE }, 0n, { maxNums: 1 });
    return messages[0];
  });
  const asked = { instanceId, topic, ...QUEUE, queueOffset: "0" };
  const { planId } = await server.client.resend.planCopy(asked);
  const { sent } = await server.client.resend.copy({ ...asked, planId });
  if (sent === null) throw new Error("not sent");
  const { brokerName, queueId, queueOffset } = sent;
  const copy = await eventually("the copy is there", async () => {
    const { messages } = await new PullConsumer(cluster).pull({ topic, brokerName, queueId }, BigInt(queueOffset), {
      maxNums: 1,
    });
    return messages.find(({ msgId }) => msgId === sent.msgId);
  });
  expect(copy.storedBody.equals(source.storedBody)).toBe(true);
  expect([copy.compression, copy.properties.get("long"), copy.tags]).toEqual([
    source.compression,
    properties.long,
    "BIG",
  ]);
  await giveUp(cluster, addr, group, { topic, msgId: source.msgId, physicalOffset: source.physicalOffset });
});

test("while a group consumes in order nothing is sent to it alone, since its broker would make it a dead letter at once", async () => {
  const topic = await newTopic("order");
  const group = await newGroup("order");
  await deadLetters(group, topic, 1);
  const consumer = await clients.consumer({ group, topics: { [topic]: "*" }, listener: "Orderly" });
  await eventually("it is seen", async () => {
    const planned = await plan({ group, target: "group" });
    return planned.blocked === "RESEND_IN_ORDER" ? true : undefined;
  });
  expect((await plan({ group, target: "original" })).blocked).toBeNull();
  await consumer.stop();
});
