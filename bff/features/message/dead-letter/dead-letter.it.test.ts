import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { Clients } from "../../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../../sandbox/oracle/oracle.ts";
import { ownerOfTopic } from "../../../cluster/group-of-topic.ts";
import { writeGroup } from "../../../rocketmq/admin/group-admin.ts";
import { topicNames, writeTopic } from "../../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { decodeOffsetMsgId } from "../../../rocketmq/codec/message-id.ts";
import { brokerRpc } from "../../../rocketmq/rpc/broker.ts";
import { giveUp } from "../../../testing/give-up.ts";
import { planned } from "../../../testing/planned.ts";
import { pop } from "../../../testing/pop.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };
const unique = `d${Date.now().toString(36)}`;

let server: TestServer;
let cluster: RocketMQCluster;
let oracle: Oracle;
let namesrvAddrs: readonly string[];
let instanceId: string;
let topic: string;
let addr: string;
let letters: TestServer["client"]["deadLetter"];

beforeAll(async () => {
  const shared = await sharedCluster();
  namesrvAddrs = shared.namesrvAddrs;
  cluster = new RocketMQCluster({ namesrvAddrs });
  [server, oracle] = await Promise.all([
    startTestServer(),
    startOracle({ version: "5.5.0", namesrvAddrs: shared.namesrvAddrs }),
  ]);
  letters = server.client.deadLetter;
  instanceId = (await server.client.instance.register({ name: unique, namesrvAddrs: shared.namesrvAddrs })).id;
  topic = await createTestTopic(cluster, { topic: `${unique}_orders`, readQueueNums: 1, writeQueueNums: 1 });
  const { targets } = await cluster.masters();
  addr = targets.find(({ brokerName }) => brokerName === QUEUE.brokerName)?.addr ?? "";
});

afterAll(async () => {
  cluster.close();
  await oracle.stop();
  await server.stop();
});

async function groupOf(name: string): Promise<string> {
  const group = `${unique}_${name}`;
  await writeGroup(cluster, addr, { groupName: group, patch: {} });
  return group;
}

/** A message that a group fails on. */
async function failing(group: string, body: string) {
  const sent = await new Producer(cluster).send({ topic, body: Buffer.from(body), keys: [body], queue: { ...QUEUE } });
  const { offset } = decodeOffsetMsgId(sent.offsetMsgId);
  await giveUp(cluster, addr, group, { topic, msgId: sent.msgId, physicalOffset: offset });
  return sent;
}

const listed = (group: string) => letters.list({ instanceId, group, from: 0, to: Date.now() + 60_000 });
const untilListed = (group: string, count: number) =>
  eventually(`${count} dead letters of ${group}`, async () => {
    const list = await listed(group).catch(() => undefined);
    return list?.items.length === count ? list : undefined;
  });
const placed = ({
  brokerName,
  queueId,
  queueOffset,
  topic: of,
}: { topic: string } & Record<"brokerName" | "queueOffset", string> & { queueId: number }) => ({
  topic: of,
  brokerName,
  queueId,
  queueOffset,
});

test("a dead letter says what it was, since when it is dead and until when it is kept, and leads to the original", async () => {
  const group = await groupOf("gave_up");
  const sent = await failing(group, "order-1");
  const list = await untilListed(group, 1);
  expect(list).toMatchObject({ topic: { exists: true, unreadable: [] }, failures: [], total: "1", cursor: null });
  const [letter] = list.items;
  if (letter === undefined) throw new Error("no dead letter");
  const original = await server.client.message.get({ instanceId, topic, ...QUEUE, queueOffset: "0" });
  expect(letter).toMatchObject({ topic: `%DLQ%${group}`, retries: 0, keys: ["order-1"], realTopic: topic });
  expect(letter.origin).toEqual({
    topic,
    msgId: sent.msgId,
    offsetMsgId: sent.offsetMsgId,
    bornAt: original.bornAt,
    bornHost: original.bornHost,
  });
  const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
  expect(letter.keptUntil).toBe(letter.storedAt + Number(config.get("fileReservedTime")) * 3_600_000);
  const found = await letters.original({ instanceId, ...placed(letter) });
  expect(found).toMatchObject({ place: placed(original), why: null, failures: [] });
});

test("a dead letter is found by its own id, and by either id of the message that it was", async () => {
  const group = await groupOf("by_id");
  const [sent, other] = [await failing(group, "order-2"), await failing(group, "order-3")];
  const letter = (await untilListed(group, 2)).items.find(({ msgId }) => msgId === sent.msgId);
  const byId = (id: string) => letters.byId({ instanceId, group, id });
  const found = await eventually("the index has both", async () => {
    const all = await byId(`${sent.msgId}, ${other.msgId}\n`);
    return all.items.length === 2 ? all : undefined;
  });
  expect(found).toMatchObject({ notFound: [], failures: [] });
  expect((await byId(sent.offsetMsgId)).items).toMatchObject([{ msgId: sent.msgId, topic: `%DLQ%${group}` }]);
  expect((await byId(letter?.offsetMsgId ?? "")).items).toMatchObject([{ msgId: letter?.msgId }]);
  const unknown = sent.msgId.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  expect(await byId(`${sent.msgId} ${unknown}`)).toMatchObject({ items: [{ msgId: sent.msgId }], notFound: [unknown] });
  const { offsetTable } = await oracle.ask("examineTopicStats", [`%DLQ%${group}`]);
  const counted = offsetTable.reduce(
    (sum, [, { maxOffset, minOffset }]) => sum + BigInt(maxOffset) - BigInt(minOffset),
    0n,
  );
  expect((await listed(group)).total).toBe(counted.toString());
});

test("a group that gave nothing up has no dead letters and that is no fault; one that nobody knows is", async () => {
  const group = await groupOf("never");
  expect(await listed(group)).toMatchObject({ topic: { exists: false }, items: [], failures: [], total: "0" });
  const byId = await letters.byId({ instanceId, group, id: "A".repeat(32) });
  expect(byId).toMatchObject({ topic: { exists: false }, items: [], notFound: ["A".repeat(32)] });
  const problem = await problemOf(listed(`${unique}_nobody`));
  expect(problem).toMatchObject({ code: "SUBSCRIPTION_GROUP_NOT_EXIST", data: { issues: [{ path: "group" }] } });
});

test("a dead letter topic that may only be written says so, and the plan of one click lets it be read", async () => {
  const group = await groupOf("write_only");
  await failing(group, "order-4");
  await untilListed(group, 1);
  const name = `%DLQ%${group}`;
  await writeTopic(cluster, addr, { topic: name, readQueueNums: 1, writeQueueNums: 1, perm: 2, order: false });
  const shut = await eventually("it cannot be read", async () => {
    const list = await listed(group);
    return list.items.length === 0 ? list : undefined;
  });
  expect(shut).toMatchObject({ topic: { name, exists: true, unreadable: ["broker-a"] }, total: null });
  expect(shut.failures).toMatchObject([{ target: "broker-a", code: "TOPIC_NOT_READABLE" }]);
  const plan = await server.client.topic.planUpdate({ instanceId, topic: name, perm: 6 });
  expect(plan).toMatchObject({ blocked: null, changes: [{ before: { perm: 2 }, after: { perm: 6, readQueues: 1 } }] });
  const { outcomes } = await planned(server.client).updateTopic({ instanceId, topic: name, perm: 6 });
  expect(outcomes).toMatchObject([{ target: "broker-a", ok: true }]);
  await untilListed(group, 1);
});

test("a message that a Java client gave up in order tells no birth of its own, and leads to the original all the same", async () => {
  const group = await groupOf("in_order");
  const ordered = await createTestTopic(cluster, { topic: `${unique}_ordered`, readQueueNums: 1, writeQueueNums: 1 });
  const clients = new Clients(oracle, namesrvAddrs);
  const producer = await clients.producer(`${unique}_producer`);
  const sent = await producer.send({ topic: ordered, body: "x", tags: "FAIL" }, { topic: ordered, ...QUEUE });
  const consumer = await clients.consumer({
    group,
    topics: { [ordered]: "*" },
    listener: "Orderly",
    properties: { maxReconsumeTimes: 1, suspendCurrentQueueTimeMillis: 10 },
  });
  const [letter] = (await untilListed(group, 1)).items;
  await consumer.stop();
  if (letter === undefined) throw new Error("no dead letter");
  expect(letter.origin).toEqual({ topic: ordered, msgId: sent.msgId, offsetMsgId: null, bornAt: null, bornHost: null });
  const found = await eventually("the index has the original", async () => {
    const original = await letters.original({ instanceId, ...placed(letter) });
    return original.place === null ? undefined : original;
  });
  expect(found.place).toEqual({ topic: ordered, ...QUEUE, queueOffset: "0" });
});

/** Pops a message, lets it come again by way of the retry topic, and gives it up. Answers the retry topic. */
async function giveUpPopped(group: string, of: string): Promise<string> {
  const before = new Set(await topicNames(cluster));
  const { msgId } = await new Producer(cluster).send({ topic: of, body: Buffer.from("x"), queue: { ...QUEUE } });
  const broker = { addr, brokerName: QUEUE.brokerName };
  await eventually("it is popped", async () => {
    const came = await pop(cluster, broker, { group, topic: of, invisibleMs: 1000 });
    return came.find((one) => one.msgId === msgId);
  });
  const again = await eventually("it comes again", async () => {
    const came = await pop(cluster, broker, { group, topic: of, invisibleMs: 60_000 });
    return came.find((one) => one.msgId === msgId && one.reconsumeTimes === 1);
  });
  await giveUp(cluster, addr, group, { topic: of, msgId, physicalOffset: again.physicalOffset });
  return eventually("the retry topic is known", async () => {
    const names = await topicNames(cluster);
    return names.find((name) => name.startsWith("%RETRY%") && !before.has(name) && name.endsWith(of));
  });
}

test("the retry topics of popped messages, of both versions, belong to one group each, whatever is in its name", async () => {
  const groups = [await groupOf("a"), await groupOf("a_b"), await groupOf("a_b_c")] as const;
  const of = await createTestTopic(cluster, { topic: `${unique}_b_x_y`, readQueueNums: 1, writeQueueNums: 1 });
  const useVersion2 = (on: boolean) =>
    cluster.call(brokerRpc.updateBrokerConfig, addr, {}, { body: { enableRetryTopicV2: String(on) } });
  const first = await giveUpPopped(groups[0], of);
  expect(first).toBe(`%RETRY%${groups[0]}_${of}`);
  await useVersion2(true);
  let second: string;
  try {
    second = await giveUpPopped(groups[1], of);
  } finally {
    await useVersion2(false);
  }
  expect(second).toBe(`%RETRY%${groups[1]}+${of}`);
  expect(await ownerOfTopic(cluster, first)).toBe(groups[0]);
  expect(await ownerOfTopic(cluster, second)).toBe(groups[1]);
  expect(await ownerOfTopic(cluster, `%RETRY%${groups[2]}`)).toBe(groups[2]);
  const names = async (name: string) => (await server.client.message.groupNames({ instanceId, topic: name })).names;
  expect(await names(first)).toEqual([groups[0]]);
  expect(await names(second)).toEqual([groups[1]]);
  for (const group of [groups[0], groups[1]]) {
    const [letter] = (await untilListed(group, 1)).items;
    if (letter === undefined) throw new Error("no dead letter");
    expect(letter.origin).toMatchObject({ topic: of, offsetMsgId: null, bornHost: null });
    expect(letter.realTopic).toBe(of);
    const found = await eventually("the index has the original", async () => {
      const original = await letters.original({ instanceId, ...placed(letter) });
      return original.place === null ? undefined : original;
    });
    expect(found.place?.topic).toBe(of);
  }
});

test("groups with the most dead letters are offered first", async () => {
  const [two, one] = [await groupOf("has_two"), await groupOf("has_one")];
  for (const [group, body] of [
    [two, "order-5"],
    [two, "order-6"],
    [one, "order-7"],
  ] as const)
    await failing(group, body);
  const found = await eventually("the sweep saw them", async () => {
    await server.deps.stats.topics(instanceId, { maxAgeMs: 0 });
    const { items } = await letters.groups({ instanceId, search: `${unique}_has` });
    return items[0]?.deadLetters === "2" && items[1]?.deadLetters === "1" ? items : undefined;
  });
  expect(found.map(({ group }) => group)).toEqual([two, one]);
});
