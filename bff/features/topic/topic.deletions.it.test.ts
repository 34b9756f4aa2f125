import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { createTopics, routedBy, topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { jsonBody, none, rpc } from "../../rocketmq/rpc/rpc.ts";
import { topicRpc } from "../../rocketmq/rpc/topic.ts";
import { str } from "../../rocketmq/codec/shape.ts";
import { joinAsConsumer, joinAsProducer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { untilInQueues } from "../../testing/test-topic.ts";
import { openTopicScene, type TopicScene } from "../../testing/topic-scene.ts";
import { planned } from "../../testing/planned.ts";

let scene: TopicScene;
let server: TopicScene["server"];
let cluster: RocketMQCluster;
let instanceId: string;
const named = (name: string) => scene.named(name);
const create: TopicScene["create"] = (topic, more) => scene.create(topic, more);
const onBrokers = (topic: string) => scene.onBrokers(topic);

beforeAll(async () => {
  scene = await openTopicScene("deletions");
  ({ server, cluster, instanceId } = scene);
});

afterAll(() => scene.close());

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
