import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ScanEvent } from "#contract/scan.ts";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { groupRpc } from "../../../rocketmq/rpc/group.ts";
import { offsetRpc } from "../../../rocketmq/rpc/offset.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type ApiClient, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";
import { ScanPace } from "../../../rocketmq/admin/message-scan.ts";
import { readFilter } from "./scan-filter.ts";
import { Scan } from "./scan.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let instanceId: string;
let topic: string;

/** On both brokers together. */
const QUEUES = 8;
const COUNT = 400;
const A = { brokerName: "broker-a", queueId: 0 };

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "scans", namesrvAddrs })).id;
  topic = await createTestTopic(cluster);
  await Promise.all(
    Array.from({ length: COUNT }, (_, n) =>
      producer.send({
        topic,
        body: Buffer.from(JSON.stringify({ n, user: { name: n % 7 === 0 ? "Ann" : "Bob" }, pad: "x".repeat(n % 500) })),
        tag: n % 4 === 0 ? "paid" : "open",
        keys: [`k-${n}`],
        properties: { region: n % 10 === 0 ? "eu" : "us" },
      }),
    ),
  );
  await untilInQueues(cluster, topic, COUNT);
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

type ScanInput = Parameters<ApiClient["scan"]["run"]>[0];

async function scan(input: Omit<ScanInput, "instanceId">, signal?: AbortSignal) {
  const items: ScanEvent["items"] = [];
  let last: ScanEvent | undefined;
  for await (const event of await server.client.scan.run({ instanceId, ...input }, { signal })) {
    items.push(...event.items);
    last = event;
  }
  if (last === undefined) throw new Error("nothing was said");
  return { items, last };
}

const keysOf = (items: ScanEvent["items"]) => items.flatMap(({ keys }) => keys).toSorted();
const keysWhere = (matches: (n: number) => boolean) =>
  Array.from({ length: COUNT }, (_, n) => n)
    .filter(matches)
    .map((n) => `k-${n}`)
    .toSorted();

test.each([
  ['tag == "paid"', (n: number) => n % 4 === 0],
  ['props.region == "eu"', (n: number) => n % 10 === 0],
  ['body.json.user.name == "Ann" && body.json.n > 100', (n: number) => n % 7 === 0 && n > 100],
  ['"k-17" in keys', (n: number) => n === 17],
  ['body.text.matches("\\"n\\":39[0-9]")', (n: number) => n >= 390],
] as const)("%s finds exactly the messages it is true of", async (expression, matches) => {
  const { items, last } = await scan({ topic, source: "time", expression });
  expect(keysOf(items)).toEqual(keysWhere(matches));
  expect(last).toMatchObject({
    state: "done",
    paused: null,
    hits: items.length,
    passed: String(COUNT),
    total: String(COUNT),
    notJudged: 0,
    failures: [],
    unread: { queues: 0, of: QUEUES },
  });
});

test("brokers that look for a tag send the others of it alone", async () => {
  const { last } = await scan({ topic, source: "time", expression: 'tag == "paid"' });
  expect(last).toMatchObject({ messages: COUNT / 4, passed: String(COUNT) });
});

test("an expression that took too long is refused to exports too", async () => {
  const own = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const body = Buffer.from(`${"a".repeat(60)}!`);
  await Promise.all(Array.from({ length: 4 }, () => producer.send({ topic: own, body })));
  await untilInQueues(cluster, own, 4);
  const asked = { topic: own, source: "time", expression: 'body.text.matches("^(a+)+$")' } as const;
  expect(await problemOf(scan(asked))).toMatchObject({ code: "SCAN_TOO_COSTLY" });
  const again = { instanceId, ...asked, expression: ` ${asked.expression} ` };
  expect(await problemOf(server.client.scan.run(again))).toMatchObject({ code: "SCAN_TOO_COSTLY" });
  expect(await problemOf(server.client.scan.export(again))).toMatchObject({ code: "SCAN_TOO_COSTLY" });
});

test("all that a scan finds is exported as a job's file", async () => {
  const { jobId } = await server.client.scan.export({
    instanceId,
    topic,
    source: "time",
    expression: 'props.region == "eu"',
    format: "jsonl",
  });
  const job = await eventually("the export has ended", async () => {
    const now = await server.client.job.get({ jobId });
    return now.finishedAt === null ? undefined : now;
  });
  const found = keysWhere((n) => n % 10 === 0);
  expect(job).toMatchObject({ state: "succeeded", summary: { messages: found.length, of: COUNT } });
  const lines = (await (await server.client.job.file({ jobId })).text()).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { keys: string }).keys).toSorted()).toEqual(found);
});

test("a queue, and a part of it, is scanned alone", async () => {
  const queue = { topic, source: "queue", brokerName: "broker-a", queueId: 0 } as const;
  const whole = await scan({ ...queue, expression: "" });
  expect(new Set(whole.items.map((item) => `${item.brokerName} ${item.queueId}`))).toEqual(new Set(["broker-a 0"]));
  const some = await scan({ ...queue, fromOffset: "3", toOffset: "7", expression: "" });
  expect(some.items.map(({ queueOffset }) => queueOffset)).toEqual(["3", "4", "5", "6", "7"]);
});

test("what a group has not read is scanned from where it is", async () => {
  const group = `scan-${Date.now().toString(36)}`;
  const { targets } = await cluster.masters();
  for (const { addr } of targets) {
    await cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body: { groupName: group } });
    for (const queueId of [0, 1, 2, 3]) {
      const { offset } = await cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId });
      const commitOffset = queueId === 0 ? offset - 2n : offset;
      await cluster.call(offsetRpc.updateConsumerOffset, addr, { consumerGroup: group, topic, queueId, commitOffset });
    }
  }
  const { last } = await scan({ topic, source: "unread", group, expression: "" });
  expect(last).toMatchObject({ total: "4", hits: 4, messages: 4 });
});

test("the cost is told before", async () => {
  const cost = await server.client.scan.cost({ instanceId, topic, source: "time", expression: 'tag == "paid"' });
  expect(cost).toMatchObject({ messages: String(COUNT), queues: QUEUES, atMost: false, tags: ["paid"], failures: [] });
  expect(cost.bytes).toBeGreaterThan(COUNT * 200);
  expect(cost.bytes).toBeLessThan(COUNT * 2000);
  const later = await server.client.scan.cost({
    instanceId,
    topic,
    source: "time",
    from: Date.now() + 60_000,
    to: Date.now() + 120_000,
    expression: "",
  });
  expect(later).toMatchObject({ messages: "0", bytes: 0, queues: 0 });
});

test("a faulty expression is told at its field, and an unknown topic at its own", async () => {
  const faulty = await problemOf(server.client.scan.run({ instanceId, topic, source: "time", expression: "tag = 1" }));
  expect(faulty).toMatchObject({ code: "BAD_REQUEST", data: { issues: [{ path: "expression" }] } });
  const unknown = { instanceId, topic: "no-such-topic", source: "time", expression: "" } as const;
  expect(await problemOf(server.client.scan.run(unknown))).toMatchObject({ code: "TOPIC_NOT_EXIST" });
  const group = { instanceId, topic, source: "unread", group: "no-such-group", expression: "" } as const;
  for (const asking of [server.client.scan.run(group), server.client.scan.cost(group)])
    expect(await problemOf(asking)).toMatchObject({
      code: "SUBSCRIPTION_GROUP_NOT_EXIST",
      data: { issues: [{ path: "group", message: "group.unknown" }] },
    });
  const queue = { instanceId, topic, source: "queue", expression: "" } as const;
  for (const [place, issue] of [
    [
      { brokerName: "broker-zz", queueId: 0 },
      { path: "brokerName", message: "broker.unknown" },
    ],
    [
      { brokerName: "broker-a", queueId: 77 },
      { path: "queueId", message: "queue.unknown" },
    ],
  ] as const)
    expect(await problemOf(server.client.scan.run({ ...queue, ...place }))).toMatchObject({
      code: "BAD_REQUEST",
      data: { issues: [issue] },
    });
  const check = await server.client.scan.check({ instanceId, expression: "tag = 1" });
  expect(check.fault).toMatchObject({ key: "character", start: 4 });
});

test.each([
  ["TAG", "paid", "match"],
  ["TAG", "open || other", "noMatch"],
  ["TAG", "*", "match"],
  // To brokers it is one among others, and no message has it.
  ["TAG", "open || *", "noMatch"],
  ["TAG", "||", "refused"],
  ["SQL92", "region = 'eu'", "match"],
  ["SQL92", "region = 'us'", "noMatch"],
  ["SQL92", "region = ", "refused"],
] as const)("the broker is asked whether %s %s takes a message: %s", async (type, expression, verdict) => {
  const { items } = await scan({ topic, source: "time", expression: '"k-0" in keys' });
  const [{ brokerName, queueId, queueOffset } = { brokerName: "", queueId: 0, queueOffset: "" }] = items;
  const asked = { instanceId, topic, brokerName, queueId, queueOffset, type, expression };
  expect(await server.client.scan.wouldMatch(asked)).toMatchObject({ verdict, byHashOnly: false });
});

test("a tag with the same hash is given by the broker and left out by clients", async () => {
  // "Aa" and "BB" have one hash in Java.
  const own = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const { queueOffset, brokerName } = await producer.send({ topic: own, body: Buffer.from("x"), tag: "Aa" });
  await untilInQueues(cluster, own, 1);
  const place = { instanceId, topic: own, brokerName, queueId: 0, queueOffset: String(queueOffset) };
  const tried = await server.client.scan.wouldMatch({ ...place, type: "TAG", expression: "BB" });
  expect(tried).toMatchObject({ verdict: "noMatch", byHashOnly: true });
  expect((await scan({ topic: own, source: "time", expression: 'tag == "BB"' })).last).toMatchObject({ hits: 0 });
});

test("one person runs two scans at once, and a scan that nobody listens to ends", async () => {
  const many = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  await Promise.all(Array.from({ length: 20 }, () => producer.send({ topic: many, body: Buffer.alloc(1000) })));
  await untilInQueues(cluster, many, 20);
  const follow = async () => {
    const leave = new AbortController();
    const asked = { instanceId, topic: many, source: "time", expression: "" } as const;
    const stream = await server.client.scan.run(asked, { signal: leave.signal });
    await stream[Symbol.asyncIterator]().next();
    return leave;
  };
  const runs = [await follow(), await follow()];
  for (const leave of runs) leave.abort();
  const again = await vi.waitFor(follow, { timeout: 1000, interval: 20 });
  again.abort();
});

async function openScan(of: string, expression: string) {
  const read = readFilter(expression);
  if ("fault" in read) throw new Error(read.fault.detail);
  return Scan.open(cluster, { instanceId, topic: of, source: "time" }, read.filter, new AbortController().signal);
}

test("a scan that stops at its bound goes on to give each message once", async () => {
  const long = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const count = 1000;
  const all = Array.from({ length: count }, (_, n) => ({
    topic: long,
    keys: [`k-${n}`],
    body: Buffer.from("x"),
    queue: A,
  }));
  for (let at = 0; at < count; at += 200) await producer.sendBatch(all.slice(at, at + 200));
  await untilInQueues(cluster, long, count);
  const open = await openScan(long, "");
  const { signal } = new AbortController();
  const found: string[] = [];
  let runs = 0;
  for (let by: string | undefined = "messages"; by !== undefined; runs++) {
    const run = open.run(cluster, {
      pace: new ScanPace(1e12),
      bounds: { messages: 1, bytes: 1e12, seconds: 60 },
      signal,
    });
    for (;;) {
      const { done, value } = await run.next();
      if (done === true) {
        by = value;
        break;
      }
      found.push(...value.flatMap(({ keys = "" }) => keys.split(" ")));
    }
  }
  expect(runs).toBeGreaterThan(1);
  expect(found.toSorted()).toEqual(all.flatMap(({ keys }) => keys).toSorted());
  expect(open.figures).toMatchObject({ messages: count, hits: count, passed: BigInt(count) });
});

test("a scan reads no faster than it may, and leaves within a second while it waits", async () => {
  const open = await openScan(topic, "");
  const leave = new AbortController();
  const run = open.run(cluster, { pace: new ScanPace(20_000), signal: leave.signal });
  await run.next();
  expect(open.figures.messages).toBeLessThan(COUNT);
  const since = performance.now();
  const ended = (async () => {
    for (let over = false; !over;) over = (await run.next()).done === true;
  })();
  leave.abort(new Error("left"));
  await expect(ended).rejects.toThrow();
  expect(performance.now() - since).toBeLessThan(1000);
});

test("a topic of 4,096 queues is scanned whole", async () => {
  const wide = await createTestTopic(cluster, { readQueueNums: 2048, writeQueueNums: 2048 });
  const queues = [0, 1000, 2047].flatMap((queueId) =>
    ["broker-a", "broker-b"].map((brokerName) => ({ brokerName, queueId })),
  );
  await Promise.all(queues.map((queue) => producer.send({ topic: wide, body: Buffer.from("x"), queue })));
  await untilInQueues(cluster, wide, queues.length);
  const { last } = await scan({ topic: wide, source: "time", expression: 'body.text == "x"' });
  expect(last).toMatchObject({ hits: queues.length, total: String(queues.length), unread: { queues: 0, of: 4096 } });
});
