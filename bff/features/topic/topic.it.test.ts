import { readSheet } from "read-excel-file/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { namesrvRpc } from "../../rocketmq/rpc/namesrv.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { untilInQueues } from "../../testing/test-topic.ts";
import { openTopicScene, usualTopic, type TopicScene } from "../../testing/topic-scene.ts";
import { planned } from "../../testing/planned.ts";

let scene: TopicScene;
let server: TopicScene["server"];
let cluster: RocketMQCluster;
let instanceId: string;
const named = (name: string) => scene.named(name);
const create: TopicScene["create"] = (topic, more) => scene.create(topic, more);
const onBrokers = (topic: string) => scene.onBrokers(topic);

beforeAll(async () => {
  scene = await openTopicScene("topics");
  ({ server, cluster, instanceId } = scene);
});

afterAll(() => scene.close());

test("a created topic is on the chosen brokers with what was chosen", async () => {
  const topic = named("created");
  const { outcomes } = await create(topic, { messageType: "DELAY", queues: 3, perm: 4, remark: "for tests" });
  expect(outcomes).toEqual([
    { target: "broker-a", ok: true },
    { target: "broker-b", ok: true },
  ]);
  const found = await onBrokers(topic);
  for (const name of ["broker-a", "broker-b"]) {
    expect(found[name]).toMatchObject({ readQueueNums: 3, writeQueueNums: 3, perm: 4, order: false });
    expect(found[name]?.attributes.get("message.type")).toBe("DELAY");
  }
  const { items } = await server.client.topic.list({ instanceId, search: topic });
  expect(items).toMatchObject([
    { topic, kind: "normal", readQueues: 6, perm: 4, messageType: "DELAY", remark: "for tests", differs: false },
  ]);
});

test("a strictly ordered topic has one queue on one broker, and the name servers know it", async () => {
  const topic = named("ordered");
  const refused = await problemOf(create(topic, { messageType: "FIFO", order: true }));
  expect(refused.code).toBe("BAD_REQUEST");
  expect(refused.data.issues).toEqual(
    expect.arrayContaining([
      { path: "queues", message: "order.oneQueue" },
      { path: "brokers", message: "order.oneBroker" },
    ]),
  );
  await create(topic, { messageType: "FIFO", order: true, queues: 1, brokers: ["broker-b"] });
  expect(await onBrokers(topic)).toMatchObject({
    "broker-a": undefined,
    "broker-b": { order: true, writeQueueNums: 1 },
  });
  const conf = await cluster.callNamesrv(namesrvRpc.getKvConfig, { namespace: "ORDER_TOPIC_CONFIG", key: topic });
  expect(conf.value).toBe("broker-b:1");
});

test.each([
  ["a name with a space", { topic: "a b" }, { path: "topic", message: "name.characters" }],
  ["a name of one letter", { topic: "a" }, { path: "topic", message: "name.tooShort" }],
  ["a name of 65 letters", { topic: "a".repeat(65) }, { path: "topic", message: "name.tooLong" }],
  ["a name of RocketMQ's own", { topic: "TBW102" }, { path: "topic", message: "name.reserved" }],
  ["a remark of 501 letters", { remark: "r".repeat(501) }, { path: "remark", message: "remark.tooLong" }],
  ["no queue", { queues: 0 }, { path: "queues", message: "queues.range" }],
  ["more queues than the setting allows", { queues: 9 }, { path: "queues", message: "queues.tooMany" }],
  ["a broker that does not exist", { brokers: ["broker-x"] }, { path: "brokers", message: "brokers.unknown" }],
])("%s is refused where it belongs", async (_, wrong, issue) => {
  const { code, data } = await problemOf(create(named("refused"), wrong));
  expect(code).toBe("BAD_REQUEST");
  expect(data.issues).toEqual([issue]);
  expect(await onBrokers(named("refused"))).toEqual({ "broker-a": undefined, "broker-b": undefined });
});

test("a topic that exists is not created again", async () => {
  const topic = named("twice");
  await create(topic, { brokers: ["broker-a"] });
  const plan = await server.client.topic.planCreate({ instanceId, topic, brokers: ["broker-b"], ...usualTopic });
  expect(plan.blocked).toBe("TOPIC_EXISTS");
  expect((await problemOf(create(topic, { brokers: ["broker-b"] }))).code).toBe("TOPIC_EXISTS");
  expect((await onBrokers(topic))["broker-b"]).toBeUndefined();
});

test("an update changes what was named and keeps the rest at each broker", async () => {
  const topic = named("updated");
  await create(topic, { messageType: "FIFO" });
  const addr = (await cluster.masters()).targets.find((target) => target.brokerName === "broker-b")?.addr ?? "";
  await writeTopic(cluster, addr, { topic, readQueueNums: 6, writeQueueNums: 6, perm: 6, order: false });
  const [listed] = (await server.client.topic.list({ instanceId, search: topic, fresh: true })).items;
  expect(listed?.differs).toBe(true);

  const plan = await server.client.topic.planUpdate({ instanceId, topic, readQueues: 2, writeQueues: 2 });
  expect(plan.changes.map((c) => [c.brokerName, c.before?.readQueues, c.after?.readQueues])).toEqual([
    ["broker-a", 4, 2],
    ["broker-b", 6, 2],
  ]);
  expect(plan.warnings.filter((w) => w.key === "shrinksRead")).toHaveLength(2);
  const { outcomes } = await planned(server.client).updateTopic({
    instanceId,
    topic,
    writeQueues: 2,
    perm: 2,
    remark: "new",
  });
  expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  const found = await onBrokers(topic);
  expect(found["broker-a"]).toMatchObject({ readQueueNums: 4, writeQueueNums: 2, perm: 2 });
  expect(found["broker-b"]).toMatchObject({ readQueueNums: 6, writeQueueNums: 2, perm: 2 });
  expect(found["broker-a"]?.attributes.get("message.type")).toBe("FIFO");
  expect((await server.client.topic.get({ instanceId, topic })).remark).toBe("new");
});

test("the detail counts what was sent, queue by queue", async () => {
  const topic = named("counted");
  await create(topic, { queues: 2 });
  const startOfTest = Date.now() - 60_000;
  const producer = new Producer(cluster, { group: named("PG") });
  for (let n = 0; n < 12; n++) {
    await producer.send({ topic, body: Buffer.from(`m${n}`), queue: { brokerName: "broker-a", queueId: n % 2 } });
  }
  await untilInQueues(cluster, topic, 12);
  const detail = await server.client.topic.get({ instanceId, topic, since: startOfTest });
  expect(detail).toMatchObject({ producedSince: "12", historical: "12", stored: "12" });
  expect((await server.client.topic.get({ instanceId, topic, since: Date.now() + 60_000 })).producedSince).toBe("0");
  const queues = await server.client.topic.queues({ instanceId, topic });
  expect(queues.items.map((q) => [q.brokerName, q.queueId, q.minOffset, q.maxOffset])).toEqual([
    ["broker-a", 0, "0", "6"],
    ["broker-a", 1, "0", "6"],
    ["broker-b", 0, "0", "0"],
    ["broker-b", 1, "0", "0"],
  ]);
  const route = await server.client.topic.route({ instanceId, topic });
  expect(route.items.map((r) => [r.brokerName, r.addrs.map((a) => a.role)])).toEqual([
    ["broker-a", ["master", "slave"]],
    ["broker-b", ["master"]],
  ]);
  const config = await server.client.topic.config({ instanceId, topic });
  expect(config.items[0]?.values).toMatchObject({ perm: "6", "attributes.message.type": "NORMAL" });
});

test("the groups of a topic show how far they are", async () => {
  const topic = named("grouped");
  await create(topic, { queues: 1, brokers: ["broker-a"] });
  const producer = new Producer(cluster, { group: named("PG-grouped") });
  for (let n = 0; n < 5; n++) await producer.send({ topic, body: Buffer.from("x") });
  await untilInQueues(cluster, topic, 5);
  const clients = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    await joinAsConsumer(clients, named("CG-grouped"), topic);
    const addr = (await cluster.masters()).targets.find((target) => target.brokerName === "broker-a")?.addr ?? "";
    const consumerGroup = named("CG-grouped");
    await cluster.call(offsetRpc.updateConsumerOffset, addr, { consumerGroup, topic, queueId: 0, commitOffset: 3n });
    const { items } = await server.client.topic.groups({ instanceId, topic });
    expect(items).toMatchObject([
      { group: consumerGroup, clients: 1, messageModel: "CLUSTERING", consumed: "3", lag: "2", consumed24h: "3" },
    ]);
  } finally {
    clients.close();
  }
});

test("the list is paged, sorted and filtered by the server", async () => {
  const names = Array.from({ length: 5 }, (_, n) => named(`page-${n}`));
  for (const [n, topic] of names.entries()) await create(topic, { queues: n + 1, brokers: ["broker-b"] });
  const search = named("page-").toUpperCase();
  const page = await server.client.topic.list({ instanceId, search, page: 2, pageSize: 2, order: "desc" });
  expect(page).toMatchObject({ total: 5, failures: [] });
  expect(page.items.map((item) => item.topic)).toEqual([names[2], names[1]]);
  const byQueues = await server.client.topic.list({ instanceId, search, sort: "writeQueues", order: "desc" });
  expect(byQueues.items.map((item) => item.writeQueues)).toEqual([5, 4, 3, 2, 1]);
  expect((await server.client.topic.list({ instanceId, search, broker: "broker-a" })).total).toBe(0);
  expect((await server.client.topic.list({ instanceId, search, messageType: "FIFO" })).total).toBe(0);
  const system = await server.client.topic.list({ instanceId, kind: "system", pageSize: 200 });
  expect(system.items.map((item) => item.topic)).toEqual(expect.arrayContaining(["TBW102", "broker-a"]));
  const suggested = await server.client.topic.suggest({ instanceId, search: named("page"), limit: 3 });
  expect(suggested).toEqual(names.slice(0, 3));
  const byLag = await server.client.topic.list({ instanceId, search, sort: "lag", order: "desc" });
  expect(byLag.items).toHaveLength(5);
});

test("an export has the columns of the import first, and a byte order mark", async () => {
  const topic = named("exported");
  await create(topic, { messageType: "FIFO", remark: "=1+1" });
  const file = await server.client.topic.export({ instanceId, topics: [topic] });
  expect(file.name).toBe("topics.csv");
  const text = Buffer.from(await file.arrayBuffer()).toString("utf8");
  expect(text.startsWith("\uFEFFTopicName,QueueNums,Perm,MessageType,Order,")).toBe(true);
  expect(text).toContain(`${topic},4,6,FIFO,false,`);
  expect(text).toContain("'=1+1");
});

test("an export as a workbook says the same, numbers as numbers and text as text", async () => {
  const topic = named("workbook");
  const remark = '=HYPERLINK("http://127.0.0.1") \u0007bell\nand more';
  await create(topic, { remark });
  const file = await server.client.topic.export({ instanceId, search: topic, format: "xlsx" });
  expect(file.name).toBe("topics.xlsx");
  const bytes = Buffer.from(await file.arrayBuffer());
  const [head = [], row = [], ...others] = await readSheet(bytes);
  expect(others).toEqual([]);
  expect(head.slice(0, 5)).toEqual(["TopicName", "QueueNums", "Perm", "MessageType", "Order"]);
  expect(row.slice(0, 5)).toEqual([topic, 4, 6, "NORMAL", "false"]);
  expect(row[head.indexOf("BrokerName")]).toBe("broker-a;broker-b");
  expect(row[head.indexOf("Remark")]).toBe(remark.replace("\u0007", ""));
});
