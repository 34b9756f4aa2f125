import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Failure } from "#contract/list.ts";
import type { MessageItem } from "#contract/message.ts";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { writeGroup } from "../../rocketmq/admin/group-admin.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { namesrvRpc } from "../../rocketmq/rpc/namesrv.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { topicRpc } from "../../rocketmq/rpc/topic.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues, untilRouted } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const A = { brokerName: "broker-a", queueId: 0 };
const B = { brokerName: "broker-b", queueId: 0 };
const body = Buffer.from("m");

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;
let producer: Producer;
let server: TestServer;
let instanceId: string;
let messages: TestServer["client"]["message"];

const byTime = (topic: string, more: { order?: "oldest"; pageSize?: number; cursor?: string } = {}) =>
  messages.byTime({ instanceId, topic, from: 0, to: Date.now() + 60_000, ...more });

const addrOf = (brokerName: string) =>
  sandbox.brokers.find((broker) => broker.brokerName === brokerName && broker.role === "master")?.addr ?? "";

const codes = (failures: readonly Failure[]) => failures.map(({ target, code }) => [target, code]);

beforeAll(async () => {
  const brokerConf = {
    slaveReadEnable: "true",
    enableSlaveActingMaster: "true",
    enableCompaction: "true",
    compactionMappedFileSize: "1048576",
    compactionCqMappedFileSize: "1048576",
    compactionScheduleInternal: "1000",
    maxOffsetMapSize: "1048576",
  };
  sandbox = await startCluster({ masters: 2, slaves: 1, brokerConf, namesrvConf: { supportActingMaster: "true" } });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer({ sampleSeconds: 1 });
  messages = server.client.message;
  instanceId = (await server.client.instance.register({ name: "faults", namesrvAddrs: sandbox.namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
  await sandbox.stop();
});

describe("a topic that another tool widened", () => {
  test("is searched whole at once: by time, by key, and in its new queue", async () => {
    const topic = `grown-${Date.now()}`;
    const narrow = { topic, readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
    await writeTopic(cluster, addrOf("broker-a"), narrow);
    await untilRouted(cluster, topic, 1);
    await producer.send({ topic, body, queue: A });
    await untilInQueues(cluster, topic, 1);
    expect((await byTime(topic)).items).toHaveLength(1);
    for (const brokerName of ["broker-a", "broker-b"]) {
      await writeTopic(cluster, addrOf(brokerName), { ...narrow, readQueueNums: 4, writeQueueNums: 4 });
    }
    await untilRouted(cluster, topic, 2);
    const queue = { brokerName: "broker-b", queueId: 3 };
    await producer.send({ topic, body, keys: ["new"], queue });
    await producer.send({ topic, body, keys: ["new"], queue: { ...A, queueId: 3 } });
    await untilInQueues(cluster, topic, 3);
    const found = await byTime(topic);
    expect([found.items.length, found.total, found.failures]).toEqual([3, "3", []]);
    expect((await messages.byOffset({ instanceId, topic, ...queue, queueOffset: "0" })).items).toHaveLength(1);
    await expect
      .poll(async () => (await messages.byKey({ instanceId, topic, key: "new" })).items.length, { timeout: 30_000 })
      .toBe(2);
  });
});

describe("queues that give nothing to a pull", () => {
  const write = { readQueueNums: 4, writeQueueNums: 4, perm: 6, order: false };
  const textOf = (base64: string | undefined) => Buffer.from(base64 ?? "", "base64").toString();
  const placeOf = ({ topic, brokerName, queueId, queueOffset }: MessageItem) => ({
    instanceId,
    topic,
    brokerName,
    queueId,
    queueOffset,
  });

  const byKey = (topic: string, key: string) =>
    eventually(`${key} in the index`, async () => (await messages.byKey({ instanceId, topic, key })).items[0]);

  test("a message of a queue that was taken away is opened, with the way to its neighbours, and said to be out of reach", async () => {
    const topic = await createTestTopic(cluster, write);
    const queue = { ...A, queueId: 3 };
    for (const text of ["one", "two"]) await producer.send({ topic, body: Buffer.from(text), keys: [text], queue });
    const two = await byKey(topic, "two");
    expect((await messages.get(placeOf(two))).queue).toBe("open");
    for (const { addr } of (await cluster.masters()).targets) {
      await writeTopic(cluster, addr, { topic, ...write, readQueueNums: 1, writeQueueNums: 1 });
    }
    await eventually("one queue", async () => {
      const route = await cluster.route(topic, { fresh: true });
      return route.queueDatas.every(({ readQueueNums }) => readQueueNums === 1) ? true : undefined;
    });
    const found = await byKey(topic, "two");
    const detail = await messages.get(placeOf(found));
    expect(detail).toMatchObject({ queue: "removed", msgId: two.msgId, queueId: 3, queueOffset: "1" });
    expect(detail).toMatchObject({ minOffset: "0", maxOffset: "2" });
    expect(textOf(detail.body?.base64)).toBe("two");
    expect(await (await messages.body(placeOf(found))).text()).toBe("two");
    const before = await messages.get({ ...placeOf(found), queueOffset: "0" });
    expect(textOf(before.body?.base64)).toBe("one");
    const beyond = await problemOf(messages.get({ ...placeOf(found), queueOffset: "7" }));
    expect(beyond.data.issues).toEqual([{ path: "queueOffset", message: "offset.gone" }]);
    const never = await problemOf(messages.get({ ...placeOf(found), queueId: 99 }));
    expect(never.data.issues).toEqual([{ path: "queueId", message: "queue.unknown" }]);
  });

  test("a topic without read permission says so by time and as it comes, and its messages are opened nevertheless", async () => {
    const topic = await createTestTopic(cluster, write);
    for (const queue of [A, B]) await producer.send({ topic, body, keys: [queue.brokerName], queue });
    await untilInQueues(cluster, topic, 2);
    const found = await byKey(topic, "broker-b");
    const permit = async (brokerName: string, perm: number) => {
      await writeTopic(cluster, addrOf(brokerName), { topic, ...write, perm });
      await eventually(`${brokerName} at ${perm}`, async () => {
        const { queueDatas } = await cluster.route(topic, { fresh: true });
        return queueDatas.find((data) => data.brokerName === brokerName)?.perm === perm ? true : undefined;
      });
    };
    await permit("broker-b", 2);
    const half = await byTime(topic);
    expect(half.items.map(({ brokerName }) => brokerName)).toEqual(["broker-a"]);
    expect(codes(half.failures)).toEqual([["broker-b", "TOPIC_NOT_READABLE"]]);
    expect(half.unread).toEqual({ queues: 4, of: 8 });
    expect(await messages.get(placeOf(found))).toMatchObject({ queue: "notReadable", msgId: found.msgId });
    await permit("broker-a", 2);
    expect((await problemOf(byTime(topic))).code).toBe("TOPIC_NOT_READABLE");
    expect((await problemOf(messages.tail({ instanceId, topic }))).code).toBe("TOPIC_NOT_READABLE");
    expect((await messages.byKey({ instanceId, topic, key: "broker-b" })).items).toHaveLength(1);
  });
});

describe("a broker that keeps no index", () => {
  const index = (messageIndexEnable: "true" | "false") =>
    cluster.call(brokerRpc.updateBrokerConfig, addrOf("broker-b"), {}, { body: { messageIndexEnable } });
  afterAll(() => index("true"));

  test("is told where a search finds nothing there, and does not pass for one that has no such message", async () => {
    const topic = await createTestTopic(cluster);
    await index("false");
    const sent = await producer.send({ topic, body, keys: ["both", "dark"], queue: B });
    await producer.send({ topic, body, keys: ["both"], queue: A });
    await untilInQueues(cluster, topic, 2);
    const both = await eventually("the other one in the index", async () => {
      const page = await messages.byKey({ instanceId, topic, key: "both" });
      return page.items.length > 0 ? page : undefined;
    });
    expect(both.items).toHaveLength(1);
    expect(codes(both.failures)).toEqual([["broker-b", "INDEX_DISABLED"]]);
    expect(both.unread).toEqual({ queues: 4, of: 8 });
    const nothing = await messages.byKey({ instanceId, topic, key: "dark" });
    expect([nothing.items, codes(nothing.failures)]).toEqual([[], [["broker-b", "INDEX_DISABLED"]]]);
    const byId = await messages.byId({ instanceId, topic, id: sent.msgId });
    expect([byId.items, codes(byId.failures)]).toEqual([[], [["broker-b", "INDEX_DISABLED"]]]);
    const trace = await server.client.trace.byMessage({ instanceId, traceTopic: topic, id: sent.msgId });
    expect([trace.state, codes(trace.failures)]).toEqual(["unreadable", [["broker-b", "INDEX_DISABLED"]]]);
  });
});

describe("a compacted topic", () => {
  test("gives all that it kept in either order, though most offsets have no message", async () => {
    const topic = await createTestTopic(cluster, {
      readQueueNums: 1,
      writeQueueNums: 1,
      attributes: ["+cleanup.policy=COMPACTION"],
    });
    const keyOf = (n: number) => (n % 50 === 7 && n > 300 ? `rare-${n}` : `hot-${n % 5}`);
    for (let n = 0; n < 1500; n++) await producer.send({ topic, body: randomBytes(8000), keys: [keyOf(n)], queue: A });
    const consumer = new PullConsumer(cluster);
    const stored = async () => {
      const offsets: string[] = [];
      for await (const some of consumer.read({ topic, ...A }, 0n, 1500n, { ahead: 1 }))
        offsets.push(...some.map(({ queueOffset }) => queueOffset.toString()));
      return offsets;
    };
    const pages = async (order: "oldest" | undefined) => {
      const items: MessageItem[] = [];
      let cursor: string | undefined;
      do {
        const page = await byTime(topic, { order, pageSize: 100, cursor });
        expect([page.atMost, page.failures]).toEqual([cursor === undefined, []]);
        items.push(...page.items);
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      return items.map(({ queueOffset }) => queueOffset);
    };
    // The broker goes on compacting: what was read between two equal lists is compared with them.
    const [kept, newest, oldest] = await eventually(
      "a compaction that is over",
      async () => {
        const before = await stored();
        if (before.length > 700) return undefined;
        const read = [await pages(undefined), await pages("oldest")] as const;
        return (await stored()).join() === before.join() ? ([before, ...read] as const) : undefined;
      },
      90_000,
    );
    expect(newest.toReversed()).toEqual(kept);
    expect(oldest).toEqual(kept);
    let hits = 0;
    for await (const event of await server.client.scan.run({ instanceId, topic, source: "time", expression: "" }))
      hits = event.hits;
    expect(hits).toBe(kept.length);
    const { offset } = await cluster.call(offsetRpc.getMinOffset, addrOf("broker-a"), { topic, queueId: 0 });
    expect(offset).toBeLessThan(BigInt(kept[0] ?? 0));
    const first = await messages.byOffset({ instanceId, topic, ...A, queueOffset: offset.toString(), count: 3 });
    expect(first.items.map(({ queueOffset }) => queueOffset)).toEqual(kept.slice(0, 3));
  });
});

describe("brokers that die", () => {
  let topic: string;
  const group = "g-lost";
  let all: MessageItem[];

  const at = (brokerName: string): MessageItem => {
    const item = all.find((one) => one.brokerName === brokerName);
    if (item === undefined) throw new Error(`nothing on ${brokerName}`);
    return item;
  };

  beforeAll(async () => {
    topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    for (const { addr } of (await cluster.masters()).targets) {
      await writeGroup(cluster, addr, { groupName: group, patch: {} });
    }
    for (const queue of [A, A, A, B, B]) await producer.send({ topic, body, keys: ["all", queue.brokerName], queue });
    await untilInQueues(cluster, topic, 5);
    for (const brokerName of ["broker-a", "broker-b"]) {
      const commit = { consumerGroup: group, topic, queueId: 0, commitOffset: 1n };
      await cluster.call(offsetRpc.updateConsumerOffset, addrOf(brokerName), commit);
    }
    all = (await byTime(topic)).items;
    expect(all).toHaveLength(5);
    await eventually("all in the index", async () =>
      (await messages.byKey({ instanceId, topic, key: "all" })).items.length === 5 ? true : undefined,
    );
    const slave = sandbox.brokers.find(({ role }) => role === "slave")?.addr ?? "";
    // A slave copies messages at once, and the topics that it may be asked for every ten seconds.
    await eventually(
      "all at the slave",
      async () => {
        const known = await cluster.call(topicRpc.getTopicConfig, slave, { topic, lo: true }).catch(() => undefined);
        const end = await cluster.call(offsetRpc.getMaxOffset, slave, { topic, queueId: 0 }).catch(() => undefined);
        return known !== undefined && end?.offset === 3n ? true : undefined;
      },
      90_000,
    );
  });

  test("a dead master's slave is read by the very first search", async () => {
    await sandbox.killBroker("broker-a");
    const found = await byTime(topic);
    expect([found.items.length, found.total, found.failures]).toEqual([5, "5", []]);
    const byKey = await messages.byKey({ instanceId, topic, key: "all" });
    expect([byKey.items.length, byKey.failures]).toEqual([5, []]);
    const { offsetMsgId, msgId } = at("broker-a");
    expect((await messages.byId({ instanceId, id: offsetMsgId })).items).toMatchObject([{ msgId }]);
    const states = await messages.states({ instanceId, group, messages: [at("broker-a"), at("broker-b")] });
    expect(states.states[0]).toMatchObject({ state: "unknown", committed: null, end: null });
    expect(states.failures.map(({ target }) => target)).toEqual(["broker-a"]);
  });

  test("a slave that acts as master is told as the slave that it is, and what only a master tells is not known", async () => {
    await sandbox.killBroker("broker-a");
    const slave = sandbox.brokers.find(({ role }) => role === "slave")?.addr ?? "";
    const header = { topic, acceptStandardJsonOnly: true };
    await eventually("the slave under the master's id", async () => {
      const { brokerDatas } = await cluster.callNamesrv(namesrvRpc.getRouteInfoByTopic, header);
      return brokerDatas.some(({ brokerAddrs }) => brokerAddrs.get(0) === slave) || undefined;
    });
    const { client } = server;
    const route = await client.topic.route({ instanceId, topic });
    const [atA] = route.items.filter(({ brokerName }) => brokerName === "broker-a");
    expect(atA?.addrs).toEqual([{ brokerId: "1", role: "slave", addr: slave }]);
    const found = await byTime(topic);
    expect([found.items.length, found.total, found.failures]).toEqual([5, "5", []]);
    await cluster.route(topic, { fresh: true });
    await expect(producer.send({ topic, body, queue: A })).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    const noMaster = [["broker-a", "NO_MASTER"]];
    const [overview, ofGroup] = await Promise.all([
      client.topic.get({ instanceId, topic }),
      client.group.get({ instanceId, group }),
    ]);
    expect([codes(overview.failures), overview.stored, overview.atLeast]).toEqual([noMaster, "2", true]);
    expect([codes(ofGroup.failures), ofGroup.clients, ofGroup.atLeast]).toEqual([noMaster, null, true]);
    const plans = [
      client.topic.planDelete({ instanceId, topic }),
      client.group.planDelete({ instanceId, group, withTopics: false }),
    ];
    for (const { blocked, failures } of await Promise.all(plans))
      expect([blocked, codes(failures)]).toEqual(["USE_UNKNOWN", noMaster]);
    const create = { topic: `${topic}-new`, queues: 1, perm: 6, messageType: "NORMAL" } as const;
    const { changes, failures } = await client.topic.planCreate({ instanceId, ...create, brokers: ["broker-a"] });
    expect([changes, codes(failures)]).toEqual([[], noMaster]);
  });

  afterEach(() => sandbox.startKilled());

  test("a master that is gone without a slave is told wherever it would have been asked", async () => {
    const { client } = server;
    await sandbox.killBroker("broker-b");
    const place = { instanceId, topic, ...A, queueOffset: at("broker-a").queueOffset };
    const asked: Record<string, () => Promise<{ failures: Failure[] }>> = {
      "topic.list": () => client.topic.list({ instanceId }),
      "topic.list by figures": () => client.topic.list({ instanceId, sort: "lag", order: "desc", fresh: true }),
      "topic.get": () => client.topic.get({ instanceId, topic }),
      "topic.queues": () => client.topic.queues({ instanceId, topic }),
      "topic.groups": () => client.topic.groups({ instanceId, topic }),
      "topic.producers": () => client.topic.producers({ instanceId, topic }),
      "topic.route": () => client.topic.route({ instanceId, topic }),
      "topic.config": () => client.topic.config({ instanceId, topic }),
      "group.list": () => client.group.list({ instanceId }),
      "group.get": () => client.group.get({ instanceId, group }),
      "group.progress": () => client.group.progress({ instanceId, group }),
      "group.clients": () => client.group.clients({ instanceId, group }),
      "group.subscriptions": () => client.group.subscriptions({ instanceId, group }),
      "group.config": () => client.group.config({ instanceId, group }),
      "group.consistency": () => client.group.consistency({ instanceId, group }),
      "overview.summary": () => client.overview.summary({ instanceId }),
      "overview.brokers": () => client.overview.brokers({ instanceId }),
      "overview.clients": () => client.overview.clients({ instanceId }),
      "overview.messages": () => client.overview.messages({ instanceId }),
      "overview.lags": () => client.overview.lags({ instanceId }),
      "message.byTime": () => byTime(topic),
      "message.byKey": () => messages.byKey({ instanceId, topic, key: "broker-b" }),
      "message.byId": () => messages.byId({ instanceId, topic, id: at("broker-b").msgId }),
      "message.states": () => messages.states({ instanceId, group, messages: [at("broker-b")] }),
      "message.groups": () => messages.groups(place),
    };
    const told = async () => {
      const rows = Object.entries(asked).map(async ([row, ask]) => [row, codes((await ask()).failures)] as const);
      return Object.fromEntries(await Promise.all(rows));
    };
    const gone = [["broker-b", "BROKER_GONE"]];
    const everywhere = Object.fromEntries(Object.keys(asked).map((row) => [row, gone]));
    await expect.poll(told, { timeout: 60_000, interval: 500 }).toEqual(everywhere);
    expect((await byTime(topic)).items).toHaveLength(3);
    const offsetId = messages.byId({ instanceId, id: at("broker-b").offsetMsgId });
    expect(await problemOf(offsetId)).toMatchObject({ code: "BROKER_GONE" });
    const inQueue = messages.byOffset({ instanceId, topic, ...B, queueOffset: "0" });
    expect(await problemOf(inQueue)).toMatchObject({ code: "BROKER_GONE" });
    const plans = [
      client.topic.planDelete({ instanceId, topic }),
      client.group.planDelete({ instanceId, group, withTopics: false }),
    ];
    for (const { warnings, failures, blocked } of await Promise.all(plans)) {
      expect(warnings).toContainEqual({ key: "brokersGone", params: { brokers: "broker-b" } });
      expect([failures, blocked]).toEqual([[], null]);
    }
  });

  test("a topic that only a gone broker had is not called unknown, and is found again when it is back", async () => {
    await eventually("nothing is gone", async () => ((await byTime(topic)).failures.length === 0 ? true : undefined));
    const only = `only-b-${Date.now()}`;
    const write = { topic: only, readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
    await writeTopic(cluster, addrOf("broker-b"), write);
    await untilRouted(cluster, only, 1);
    await producer.send({ topic: only, body, queue: B });
    await untilInQueues(cluster, only, 1);
    await sandbox.killBroker("broker-b");
    await eventually("the route is gone", () =>
      cluster.route(only, { fresh: true }).then(
        () => undefined,
        () => true,
      ),
    );
    expect((await problemOf(byTime(only))).code).toBe("BROKER_GONE");
    expect(codes((await messages.byKey({ instanceId, topic: only, key: "k" })).failures)).toEqual([
      ["broker-b", "BROKER_GONE"],
    ]);
    await sandbox.startBroker("broker-b");
    await expect.poll(async () => (await byTime(only)).items.length, { timeout: 30_000 }).toBe(1);
  });
});
