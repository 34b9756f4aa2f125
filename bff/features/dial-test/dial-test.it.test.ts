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
import { untilInQueues, untilRouted } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";

vi.setConfig({ testTimeout: 180_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
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
    count: 10,
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
  const found = await ended((await server.client.dialTest.consume({ ...base, from: "earliest", tags: "a" })).jobId);
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
