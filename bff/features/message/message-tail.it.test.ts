import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MessageTail } from "#contract/message.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let instanceId: string;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "tails", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const bodyOf = (item: MessageTail["items"][number] | undefined) =>
  Buffer.from(item?.head?.base64 ?? "", "base64").toString();

async function nextOf(events: AsyncIterator<MessageTail>): Promise<MessageTail> {
  const { value, done } = await events.next();
  if (done === true) throw new Error("the stream has ended");
  return value;
}

test("what is stored from now on comes, newest first, and what was there before does not", async () => {
  const topic = await createTestTopic(cluster, { readQueueNums: 2, writeQueueNums: 2 });
  await producer.send({ topic, body: Buffer.from("before") });
  await untilInQueues(cluster, topic, 1);
  const leave = new AbortController();
  const events = (await server.client.message.tail({ instanceId, topic }, { signal: leave.signal }))[
    Symbol.asyncIterator
  ]();
  expect(await nextOf(events)).toMatchObject({ items: [], passedOver: "0", failures: [], ended: false });
  for (const queueId of [0, 1]) {
    const before = Date.now();
    await producer.send({ topic, body: Buffer.from(`after ${queueId}`), queue: { brokerName: "broker-b", queueId } });
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(before + 1), { interval: 1 });
  }
  const bodies: string[] = [];
  while (bodies.length < 2) {
    const { items, passedOver } = await nextOf(events);
    expect(passedOver).toBe("0");
    bodies.unshift(...items.map(bodyOf));
  }
  expect(bodies).toEqual(["after 1", "after 0"]);
  leave.abort();
  await expect(events.next()).rejects.toThrow();
});

test("messages that come too fast are counted, and the newest of them shown", async () => {
  const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const leave = new AbortController();
  const events = (await server.client.message.tail({ instanceId, topic }, { signal: leave.signal }))[
    Symbol.asyncIterator
  ]();
  await nextOf(events);
  const queue = { brokerName: "broker-a", queueId: 0 };
  await Promise.all(Array.from({ length: 200 }, () => producer.send({ topic, body: Buffer.from("x"), queue })));
  let shown = 0;
  let passedOver = 0;
  while (shown + passedOver < 200) {
    const next = await nextOf(events);
    expect(next.items.length).toBeLessThanOrEqual(50);
    shown += next.items.length;
    passedOver += Number(next.passedOver);
  }
  expect(shown + passedOver).toBe(200);
  expect(passedOver).toBeGreaterThan(0);
  expect(shown).toBeGreaterThanOrEqual(32);
  leave.abort();
});

test("one person follows six topics at most, and one more when they leave one", async () => {
  const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const follow = async () => {
    const leave = new AbortController();
    const stream = await server.client.message.tail({ instanceId, topic }, { signal: leave.signal });
    await nextOf(stream[Symbol.asyncIterator]());
    return leave;
  };
  const open: AbortController[] = [];
  // Those of other tests may be about to end.
  while (open.length < 6) open.push(await vi.waitFor(follow, { timeout: 10_000, interval: 100 }));
  const refused = await problemOf(follow());
  expect(refused).toMatchObject({ code: "TOO_MANY_TAILS", data: { params: { ofOne: 6, ofAll: 60 } } });
  open.pop()?.abort();
  open.push(await vi.waitFor(follow, { timeout: 10_000, interval: 100 }));
  for (const leave of open) leave.abort();
});

test("an unknown topic is told before anything streams", async () => {
  const { code, data } = await problemOf(server.client.message.tail({ instanceId, topic: "no-such-topic" }));
  expect({ code, issues: data.issues }).toEqual({
    code: "TOPIC_NOT_EXIST",
    issues: [{ path: "topic", message: "topic.unknown" }],
  });
});
