import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { committedAt } from "../../rocketmq/admin/queue-offsets.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
const named = (name: string) => `reset-${Date.now().toString(36)}-${name}`;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "offsets", namesrvAddrs })).id;
});
afterAll(async () => {
  cluster.close();
  await server.stop();
});

const addrOf = async (brokerName: string) =>
  (await cluster.masters()).targets.find((target) => target.brokerName === brokerName)?.addr ?? "";

const queues = [
  { brokerName: "broker-a", queueId: 0 },
  { brokerName: "broker-a", queueId: 1 },
  { brokerName: "broker-b", queueId: 0 },
  { brokerName: "broker-b", queueId: 1 },
] as const;
type Queue = (typeof queues)[number];

interface Place {
  topic: string;
  group: string;
}

/** Offsets of the group in the queues above, as the brokers say. */
const committed = ({ topic, group }: Place, queue: Queue = queues[0]) =>
  addrOf(queue.brokerName).then((addr) => committedAt(cluster, addr, { topic, queueId: queue.queueId }, group));
const allCommitted = (place: Place) =>
  Promise.all(queues.map(async (queue) => (await committed(place, queue))?.toString()));

async function commit({ topic, group }: Place, offset: bigint, at: readonly Queue[] = queues): Promise<void> {
  for (const { brokerName, queueId } of at) {
    const header = { consumerGroup: group, topic, queueId, commitOffset: offset };
    await cluster.call(offsetRpc.updateConsumerOffset, await addrOf(brokerName), header);
  }
}

/** A topic with six messages in each of the queues but the last, which is empty; between the third and the fourth is the time told. */
async function place(name: string): Promise<Place & { between: number }> {
  const [topic, group] = [named(name), named(`${name}-g`)];
  await createTestTopic(cluster, { topic, readQueueNums: 2, writeQueueNums: 2 });
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const producer = new Producer(cluster, { group: named("PG") });
  const send = async () => {
    for (const queue of queues.slice(0, 3))
      for (let n = 0; n < 3; n++) await producer.send({ topic, body: Buffer.from(`m${n}`), queue });
  };
  await send();
  await untilInQueues(cluster, topic, 9);
  await pause(5);
  const between = Date.now();
  await pause(5);
  await send();
  await untilInQueues(cluster, topic, 18);
  return { topic, group, between };
}

type To = Omit<Parameters<TestServer["client"]["offset"]["planReset"]>[0], "instanceId" | "topic" | "group">;

async function reset({ topic, group }: Place, to: To) {
  const plan = await server.client.offset.planReset({ instanceId, topic, group, ...to });
  return { plan, ...(await server.client.offset.reset({ instanceId, topic, group, planId: plan.planId })) };
}

test("a time, the ends, one queue and another group: what was shown is where each queue then is, and can be taken back", async () => {
  const at = await place("ways");
  const never = await server.client.offset.planReset({ instanceId, ...at, to: "latest" });
  expect(never.changes.map(({ change, before, after }) => [change, before, after])).toEqual([
    ["first", null, "6"],
    ["first", null, "6"],
    ["first", null, "6"],
    ["first", null, "0"],
  ]);
  await commit(at, 0n);

  const time = await reset(at, { to: "time", time: at.between });
  expect(time.plan).toMatchObject({ skipped: "9", replayed: "0", blocked: null });
  expect(time.outcomes.map(({ ok, says }) => [ok, says])).toEqual([
    [true, "3"],
    [true, "3"],
    [true, "3"],
  ]);
  expect(await allCommitted(at)).toEqual(["3", "3", "3", "0"]);

  const latest = await reset(at, { to: "latest" });
  expect(latest.plan).toMatchObject({ skipped: "9" });
  expect(await allCommitted(at)).toEqual(["6", "6", "6", "0"]);

  const earliest = await reset(at, { to: "earliest" });
  expect(earliest.plan).toMatchObject({ skipped: "0", replayed: "18" });
  expect(await allCommitted(at)).toEqual(["0", "0", "0", "0"]);

  const one = await reset(at, { to: "offset", queue: { brokerName: "broker-b", queueId: 0, offset: "2" } });
  expect(one.plan.warnings.map(({ key }) => key)).toContain("queuesStay");
  expect(await allCommitted(at)).toEqual(["0", "0", "2", "0"]);

  const other = { topic: at.topic, group: named("copy-g") };
  await writeGroupEverywhere(cluster, { groupName: other.group, patch: {} });
  await reset(other, { to: "group", fromGroup: at.group });
  expect(await allCommitted(other)).toEqual(["0", "0", "2", "0"]);

  const back = await server.client.offset.planUndo({ instanceId, ...at, undo: earliest.undo ?? "" });
  expect(back).toMatchObject({ skipped: "16" });
  await server.client.offset.reset({ instanceId, ...at, planId: back.planId });
  expect(await allCommitted(at)).toEqual(["6", "6", "6", "0"]);
});

test("a time before all that is kept is the earliest, and one to come the latest", async () => {
  const at = await place("edges");
  await commit(at, 3n);
  await reset(at, { to: "time", time: 0 });
  expect(await allCommitted(at)).toEqual(["0", "0", "0", "0"]);
  await reset(at, { to: "time", time: Date.now() + 86_400_000 });
  expect(await allCommitted(at)).toEqual(["6", "6", "6", "0"]);
  const span = await server.client.offset.span({ instanceId, topic: at.topic });
  expect(span.earliest).toBeLessThan(at.between);
  expect(span.latest).toBeGreaterThan(at.between);
});

test("a plan that the group has meanwhile outrun is refused, and one that it only came nearer to is not", async () => {
  const at = await place("outrun");
  await commit(at, 0n);
  const { planId } = await server.client.offset.planReset({ instanceId, ...at, to: "time", time: at.between });
  await commit(at, 4n);
  const { code } = await problemOf(server.client.offset.reset({ instanceId, ...at, planId }));
  expect(code).toBe("PLAN_STALE");
  expect(await committed(at)).toBe(4n);
  const skip = await server.client.offset.planReset({ instanceId, ...at, to: "latest" });
  await commit(at, 5n);
  const { undo } = await server.client.offset.reset({ instanceId, ...at, planId: skip.planId });
  expect(await committed(at)).toBe(6n);

  const back = await server.client.offset.planUndo({ instanceId, ...at, undo: undo ?? "" });
  await server.client.offset.reset({ instanceId, ...at, planId: back.planId });
  expect(await committed(at), "where it was when it was applied, not when it was shown").toBe(5n);
});

test("a reset is taken back while clients catch up: who went past where they were is left there, and nothing is consumed once more", async () => {
  const at = await place("caught-up");
  const full = queues.slice(0, 3);
  await commit(at, 3n, full);
  const { undo } = await reset(at, { to: "earliest" });
  const pulled = new PullConsumer(cluster);
  // A broker heeds no offset of a client that has not yet been told of the reset.
  for (const queue of full) await pulled.pull({ topic: at.topic, ...queue }, 3n, { group: at.group });
  await commit(at, 1n, full);
  const back = await server.client.offset.planUndo({ instanceId, ...at, undo: undo ?? "" });
  expect(back.changes.map(({ change, before, after }) => [change, before, after])).toEqual(
    full.map(() => ["skip", "1", "3"]),
  );
  await commit(at, 5n, [queues[0]]);
  const { outcomes } = await server.client.offset.reset({ instanceId, ...at, planId: back.planId });
  expect(outcomes.map(({ target, ok, says }) => [target, ok, says])).toEqual([
    ["broker-a · 0", true, "5"],
    ["broker-a · 1", true, "3"],
    ["broker-b · 0", true, "3"],
  ]);
  expect((await allCommitted(at)).slice(0, 3)).toEqual(["5", "3", "3"]);
});

test("a group is not reset on RocketMQ's own topics", async () => {
  const { group } = await place("own");
  const plan = await server.client.offset.planReset({
    instanceId,
    group,
    topic: "SCHEDULE_TOPIC_XXXX",
    to: "earliest",
  });
  expect(plan).toMatchObject({ blocked: "SYSTEM_RESOURCE", commands: [], warnings: [] });
});

test("a reset that moves nothing is not told as done", async () => {
  const at = await place("idle");
  await commit(at, 6n);
  await reset(at, { to: "latest" });
  for (const of of [{ to: "latest" }, { to: "group", fromGroup: named("nobody") }] as const) {
    const { planId } = await server.client.offset.planReset({ instanceId, ...at, ...of });
    expect((await problemOf(server.client.offset.reset({ instanceId, ...at, planId }))).code).toBe("NOTHING_TO_CHANGE");
  }
});

test("clients that are online are told in the plan, and follow since brokers move the offsets themselves", async () => {
  const at = await place("online");
  await commit(at, 6n);
  const clients = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    await joinAsConsumer(clients, at.group, at.topic);
    const { plan, outcomes } = await reset(at, { to: "earliest" });
    expect(plan.clients).toHaveLength(1);
    expect(plan.warnings.map(({ key }) => key)).toContain("clientsFollow");
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    // An old client that commits where it was is not heeded before it has pulled.
    await commit(at, 6n);
    expect(await committed(at)).toBe(0n);
  } finally {
    clients.close();
  }
});

test("a copy leaves queues where the other group has no offset, and a broker that has not the group refuses its queues", async () => {
  const from = await place("gaps");
  const copy = { topic: from.topic, group: named("gaps-copy") };
  await writeGroupEverywhere(cluster, { groupName: copy.group, patch: {} }, ["broker-a"]);
  for (const { brokerName, queueId } of [queues[0], queues[2]]) {
    const header = { consumerGroup: from.group, topic: from.topic, queueId, commitOffset: 4n };
    await cluster.call(offsetRpc.updateConsumerOffset, await addrOf(brokerName), header);
  }
  const { plan, outcomes } = await reset(copy, { to: "group", fromGroup: from.group });
  expect(plan.changes.map(({ brokerName, queueId, after }) => [brokerName, queueId, after])).toEqual([
    ["broker-a", 0, "4"],
    ["broker-b", 0, "4"],
  ]);
  expect(plan.warnings).toContainEqual({ key: "queuesStay", params: { queues: 2 } });
  expect(plan.warnings).toContainEqual({ key: "groupNotAt", params: { brokers: "broker-b" } });
  expect(outcomes.map(({ target, ok, failure }) => [target, ok, failure?.code])).toEqual([
    ["broker-a · 0", true, undefined],
    ["broker-b · 0", false, "SUBSCRIPTION_GROUP_NOT_EXIST"],
  ]);
  expect(await allCommitted(copy)).toEqual(["4", undefined, undefined, undefined]);
});

test("an offset outside of a queue, an unknown group and an unknown topic are refused, each by its name", async () => {
  const at = await place("refused");
  const outside = { to: "offset", queue: { brokerName: "broker-a", queueId: 0, offset: "7" } } as const;
  const plan = (input: To & Partial<Place>) => server.client.offset.planReset({ instanceId, ...at, ...input });
  expect((await plan(outside)).blocked).toBe("OFFSET_OUT_OF_RANGE");
  expect((await plan({ to: "latest", group: named("none") })).blocked).toBe("SUBSCRIPTION_GROUP_NOT_EXIST");
  expect((await plan({ to: "latest", topic: named("none") })).blocked).toBe("TOPIC_NOT_EXIST");
  expect((await plan({ to: "latest", group: "TOOLS_CONSUMER" })).blocked).toBe("SYSTEM_RESOURCE");
  expect((await problemOf(plan({ to: "time" }))).data.issues).toEqual([{ path: "time", message: "required" }]);
});
