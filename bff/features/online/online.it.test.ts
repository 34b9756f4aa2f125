import type { ConsumerDetail } from "#contract/online.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Clients, type Consumer } from "../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { connectionsByServer, writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { consumerRunningInfo } from "../../rocketmq/admin/running-info.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { groupRpc } from "../../rocketmq/rpc/group.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer, joinAsProducer } from "../../testing/online-client.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../testing/test-topic.ts";
import { listConsumers } from "./consumers.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let oracles: Oracle[];
let namesrvAddrs: string[];
let instanceId: string;
const online: Consumer[] = [];

beforeAll(async () => {
  const shared = await sharedCluster();
  namesrvAddrs = shared.namesrvAddrs;
  cluster = new RocketMQCluster({ namesrvAddrs });
  [oracles, server] = await Promise.all([Promise.all([startOracle(shared), startOracle(shared)]), startTestServer()]);
  instanceId = (await server.client.instance.register({ name: "online", namesrvAddrs })).id;
});

afterAll(async () => {
  for (const consumer of online) await consumer.stop();
  for (const oracle of oracles) await oracle.stop();
  cluster.close();
  await server.stop();
});

const clientsOf = (at: number) => {
  const oracle = oracles[at];
  if (oracle === undefined) throw new Error("no such oracle");
  return new Clients(oracle, namesrvAddrs);
};

const addrOf = async (brokerName: string) =>
  (await cluster.masters()).targets.find((target) => target.brokerName === brokerName)?.addr ?? "";

async function topicAndGroup(queues = 1) {
  const topic = await createTestTopic(cluster, { readQueueNums: queues, writeQueueNums: queues });
  const group = `${topic}-g`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  return { topic, group };
}

/** The row of a group and topic, once it was swept. */
const consumerRow = (group: string, topic: string) =>
  eventually(`${group} among the consumers`, async () => {
    const { items } = await server.client.online.consumers({ instanceId, search: group, fresh: true });
    return items.find((row) => row.topic === topic);
  });

async function lagRow(group: string, topic: string) {
  const { items, failures } = await server.client.online.lag({ instanceId, group, topic });
  expect(failures).toEqual([]);
  return items.find((row) => row.topic === topic);
}

test("a Java producer is one row of group and topic, whichever brokers it sends to, and its connections are told", async () => {
  const { topic } = await topicAndGroup();
  const group = `${topic}-p`;
  const producer = await clientsOf(0).producer(group);
  for (const brokerName of ["broker-a", "broker-b"])
    await producer.send({ topic, body: "m" }, { topic, brokerName, queueId: 0 });
  await untilInQueues(cluster, topic, 2);
  await server.deps.stats.topics(instanceId, { maxAgeMs: 0 });
  const listed = await eventually("the producer at both brokers", async () => {
    const page = await server.client.online.producers({ instanceId, search: group, fresh: true });
    return page.items[0]?.brokers.length === 2 ? page : undefined;
  });
  expect(listed).toMatchObject({
    total: 1,
    items: [{ group, topic, clients: 1, languages: ["JAVA"], brokers: ["broker-a", "broker-b"], shared: false }],
  });
  const sent = listed.items[0];
  expect(Math.abs((sent?.lastSentAt ?? 0) - Date.now())).toBeLessThan(120_000);
  const detail = await server.client.online.producer({ instanceId, group });
  expect(detail).toMatchObject({
    failures: [],
    items: [
      { language: "JAVA", version: "5.5.0", connections: [{ brokerName: "broker-a" }, { brokerName: "broker-b" }] },
    ],
  });
  const told = await oracles[0]?.ask("getAllProducerInfo", [await addrOf("broker-a")]);
  const infos = told?.data.get(group) ?? [];
  expect(infos.map(({ clientId, remoteIP }) => [clientId, remoteIP.replace("/", "")])).toEqual(
    detail.items.map(({ clientId, connections }) => [clientId, connections[0]?.address]),
  );
  expect(detail.items[0]?.instanceName).toBe(detail.items[0]?.clientId.split("@")[1]);
  expect(await server.client.online.producers({ instanceId, search: group, broker: "broker-x" })).toMatchObject({
    total: 0,
  });
});

test("a producer that sent nothing yet is a row without a topic", async () => {
  const group = `silent-${Date.now().toString(36)}`;
  const leave = await joinAsProducer(cluster, group);
  const { items } = await server.client.online.producers({ instanceId, search: group, fresh: true });
  expect(items).toMatchObject([{ group, topic: null, lastSentAt: null, clients: 1 }]);
  await leave();
  expect(await server.client.online.producer({ instanceId, group })).toMatchObject({ failures: [] });
});

test("what is pulled, committed and ready is told as the broker has it, with the message that waits longest of each", async () => {
  const { topic, group } = await topicAndGroup();
  const producer = new Producer(cluster);
  const queue = { topic, brokerName: "broker-a", queueId: 0 };
  for (let n = 0; n < 20; n++)
    await producer.send({ topic, body: Buffer.from(`m${n}`), tag: n < 3 ? "ok" : "HOLD", queue });
  await untilInQueues(cluster, topic, 20);
  // It pulls two at a time until it holds more than four, and is given no more until those are done.
  const properties = { pullBatchSize: 2, pullThresholdForQueue: 4, persistConsumerOffsetInterval: 1000 };
  online.push(await clientsOf(0).consumer({ group, topics: { [topic]: "*" }, properties }));
  const stats = async () => {
    const { offsetTable } = await cluster.call(groupRpc.getConsumeStats, await addrOf("broker-a"), {
      consumerGroup: group,
      topic,
    });
    return offsetTable.find(([{ queueId }]) => queueId === 0)?.[1];
  };
  const at = await eventually("some pulled, some committed, some ready", async () => {
    const one = await stats();
    return one?.consumerOffset === 3n && (one.pullOffset ?? 0n) > 4n ? one : undefined;
  });
  const pulled = at.pullOffset ?? 0n;
  const { messages } = await new PullConsumer(cluster).pull(queue, 0n, { maxNums: 32 });
  const storedAt = (offset: bigint) => messages.find(({ queueOffset }) => queueOffset === offset)?.storeTimestamp;
  const row = await lagRow(group, topic);
  expect(row).toMatchObject({
    total: "20",
    consumed: "3",
    consumed24h: "3",
    lag: "17",
    unacked: (pulled - 3n).toString(),
    unackedUnknown: null,
    retries: "0",
    atLeast: false,
    longestUnacked: {
      atLeast: false,
      oldest: { brokerName: "broker-a", queueId: 0, offset: "3", readyAt: storedAt(3n) },
    },
    longestUnconsumed: { oldest: { offset: pulled.toString(), readyAt: storedAt(pulled) } },
  });
  expect(row?.tps).not.toBeNull();
  expect(row?.longestUnacked.ms).toBeGreaterThanOrEqual(row?.longestUnconsumed.ms ?? 0);
  expect(await consumerRow(group, topic)).toMatchObject({ presence: "online", clients: 1, shared: false, lag: "17" });
});

test("a timed message is ready when it was due, and a queue whose messages are all consumed waits for nothing", async () => {
  const { topic, group } = await topicAndGroup();
  const deliverAt = Date.now() + 1500;
  const queue = { topic, brokerName: "broker-b", queueId: 0 };
  await new Producer(cluster).send({ topic, body: Buffer.from("timed"), deliverAt, queue });
  await untilInQueues(cluster, topic, 1);
  const commit = async (commitOffset: bigint) =>
    cluster.call(offsetRpc.updateConsumerOffset, await addrOf("broker-b"), {
      consumerGroup: group,
      topic,
      queueId: 0,
      commitOffset,
    });
  await commit(0n);
  const { messages } = await new PullConsumer(cluster).pull(queue, 0n, { maxNums: 1 });
  const due = Number(messages[0]?.properties.get("TIMER_OUT_MS"));
  expect(Math.abs(due - deliverAt)).toBeLessThanOrEqual(1000);
  const row = await lagRow(group, topic);
  expect(row).toMatchObject({ lag: "1", unacked: null, unackedUnknown: "nobodyOnline" });
  expect(row?.longestUnconsumed).toMatchObject({ oldest: { offset: "0", readyAt: due } });
  await commit(1n);
  expect(await lagRow(group, topic)).toMatchObject({
    lag: "0",
    consumed: "1",
    longestUnconsumed: { ms: 0, oldest: null },
  });
});

test("repeated deliveries are counted, and what a client that pops holds is its own word", async () => {
  const { topic, group } = await topicAndGroup();
  const { targets } = await cluster.masters();
  for (const { addr } of targets) await oracles[0]?.ask("setMessageRequestMode", [addr, topic, group, "POP", 0, 5000]);
  const queue = { brokerName: "broker-a", queueId: 0 };
  const producer = new Producer(cluster);
  for (let n = 0; n < 4; n++) await producer.send({ topic, body: Buffer.from("m"), tag: "HOLD", queue });
  const properties = { clientRebalance: false };
  online.push(await clientsOf(0).consumer({ group, topics: { [topic]: "*" }, properties }));
  await vi.waitFor(
    async () => {
      await server.deps.stats.clients(instanceId, { maxAgeMs: -1 });
      expect(await lagRow(group, topic)).toMatchObject({ unacked: "4", longestUnacked: { ms: null } });
    },
    { timeout: 90_000, interval: 1000 },
  );
  expect(await consumerRow(group, topic)).toMatchObject({ pop: true });
});

test("two clients under one id are two rows, and the queues that neither has are named with what waits there", async () => {
  const { topic, group } = await topicAndGroup(4);
  const properties = { instanceName: `twin-${group}`, persistConsumerOffsetInterval: 1000 };
  const twins = [
    await clientsOf(0).consumer({ group, topics: { [topic]: "*" }, properties }),
    await clientsOf(1).consumer({ group, topics: { [topic]: "*" }, properties }),
  ];
  online.push(...twins);
  let detail: ConsumerDetail;
  const leaving = (waiting: number) =>
    eventually(
      `half of the queues without a client, ${waiting} messages in them`,
      async () => {
        detail = await server.client.online.consumer({ instanceId, group });
        const waits = detail.unowned?.reduce((sum, queue) => sum + Number(queue.waiting), 0);
        return detail.clients.length === 2 && detail.unowned?.length === 4 && waits === waiting ? detail : undefined;
      },
      90_000,
      () => detail,
    );
  await leaving(0);
  // The console asks by id, which one of them answers for both; the other lets go of what it had alone when it hears of its twin.
  await eventually("both have the same half", async () => {
    const had = await Promise.all(
      twins.map(async (twin) => (await twin.queues()).filter((queue) => queue.topic === topic)),
    );
    return had.every((queues) => queues.length === 4) || undefined;
  });
  const producer = new Producer(cluster);
  for (const brokerName of ["broker-a", "broker-b"])
    for (let queueId = 0; queueId < 4; queueId++)
      await producer.send({ topic, body: Buffer.from("m"), queue: { brokerName, queueId } });
  const found = await leaving(4);
  expect(found.clients.map(({ clientId, shared }) => [clientId, shared])).toEqual([
    [`127.0.0.1@twin-${group}`, true],
    [`127.0.0.1@twin-${group}`, true],
  ]);
  expect(found).toMatchObject({ queues: 8, sharedIds: [{ clientId: `127.0.0.1@twin-${group}` }] });
  expect(found.sharedIds[0]?.addresses).toHaveLength(2);
  expect(await consumerRow(group, topic)).toMatchObject({ clients: 2, shared: true });
});

test("a client that is asked by many at once about queues that it has committed nothing of goes on with its work", async () => {
  const { topic, group } = await topicAndGroup(8);
  const consumer = await clientsOf(0).consumer({ group, topics: { [topic]: "*" } });
  online.push(consumer);
  await eventually("its queues are its own", async () => {
    const { queues, unowned } = await server.client.online.consumer({ instanceId, group });
    return (queues === 16 && unowned?.length === 0) || undefined;
  });
  const { items } = await connectionsByServer(cluster, group);
  const clusters = [0, 1, 2].map(() => new RocketMQCluster({ namesrvAddrs }));
  try {
    const client = { consumerGroup: group, clientId: items[0]?.value.connectionSet[0]?.clientId ?? "" };
    const asked = clusters.flatMap((one) =>
      items.flatMap(({ target }) =>
        [false, true].map((jstackEnable) => consumerRunningInfo(one, target.addr, { ...client, jstackEnable })),
      ),
    );
    for (const info of await Promise.all(asked)) expect(info.mqTable.length).toBeGreaterThanOrEqual(16);
  } finally {
    for (const one of clusters) one.close();
  }
});

test("clients that subscribe to a topic in different ways are said to", async () => {
  const { topic, group } = await topicAndGroup();
  for (const [at, tags] of ["a", "b"].entries())
    online.push(
      await clientsOf(at).consumer({
        group,
        topics: { [topic]: tags },
        properties: { instanceName: `${tags}-${group}` },
      }),
    );
  await eventually(
    "both have told what they subscribe to",
    async () => ((await consumerRow(group, topic)).differs ? true : undefined),
    90_000,
  );
});

test("a broadcasting group has no lag that a broker knows", async () => {
  const { topic, group } = await topicAndGroup();
  const leave = await joinAsConsumer(cluster, group, topic, { messageModel: "BROADCASTING" });
  expect(await lagRow(group, topic)).toMatchObject({
    lag: null,
    lagUnknown: "broadcasting",
    unacked: null,
    unackedUnknown: "broadcasting",
    longestUnconsumed: { ms: null },
  });
  await leave();
});

test("a page of consumers asks brokers of the groups on it alone", async () => {
  const own = new RocketMQCluster({ namesrvAddrs });
  const deps = { ...server.deps, clusters: { ...server.deps.clusters, get: () => Promise.resolve(own) } };
  const list = () => listConsumers(deps, { instanceId, page: 1, pageSize: 2, sort: "lag", order: "desc" });
  await list();
  const called = vi.spyOn(own, "call");
  const { items, total } = await list();
  const asked = called.mock.calls.flatMap(([, , header]) =>
    header !== undefined && "consumerGroup" in header ? [String(header["consumerGroup"])] : [],
  );
  expect(total).toBeGreaterThan(2);
  const shown = new Set(items.map(({ group }) => group));
  expect(asked.filter((group) => !shown.has(group) && !group.startsWith("CID_"))).toEqual([]);
  expect(called.mock.calls.length).toBeLessThan(40);
  own.close();
});
