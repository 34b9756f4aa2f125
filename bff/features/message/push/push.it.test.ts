import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MessagePlace } from "#contract/message.ts";
import type { PushAnswer } from "#contract/push.ts";
import { Clients, type Consumer } from "../../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../../testing/online-client.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };
const TAGS = ["PLAIN", "FAIL", "THROW", "NULL"] as const;
type Tag = (typeof TAGS)[number];

let server: TestServer;
let cluster: RocketMQCluster;
let oracle: Oracle;
let instanceId: string;
let topic: string;
const consumers = new Map<string, Consumer>();
const places = new Map<Tag, MessagePlace & { instanceId: string }>();

const placeOf = (tag: Tag) => {
  const place = places.get(tag);
  if (place === undefined) throw new Error(`no message ${tag}`);
  return place;
};

const targets = async (tag: Tag) => server.client.push.targets(placeOf(tag));

/** Waits until both brokers know the group's client. */
const clientOf = (group: string) =>
  eventually(`${group} is online`, async () =>
    (await targets("PLAIN")).items.find((one) => one.group === group && one.seenAt.length === 2),
  );

async function push(group: string, tag: Tag) {
  const { clientId } = await clientOf(group);
  const asked = { ...placeOf(tag), group, clientId };
  const plan = await server.client.push.plan(asked);
  return { plan, ...(await server.client.push.run({ ...asked, planId: plan.planId })) };
}

const answered = (result: string, order: boolean): Partial<PushAnswer> => ({ result, order, autoCommit: true });

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  [server, oracle] = await Promise.all([startTestServer(), startOracle({ version: "5.5.0", namesrvAddrs })]);
  instanceId = (await server.client.instance.register({ name: "push", namesrvAddrs })).id;
  topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster);
  for (const tag of TAGS) {
    const body = Buffer.from("once more ".repeat(1000));
    const { queueOffset } = await producer.send({ topic, body, tag, queue: { ...QUEUE } });
    places.set(tag, { instanceId, topic, ...QUEUE, queueOffset: queueOffset.toString() });
  }
  await untilInQueues(cluster, topic, TAGS.length);
  const clients = new Clients(oracle, namesrvAddrs);
  // Nothing is delivered to them, so that all their listeners have is what they were given.
  for (const listener of ["Concurrently", "Orderly"] as const) {
    const group = `${listener}-${topic}`;
    consumers.set(group, await clients.consumer({ group, topics: { [topic]: "NOTHING" }, listener }));
  }
});

afterAll(async () => {
  cluster.close();
  await server.stop();
  await oracle.stop();
});

test("the listener of a client runs with the message, and the page is told what it said", async () => {
  const group = `Concurrently-${topic}`;
  const { plan, outcomes, answer } = await push(group, "PLAIN");
  expect(plan).toMatchObject({ blocked: null, hindrance: null, language: "JAVA", version: "5.5.0", failures: [] });
  expect(plan.warnings).toEqual([
    { key: "runs", params: {} },
    { key: "filtered", params: { expression: "NOTHING" } },
  ]);
  expect(outcomes).toEqual([{ target: plan.changes[0]?.clientId, ok: true, says: "CR_SUCCESS" }]);
  expect(answer).toMatchObject({ ...answered("CR_SUCCESS", false), remark: null });
  expect(answer?.spentMs).toBeGreaterThanOrEqual(0);
  expect(await consumers.get(group)?.handled()).toBe(1);
  // Long-polling, it commits by itself what it was not given.
  const header = { consumerGroup: group, topic, queueId: QUEUE.queueId, setZeroIfNotFound: false };
  const { targets: masters } = await cluster.masters();
  const addr = masters.find(({ brokerName }) => brokerName === QUEUE.brokerName)?.addr ?? "";
  const committed = async () => (await cluster.call(offsetRpc.queryConsumerOffset, addr, header)).offset;
  const end = BigInt(TAGS.length);
  await eventually(
    "it has nothing left to commit",
    async () => ((await committed()) === end ? true : undefined),
    30_000,
  );
  await push(group, "PLAIN");
  expect(await committed()).toBe(end);
});

test("a failure, an exception and no answer at all are each told as such", async () => {
  const group = `Concurrently-${topic}`;
  expect((await push(group, "FAIL")).answer).toMatchObject(answered("CR_LATER", false));
  expect((await push(group, "NULL")).answer).toMatchObject(answered("CR_RETURN_NULL", false));
  const { answer, outcomes } = await push(group, "THROW");
  expect(answer).toMatchObject(answered("CR_THROW_EXCEPTION", false));
  expect(answer?.remark).toContain("IllegalStateException: no stock left");
  expect(outcomes).toEqual([expect.objectContaining({ ok: true, says: "CR_THROW_EXCEPTION" })]);
});

test("a client that consumes in order says so", async () => {
  const group = `Orderly-${topic}`;
  expect((await push(group, "PLAIN")).answer).toMatchObject(answered("CR_SUCCESS", true));
  expect((await push(group, "FAIL")).answer).toMatchObject(answered("CR_LATER", true));
});

test("it says what RocketMQ's own tool says", async () => {
  const group = `Concurrently-${topic}`;
  const { clientId } = await clientOf(group);
  for (const tag of TAGS) {
    const { plan, answer } = await push(group, tag);
    const asked = [group, clientId, topic, plan.changes[0]?.offsetMsgId ?? ""];
    const told = await oracle.ask("consumeMessageDirectly", asked);
    expect({ result: answer?.result, remark: answer?.remark, order: answer?.order }).toEqual({
      result: told.consumeResult,
      remark: told.remark,
      order: told.order,
    });
  }
});

test("what was pushed is in the audit log, with whom it was given to", async () => {
  const { clientId, group } = await clientOf(`Concurrently-${topic}`);
  const { items } = await server.client.audit.list({ row: "push.run" });
  expect(items).toContainEqual(
    expect.objectContaining({ row: "push.run", outcome: "ok", subject: expect.objectContaining({ clientId, group }) }),
  );
});

test("a client that does not know the request is told as such, and one that left as offline", async () => {
  const group = `heartbeat-${topic}`;
  const leave = await joinAsConsumer(cluster, group, topic);
  const { clientId } = await clientOf(group);
  const asked = { ...placeOf("PLAIN"), group, clientId };
  const { planId } = await server.client.push.plan(asked);
  const { outcomes, answer } = await server.client.push.run({ ...asked, planId });
  expect(answer).toBeNull();
  expect(outcomes).toEqual([
    { target: clientId, ok: false, failure: expect.objectContaining({ code: "REQUEST_CODE_NOT_SUPPORTED" }) },
  ]);
  const { planId: late } = await server.client.push.plan(asked);
  await leave();
  const stale = await problemOf(server.client.push.run({ ...asked, planId: late }));
  expect(stale).toMatchObject({ code: "PLAN_STALE", data: { plan: { hindrance: "offline", address: null } } });
});

test("of a client that stands still nobody knows whether its listener ran, and it does once it goes on", async () => {
  const group = `Concurrently-${topic}`;
  const before = (await consumers.get(group)?.handled()) ?? 0;
  const { clientId } = await clientOf(group);
  const asked = { ...placeOf("PLAIN"), group, clientId };
  const { planId } = await server.client.push.plan(asked);
  process.kill(oracle.pid, "SIGSTOP");
  try {
    const { outcomes, answer } = await server.client.push.run({ ...asked, planId });
    expect(answer).toBeNull();
    expect(outcomes).toEqual([
      expect.objectContaining({
        target: clientId,
        ok: false,
        unknown: true,
        failure: expect.objectContaining({ code: "REQUEST_TIMEOUT", responseCode: 207 }),
      }),
    ]);
  } finally {
    process.kill(oracle.pid, "SIGCONT");
  }
  await expect.poll(() => consumers.get(group)?.handled(), { timeout: 30_000 }).toBe(before + 1);
});
