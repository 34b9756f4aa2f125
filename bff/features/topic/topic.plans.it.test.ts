import { afterAll, beforeAll, expect, test } from "vitest";
import { TopicPlan } from "#contract/topic.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { openTopicScene, usualTopic, type TopicScene } from "../../testing/topic-scene.ts";

let scene: TopicScene;
let server: TopicScene["server"];
let cluster: RocketMQCluster;
let instanceId: string;
const named = (name: string) => scene.named(name);
const create: TopicScene["create"] = (topic, more) => scene.create(topic, more);
const onBrokers = (topic: string) => scene.onBrokers(topic);

beforeAll(async () => {
  scene = await openTopicScene("topic plans");
  ({ server, cluster, instanceId } = scene);
});

afterAll(() => scene.close());

test("a plan says what changes where, and changes nothing", async () => {
  const topic = named("plan");
  const plan = await server.client.topic.planCreate({ instanceId, topic, brokers: ["broker-a"], ...usualTopic });
  expect(plan).toMatchObject({
    blocked: null,
    changes: [{ brokerName: "broker-a", change: "create", before: null, after: { readQueues: 4, perm: 6 } }],
  });
  expect(plan.commands[0]).toMatch(
    /^mqadmin updateTopic -n .+ -b .+ -t \S+-plan -r 4 -w 4 -p 6 -a \+message\.type=NORMAL$/,
  );
  expect(await onBrokers(topic)).toEqual({ "broker-a": undefined, "broker-b": undefined });
});

test("a plan that a broker no longer bears out is refused with the plan of now, and writes nothing", async () => {
  const topic = named("stale");
  await create(topic);
  const { client } = server;
  const { planId } = await client.topic.planUpdate({ instanceId, topic, writeQueues: 2 });
  const addr = (await cluster.masters()).targets.find((target) => target.brokerName === "broker-b")?.addr ?? "";
  await writeTopic(cluster, addr, { topic, readQueueNums: 4, writeQueueNums: 3, perm: 6, order: false });
  const { code, data } = await problemOf(client.topic.update({ instanceId, topic, planId }));
  expect(code).toBe("PLAN_STALE");
  expect(await onBrokers(topic)).toMatchObject({
    "broker-a": { writeQueueNums: 4 },
    "broker-b": { writeQueueNums: 3 },
  });
  const now = TopicPlan.parse(data.plan);
  expect(now.changes.map(({ before, after }) => [before?.writeQueues, after?.writeQueues])).toEqual([
    [4, 2],
    [3, 2],
  ]);
  const { outcomes, undo } = await client.topic.update({ instanceId, topic, planId: now.planId });
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  expect(await onBrokers(topic)).toMatchObject({
    "broker-a": { writeQueueNums: 2 },
    "broker-b": { writeQueueNums: 2 },
  });

  const back = await client.topic.planUndo({ instanceId, topic, undo: undo ?? "" });
  await client.topic.update({ instanceId, topic, planId: back.planId });
  expect(await onBrokers(topic)).toMatchObject({
    "broker-a": { writeQueueNums: 4 },
    "broker-b": { writeQueueNums: 3 },
  });
});

test("who uses a topic is asked apart from what changes", async () => {
  const topic = named("users");
  await create(topic);
  expect(await server.client.topic.users({ instanceId, topic })).toMatchObject({ users: [], failures: [] });
  const clients = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    await joinAsConsumer(clients, named("CG-users"), topic);
    const { users } = await server.client.topic.users({ instanceId, topic });
    expect(users).toMatchObject([{ role: "consumer", group: named("CG-users") }]);
    expect((await server.client.topic.planUpdate({ instanceId, topic, perm: 4 })).blocked).toBeNull();
  } finally {
    clients.close();
  }
});
