import { readSheet } from "read-excel-file/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { createTopics, routedBy, topicConfigs, writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { namesrvRpc } from "../../rocketmq/rpc/namesrv.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { jsonBody, none, rpc } from "../../rocketmq/rpc/rpc.ts";
import { topicRpc } from "../../rocketmq/rpc/topic.ts";
import { str } from "../../rocketmq/codec/shape.ts";
import { joinAsConsumer, joinAsProducer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { untilInQueues, untilRouted } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
const unique = `t${Date.now().toString(36)}`;
const named = (name: string) => `${unique}-${name}`;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "topics", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const base = { messageType: "NORMAL", queues: 4, perm: 6 } as const;
type Create = Parameters<TestServer["client"]["topic"]["planCreate"]>[0];

/** Creates a topic and waits until the name servers, who tell lists and producers of it, know it. */
async function create(topic: string, more: Partial<Create> = {}) {
  const input: Create = { instanceId, topic, brokers: ["broker-a", "broker-b"], ...base, ...more };
  const created = await planned(server.client).createTopic(input);
  await untilRouted(cluster, topic, input.brokers.length);
  return created;
}

async function onBrokers(topic: string) {
  const { items } = await topicConfigs(cluster, [topic]);
  return Object.fromEntries(items.map(({ target, value }) => [target.brokerName, value.get(topic)]));
}

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
  const plan = await server.client.topic.planCreate({ instanceId, topic, brokers: ["broker-b"], ...base });
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

test("a topic in use is not deleted, and who uses it is told", async () => {
  const topic = named("used");
  await create(topic);
  const clients = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    const leaveProducer = await joinAsProducer(clients, named("PG-used"));
    await new Producer(clients, { group: named("PG-used") }).send({ topic, body: Buffer.from("x") });
    await untilInQueues(cluster, topic, 1);
    const leaveConsumer = await joinAsConsumer(clients, named("CG-used"), topic);

    const plan = await server.client.topic.planDelete({ instanceId, topic });
    expect(plan.blocked).toBe("STILL_IN_USE");
    expect(plan.users.map((user) => [user.role, user.group])).toEqual([
      ["producer", named("PG-used")],
      ["consumer", named("CG-used")],
    ]);
    const refused = await problemOf(planned(server.client).deleteTopic({ instanceId, topic, name: topic }));
    expect(refused.code).toBe("STILL_IN_USE");
    expect(refused.data.params?.["users"]).toContain(named("CG-used"));
    expect((await onBrokers(topic))["broker-a"]).toBeDefined();

    await leaveConsumer();
    await leaveProducer();
  } finally {
    clients.close();
  }
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan.blocked).toBeNull();
  expect(plan.warnings.map((w) => w.key)).toEqual(expect.arrayContaining(["messagesLost", "recentSender"]));
  const { outcomes } = await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect(outcomes.map((o) => o.target)).toEqual(expect.arrayContaining(["broker-a", "broker-a:1", "broker-b"]));
  expect(await onBrokers(topic)).toEqual({ "broker-a": undefined, "broker-b": undefined });
  expect((await problemOf(server.client.topic.get({ instanceId, topic }))).code).toBe("TOPIC_NOT_EXIST");
});

test("a deletion needs the name once more, and RocketMQ's own topics stay", async () => {
  const topic = named("kept");
  await create(topic);
  expect((await problemOf(planned(server.client).deleteTopic({ instanceId, topic, name: "other" }))).code).toBe(
    "BAD_REQUEST",
  );
  const system = "SCHEDULE_TOPIC_XXXX";
  const refused = await problemOf(planned(server.client).deleteTopic({ instanceId, topic: system, name: system }));
  expect(refused.code).toBe("SYSTEM_RESOURCE");
});

test("several topics are deleted as planned: one that is in use stays, and one that got messages since", async () => {
  const topics = ["many-1", "many-2", "many-3"].map(named);
  for (const topic of topics) await create(topic, { queues: 1 });
  const clients = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    await joinAsConsumer(clients, named("CG-many"), named("many-2"));
    await new Producer(cluster, { group: named("PG-many") }).send({ topic: named("many-1"), body: Buffer.from("x") });
    await untilInQueues(cluster, named("many-1"), 1);
    const { planId, changes } = await server.client.topic.planDeleteMany({ instanceId, topics });
    expect(changes.map(({ topic, stored, blocked }) => [topic, stored, blocked])).toEqual([
      [named("many-1"), "1", null],
      [named("many-2"), "0", "STILL_IN_USE"],
      [named("many-3"), "0", null],
    ]);
    expect(changes[1]?.users.map(({ group }) => group)).toEqual([named("CG-many")]);
    await new Producer(cluster, { group: named("PG-many") }).send({ topic: named("many-3"), body: Buffer.from("x") });
    await untilInQueues(cluster, named("many-3"), 1);
    const { jobId } = await server.client.topic.deleteMany({ instanceId, planId, count: 2 });
    await vi.waitFor(async () => expect((await server.client.job.get({ jobId })).state).toBe("partial"), 20_000);
    const rows = await server.client.job.rows({ jobId });
    expect(rows.items.map((row) => [row.key, row.state, row.code])).toEqual([
      [named("many-1"), "ok", "lost"],
      [named("many-3"), "failed", "outgrew"],
    ]);
    expect((await onBrokers(named("many-3")))["broker-a"]).toBeDefined();
    expect((await onBrokers(named("many-2")))["broker-a"]).toBeDefined();
    expect((await onBrokers(named("many-1")))["broker-a"]).toBeUndefined();
  } finally {
    clients.close();
  }
});

test("all topics that a filter shows are planned, exported and deleted at once, more than a thousand of them", async () => {
  const prefix = named("bulk");
  const names = Array.from({ length: 1200 }, (_, n) => `${prefix}-${n}`);
  const { targets } = await cluster.masters();
  const settings = { readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
  const writes = names.map((topic) => ({ topic, ...settings }));
  for (const { addr } of targets) await createTopics(cluster, addr, writes);
  await create(named("other"));
  const filter = { instanceId, search: prefix.toUpperCase(), kind: "normal" } as const;
  const file = await (await server.client.topic.export({ ...filter, format: "csv" })).text();
  expect(file.split("\r\n").filter((line) => line.startsWith(prefix))).toHaveLength(names.length);
  const { planId, changes, more } = await server.client.topic.planDeleteMany(filter);
  expect(changes.map(({ topic }) => topic).toSorted()).toEqual(names.toSorted());
  expect(more).toBe(0);
  const { jobId } = await server.client.topic.deleteMany({ instanceId, planId, count: names.length });
  await vi.waitFor(async () => expect((await server.client.job.get({ jobId })).finishedAt).not.toBeNull(), 150_000);
  expect(await server.client.job.get({ jobId })).toMatchObject({ state: "succeeded", ok: names.length });
  const { items } = await topicConfigs(cluster, [...names, named("other")]);
  for (const { value } of items) expect([...value.keys()]).toEqual([named("other")]);
}, 180_000);

test("a topic that only name servers know is shown as such, opens, and its route is deleted by plan", async () => {
  const topic = named("ghost");
  await create(topic);
  const { targets } = await cluster.masters();
  for (const { addr } of targets) await cluster.call(topicRpc.deleteTopicInBroker, addr, { topic });
  for (const sort of ["topic", "writeQueues"] as const) {
    const [listed] = (await server.client.topic.list({ instanceId, search: topic, sort, fresh: true })).items;
    expect(listed).toMatchObject({ topic, routeOnly: true, brokers: [], perm: null, readQueues: null });
  }
  expect(await server.client.topic.get({ instanceId, topic })).toMatchObject({ routeOnly: true, stored: "0" });
  expect((await server.client.topic.queues({ instanceId, topic })).items).toEqual([]);
  expect((await server.client.topic.config({ instanceId, topic })).items).toEqual([]);
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan).toMatchObject({ blocked: null, changes: [], routes: cluster.namesrvAddrs });
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect((await routedBy(cluster, topic)).namesrvs).toEqual([]);
  expect((await problemOf(server.client.topic.get({ instanceId, topic }))).code).toBe("TOPIC_NOT_EXIST");
});

const registerTopicInNamesrv = rpc({
  code: 217,
  to: "namesrv",
  header: { topic: str },
  body: jsonBody,
  response: none,
});

/** Tells the name servers of a topic as a broker does that was just about to while it was deleted. */
async function registrationOf(topic: string): Promise<() => Promise<void>> {
  const { queueDatas, brokerDatas } = await cluster.route(topic, { fresh: true });
  const brokers = brokerDatas.map(({ brokerAddrs, ...data }) => ({
    ...data,
    brokerAddrs: Object.fromEntries(brokerAddrs),
  }));
  return async () => {
    for (const addr of cluster.namesrvAddrs) {
      await cluster.call(registerTopicInNamesrv, addr, { topic }, { body: { queueDatas, brokerDatas: brokers } });
    }
    expect((await routedBy(cluster, topic)).namesrvs).toEqual(cluster.namesrvAddrs);
  };
}

const untilNoRoute = (topic: string) =>
  vi.waitFor(async () => expect((await routedBy(cluster, topic)).namesrvs).toEqual([]), {
    timeout: 30_000,
    interval: 200,
  });

test("a route that a broker's late registration brings back after a deletion is deleted again", async () => {
  const topic = named("back-again");
  await create(topic);
  const register = await registrationOf(topic);
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  await register();
  await untilNoRoute(topic);
});

test("of many that are deleted, one whose route came back is deleted again, and its row says so", async () => {
  const topics = [named("routes-back"), named("routes-stay")];
  for (const topic of topics) await create(topic);
  const [back = ""] = topics;
  const register = await registrationOf(back);
  const { planId } = await server.client.topic.planDeleteMany({ instanceId, topics });
  const { jobId } = await server.client.topic.deleteMany({ instanceId, planId, count: 2 });
  await untilNoRoute(back);
  await register();
  const job = await vi.waitFor(
    async () => {
      const got = await server.client.job.get({ jobId });
      expect(got.finishedAt).not.toBeNull();
      return got;
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(job).toMatchObject({ state: "succeeded", ok: 2 });
  const rows = (await server.client.job.rows({ jobId })).items;
  expect(rows.map(({ key, state, code }) => [key, state, code])).toEqual([
    [back, "ok", "cameBack"],
    [topics[1], "ok", undefined],
  ]);
  expect((await routedBy(cluster, back)).namesrvs).toEqual([]);
  const listed = await server.client.topic.list({ instanceId, search: named("routes-"), fresh: true });
  expect(listed.items).toEqual([]);
});

test("a topic with fewer read than write queues shows what cannot be read, and can be deleted", async () => {
  const topic = named("shrunk");
  await create(topic, { brokers: ["broker-a"] });
  const producer = new Producer(cluster, { group: named("PG-shrunk") });
  for (let n = 0; n < 8; n++) {
    await producer.send({ topic, body: Buffer.from("x"), queue: { brokerName: "broker-a", queueId: n % 4 } });
  }
  await untilInQueues(cluster, topic, 8);
  await planned(server.client).updateTopic({ instanceId, topic, readQueues: 2 });
  const producers = await server.client.topic.producers({ instanceId, topic });
  expect(producers).toMatchObject({ failures: [], unreadable: "4" });
  expect(producers.items).toHaveLength(1);
  const queues = await server.client.topic.queues({ instanceId, topic });
  expect(queues.items.map(({ readable }) => readable)).toEqual([true, true, false, false]);
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan).toMatchObject({ blocked: null, failures: [], stored: "8" });
  expect(plan.warnings.map(({ key }) => key)).toContain("unreadableRecent");
  const { outcomes } = await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
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
