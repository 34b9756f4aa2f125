import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Job } from "#contract/job.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { queryByUniqKey } from "../../rocketmq/admin/message-admin.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues, untilRouted } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";

vi.setConfig({ testTimeout: 180_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
/** For what brokers do a moment later. */
const patience = { timeout: 30_000, interval: 100 };
const unique = `d${Date.now().toString(36)}`;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "dial tests", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

async function newTopic(name: string, messageType: "NORMAL" | "FIFO" | "DELAY" | "TRANSACTION" = "NORMAL") {
  const topic = `${unique}-${name}`;
  const brokers = ["broker-a", "broker-b"];
  await planned(server.client).createTopic({ instanceId, topic, brokers, messageType, queues: 2, perm: 6 });
  await untilRouted(cluster, topic, brokers.length);
  return topic;
}

async function newGroup(name: string) {
  const groupName = `${unique}-${name}`;
  await writeGroupEverywhere(cluster, { groupName, patch: {} });
  return groupName;
}

async function ended(jobId: string): Promise<Job> {
  return vi.waitFor(
    async () => {
      const job = await server.client.job.get({ jobId });
      expect(job.finishedAt).not.toBeNull();
      return job;
    },
    { timeout: 60_000, interval: 100 },
  );
}

const rowsOf = async (jobId: string) => (await server.client.job.rows({ jobId, pageSize: 200 })).items;
const idsOf = (rows: Awaited<ReturnType<typeof rowsOf>>) => rows.map(({ data }) => String(data?.["msgId"]));

const problemCode = async (call: Promise<unknown>) => (await problemOf(call)).code;

test("every produced row is a message that the broker has under that id, of the wanted size", async () => {
  const topic = await newTopic("normal");
  const { jobId } = await server.client.dialTest.produce({
    instanceId,
    topic,
    count: 12,
    sizeKb: 2,
    tag: "dial",
    keys: "k1",
  });
  const job = await ended(jobId);
  expect(job).toMatchObject({ state: "succeeded", ok: 12, failed: 0 });
  expect(job.summary).toMatchObject({ bytes: 12 * 2048, p50: expect.any(Number), max: expect.any(Number) });
  for (const { code, data } of await rowsOf(jobId)) {
    expect(code).toBe("SEND_OK");
    const msgId = String(data?.["msgId"]);
    const { items } = await vi.waitFor(
      async () => {
        const found = await queryByUniqKey(cluster, topic, msgId);
        expect(found.items).toHaveLength(1);
        return found;
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(items[0]).toMatchObject({
      msgId,
      tags: "dial",
      queueId: data?.["queueId"],
      brokerName: data?.["brokerName"],
    });
    expect(items[0]?.storedBody.length).toBe(2048);
  }
});

test("ordered messages go to one queue in the order of their rows", async () => {
  const topic = await newTopic("fifo", "FIFO");
  const { jobId } = await server.client.dialTest.produce({
    instanceId,
    topic,
    count: 5,
    messageType: "FIFO",
    shardingKey: "o-1",
  });
  await ended(jobId);
  const rows = await rowsOf(jobId);
  expect(new Set(rows.map(({ data }) => `${String(data?.["brokerName"])}:${String(data?.["queueId"])}`)).size).toBe(1);
  const offsets = rows.toSorted((a, b) => a.n - b.n).map(({ data }) => Number(data?.["queueOffset"]));
  expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
});

test("committed transactions can be consumed and rolled back ones cannot", async () => {
  const topic = await newTopic("transaction", "TRANSACTION");
  const base = { instanceId, topic, messageType: "TRANSACTION", count: 3 } as const;
  await ended((await server.client.dialTest.produce({ ...base, outcome: "rollback" })).jobId);
  const committed = await ended((await server.client.dialTest.produce(base)).jobId);
  await untilInQueues(cluster, topic, 3);
  const consumed = await server.client.dialTest.consume({
    instanceId,
    topic,
    from: "earliest",
    count: 3,
    timeoutSeconds: 4,
  });
  await ended(consumed.jobId);
  expect(idsOf(await rowsOf(consumed.jobId)).toSorted()).toEqual(idsOf(await rowsOf(committed.id)).toSorted());
});

test("a test that may not commit leaves the group's offsets alone, one that may moves them past what it read", async () => {
  const topic = await newTopic("commit");
  const group = await newGroup("commit");
  await ended((await server.client.dialTest.produce({ instanceId, topic, count: 8 })).jobId);
  await untilInQueues(cluster, topic, 8);
  const base = { instanceId, topic, group, from: "earliest", count: 6, timeoutSeconds: 5 } as const;
  await ended((await server.client.dialTest.consume(base)).jobId);
  expect((await server.client.dialTest.planConsume(base)).queues.every(({ committed }) => committed === null)).toBe(
    true,
  );
  const job = await ended((await server.client.dialTest.consume({ ...base, commit: true })).jobId);
  expect(job).toMatchObject({ state: "succeeded", ok: 6, total: 6 });
  const offsets = await Promise.all(
    (await cluster.masters()).targets.flatMap(({ addr }) =>
      [0, 1].map((queueId) =>
        cluster.call(offsetRpc.queryConsumerOffset, addr, { consumerGroup: group, topic, queueId }),
      ),
    ),
  );
  expect(offsets.reduce((sum, { offset }) => sum + (offset ?? 0n), 0n)).toBe(6n);
});

test("a test that waited and got nothing has not succeeded: it ended empty, and a row says so", async () => {
  const topic = await newTopic("nothing");
  await ended((await server.client.dialTest.produce({ instanceId, topic, count: 2, tag: "a" })).jobId);
  await untilInQueues(cluster, topic, 2);
  const base = { instanceId, topic, timeoutSeconds: 1 } as const;
  for (const test of [{ ...base, from: "latest" } as const, { ...base, from: "earliest", tags: "b" } as const]) {
    const { id, ...job } = await ended((await server.client.dialTest.consume(test)).jobId);
    expect(job).toMatchObject({ state: "empty", ok: 0, failed: 0, total: 1, summary: { messages: 0 } });
    expect(await rowsOf(id)).toMatchObject([{ key: topic, state: "skipped", code: "NO_MATCHED_MESSAGE" }]);
  }
  const wanted = { ...base, from: "earliest", tags: "a", count: 2 } as const;
  const found = await ended((await server.client.dialTest.consume(wanted)).jobId);
  expect(found).toMatchObject({ state: "succeeded", ok: 2 });
});

test("committing under the feet of online clients needs to be said", async () => {
  const topic = await newTopic("online");
  const group = await newGroup("online");
  const leave = await joinAsConsumer(cluster, group, topic);
  const test = { instanceId, topic, group, from: "earliest", commit: true, timeoutSeconds: 1 } as const;
  const plan = await server.client.dialTest.planConsume(test);
  expect(plan).toMatchObject({ blocked: "STILL_IN_USE", clients: [{}] });
  expect(await problemCode(server.client.dialTest.consume(test))).toBe("STILL_IN_USE");
  await expect(server.client.dialTest.consume({ ...test, despiteClients: true })).resolves.toHaveProperty("jobId");
  await leave();
});

test("a topic whose consumers are online gets no test message unless that was said, and they are named", async () => {
  const topic = await newTopic("consumed");
  const group = await newGroup("consumed");
  const leave = await joinAsConsumer(cluster, group, topic);
  const test = { instanceId, topic, count: 1, body: "mine" } as const;
  const plan = await server.client.dialTest.planProduce(test);
  expect(plan).toMatchObject({ blocked: "STILL_IN_USE", consumers: [{ group, clients: 1 }], queues: 4, failures: [] });
  const refused = await problemOf(server.client.dialTest.produce(test));
  expect(refused).toMatchObject({ code: "STILL_IN_USE", data: { params: { topic, users: group } } });
  const rollback = { ...test, messageType: "TRANSACTION", outcome: "rollback" } as const;
  expect(await server.client.dialTest.planProduce(rollback)).toMatchObject({ blocked: null, consumers: [] });
  const { jobId } = await server.client.dialTest.produce({ ...test, despiteConsumers: true });
  expect(await ended(jobId)).toMatchObject({ state: "succeeded", ok: 1 });
  await leave();
  await vi.waitFor(async () => {
    expect((await server.client.dialTest.planProduce(test)).consumers).toEqual([]);
  }, patience);
  expect((await ended((await server.client.dialTest.produce(test)).jobId)).state).toBe("succeeded");
});

test("messages are of the topic's own type unless another is asked for", async () => {
  const fifo = await newTopic("own-fifo", "FIFO");
  const job = await ended((await server.client.dialTest.produce({ instanceId, topic: fifo, count: 3 })).jobId);
  expect(job.params).toMatchObject({ messageType: "FIFO" });
  const queues = (await rowsOf(job.id)).map(
    ({ data }) => `${String(data?.["brokerName"])}:${String(data?.["queueId"])}`,
  );
  expect(new Set(queues).size).toBe(1);
  const delayed = { instanceId, topic: await newTopic("own-delay", "DELAY") };
  expect(await problemCode(server.client.dialTest.planProduce(delayed))).toBe("BAD_REQUEST");
  expect(await server.client.dialTest.planProduce({ ...delayed, delayLevel: 1 })).toMatchObject({
    messageType: "DELAY",
    warnings: [],
  });
});

test("who sends into a retry or dead letter topic is told whose it is", async () => {
  const group = `${unique}-whose`;
  for (const [prefix, key] of [
    ["%RETRY%", "retryTopic"],
    ["%DLQ%", "deadLetterTopic"],
  ] as const) {
    await createTestTopic(cluster, { topic: `${prefix}${group}` });
    const { warnings } = await server.client.dialTest.planProduce({ instanceId, topic: `${prefix}${group}` });
    expect(warnings).toEqual([{ key, params: { group } }]);
  }
});

test("what a run has sent is read back, and nothing that others sent to the topic", async () => {
  const topic = await newTopic("back");
  const send = async (count: number) =>
    ended((await server.client.dialTest.produce({ instanceId, topic, count })).jobId);
  await send(3);
  const run = await send(5);
  await send(4);
  const back = await ended((await server.client.dialTest.readBack({ instanceId, topic, jobId: run.id })).jobId);
  expect(back).toMatchObject({
    kind: "dialTest.readBack",
    state: "succeeded",
    ok: 5,
    total: 5,
    summary: { messages: 5 },
  });
  expect(idsOf(await rowsOf(back.id)).toSorted()).toEqual(idsOf(await rowsOf(run.id)).toSorted());
  const other = { instanceId, topic: `${topic}-other`, jobId: run.id };
  expect(await problemCode(server.client.dialTest.readBack(other))).toBe("JOB_NOT_FOUND");
});

test("reading back names what is not there, and what is not due yet", async () => {
  const lost = await newTopic("back-lost", "TRANSACTION");
  const rolled = await ended(
    (await server.client.dialTest.produce({ instanceId, topic: lost, count: 2, outcome: "rollback" })).jobId,
  );
  const back = async (topic: string, jobId: string) =>
    ended((await server.client.dialTest.readBack({ instanceId, topic, jobId })).jobId);
  const missing = await back(lost, rolled.id);
  expect(missing).toMatchObject({ state: "failed", failed: 2, summary: { messages: 0 } });
  expect((await rowsOf(missing.id)).map(({ code }) => code)).toEqual(["MISSING", "MISSING"]);

  const topic = await newTopic("back-later", "DELAY");
  const soon = await ended(
    (await server.client.dialTest.produce({ instanceId, topic, count: 2, delayLevel: 1 })).jobId,
  );
  expect(await back(topic, soon.id)).toMatchObject({ state: "succeeded", ok: 2 });
  const later = await ended(
    (await server.client.dialTest.produce({ instanceId, topic, count: 1, delaySeconds: 3600 })).jobId,
  );
  const early = await back(topic, later.id);
  expect(early.state).toBe("empty");
  expect(await rowsOf(early.id)).toMatchObject([{ state: "skipped", code: "NOT_DUE" }]);
});

test("a test that got fewer messages than it asked for is no plain success", async () => {
  const topic = await newTopic("fewer");
  await ended((await server.client.dialTest.produce({ instanceId, topic, count: 3 })).jobId);
  await untilInQueues(cluster, topic, 3);
  const test = { instanceId, topic, from: "earliest", count: 5, timeoutSeconds: 2 } as const;
  const job = await ended((await server.client.dialTest.consume(test)).jobId);
  expect(job).toMatchObject({ state: "partial", ok: 3, done: 3, total: 5, summary: { messages: 3 } });
});

test("what cannot be is refused before a job starts, and says where", async () => {
  expect(await problemCode(server.client.dialTest.produce({ instanceId, topic: `${unique}-absent` }))).toBe(
    "TOPIC_NOT_EXIST",
  );
  expect(await problemCode(server.client.dialTest.produce({ instanceId, topic: "RMQ_SYS_TRACE_TOPIC" }))).toBe(
    "SYSTEM_RESOURCE",
  );
  expect(await problemCode(server.client.dialTest.produce({ instanceId, topic: "x", count: 0 }))).toBe("BAD_REQUEST");
  const tooMuch = { instanceId, topic: "x", count: 10_000, body: "x".repeat(200_000) };
  expect(await problemCode(server.client.dialTest.produce(tooMuch))).toBe("BAD_REQUEST");
  const topic = await newTopic("refused");
  const group = `${unique}-nobody`;
  expect(await problemCode(server.client.dialTest.consume({ instanceId, topic, group }))).toBe(
    "SUBSCRIPTION_GROUP_NOT_EXIST",
  );
  const { groups } = await server.client.dialTest
    .planProduce({ instanceId, topic, messageType: "DELAY", delayLevel: 1 })
    .then(({ warnings }) => ({ groups: warnings.map(({ key }) => key) }));
  expect(groups).toEqual(["otherType"]);
});
