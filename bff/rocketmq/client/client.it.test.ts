import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { writeTopic } from "../admin/topic-admin.ts";
import { createTestTopic, eventually, untilRouted } from "../../testing/test-topic.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { Producer } from "./producer.ts";
import { PullConsumer, type QueueRef } from "./pull-consumer.ts";
import { sendInTransaction } from "./transaction.ts";

let cluster: RocketMQCluster;
let producer: Producer;
let consumer: PullConsumer;
let topic: string;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  consumer = new PullConsumer(cluster);
  topic = await createTestTopic(cluster);
});

afterAll(() => cluster.close());

async function allQueues(of: string): Promise<QueueRef[]> {
  const { queueDatas } = await cluster.route(of);
  return queueDatas.flatMap(({ brokerName, readQueueNums }) =>
    Array.from({ length: readQueueNums }, (_, queueId) => ({ topic: of, brokerName, queueId })),
  );
}

async function readAll(of: string): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (const queue of await allQueues(of)) {
    for await (const some of consumer.read(queue, 0n, 2n ** 62n)) messages.push(...some);
  }
  return messages;
}

const find = (of: string, msgId: string) =>
  eventually(`message ${msgId}`, async () => (await readAll(of)).find((message) => message.msgId === msgId));

/** What was stored can be pulled once the broker has put it into its queue, a moment later. */
const pullStored = (queue: QueueRef, offset: bigint, count: number) =>
  eventually(`${count} messages at ${offset}`, async () => {
    const { messages } = await consumer.pull(queue, offset, { maxNums: count });
    return messages.length === count ? messages : undefined;
  });

describe("the producer", () => {
  it("stores a message with all that belongs to it where it says", async () => {
    const sent = await producer.send({
      topic,
      body: Buffer.from("hello 你好"),
      tag: "paid",
      keys: ["order-1", "order-2"],
      properties: { city: "上海", quote: '"\\' },
      flag: 7,
    });
    expect(sent).toMatchObject({ sendStatus: "SEND_OK" });
    const [message] = await pullStored({ topic, ...sent }, sent.queueOffset, 1);
    expect([message?.topic, message?.brokerName, message?.queueId]).toEqual([topic, sent.brokerName, sent.queueId]);
    expect([message?.msgId, message?.offsetMsgId]).toEqual([sent.msgId, sent.offsetMsgId]);
    expect([message?.queueOffset, message?.flag, message?.tags]).toEqual([sent.queueOffset, 7, "paid"]);
    expect(message?.storedBody.toString()).toBe("hello 你好");
    expect(message?.keys).toBe("order-1 order-2");
    expect(message?.properties.get("city")).toBe("上海");
    expect(message?.properties.get("quote")).toBe('"\\');
    expect(message?.bodyIntact).toBe(true);
    expect(Math.abs(Date.now() - (message?.bornTimestamp ?? 0))).toBeLessThan(60_000);
  });

  it("spreads messages over all queues", async () => {
    const sent = await Promise.all(
      Array.from({ length: 16 }, (_, i) => producer.send({ topic, body: Buffer.from(`${i}`) })),
    );
    expect(new Set(sent.map(({ brokerName, queueId }) => `${brokerName}:${queueId}`)).size).toBe(8);
  });

  it("compresses a large body that gets smaller, and none that does not", async () => {
    const text = Buffer.from("compress me ".repeat(2000));
    const noise = randomBytes(20_000);
    const [packed, plain] = await Promise.all([
      producer.send({ topic, body: text }),
      producer.send({ topic, body: noise }),
    ]);
    const small = await find(topic, packed.msgId);
    expect(small.compression).toBe("zlib");
    expect(small.storedBodySize).toBeLessThan(1000);
    expect(await small.unpackedBody()).toEqual(text);
    expect(small.bodyIntact).toBe(true);
    const large = await find(topic, plain.msgId);
    expect(large.compression).toBeUndefined();
    expect(large.storedBody).toEqual(noise);
  });

  it("keeps messages of a sharding key in one queue and in order", async () => {
    const ordered = await createTestTopic(cluster);
    const bodies = Array.from({ length: 20 }, (_, i) => String(i));
    for (const body of bodies)
      await producer.send({ topic: ordered, body: Buffer.from(body), shardingKey: "order-42" });
    const messages = await eventually("all in the queue", async () => {
      const stored = await readAll(ordered);
      return stored.length === bodies.length ? stored : undefined;
    });
    expect(new Set(messages.map(({ brokerName, queueId }) => `${brokerName}:${queueId}`)).size).toBe(1);
    expect(messages.map(({ storedBody }) => storedBody.toString())).toEqual(bodies);
  });

  it("sends to the queue that is asked for, and to no other when there is none like it", async () => {
    const queue = { brokerName: "broker-b", queueId: 2 };
    expect(await producer.send({ topic, body: Buffer.from("here"), queue })).toMatchObject(queue);
    const absent = producer.send({
      topic,
      body: Buffer.from("nowhere"),
      queue: { brokerName: "broker-b", queueId: 99 },
    });
    await expect(absent).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  });

  it("stores a batch in one queue, each message with its own ids", async () => {
    const sent = await producer.sendBatch(
      ["a", "b", "c"].map((body) => ({ topic, body: Buffer.from(body), tag: body, keys: `key-${body}` })),
    );
    expect(new Set(sent.map(({ msgId }) => msgId)).size).toBe(3);
    const first = sent[0];
    if (!first) throw new Error("nothing sent");
    const messages = await pullStored({ topic, ...first }, first.queueOffset, 3);
    expect(messages.map(({ storedBody, tags, keys }) => [storedBody.toString(), tags, keys])).toEqual([
      ["a", "a", "key-a"],
      ["b", "b", "key-b"],
      ["c", "c", "key-c"],
    ]);
    expect(messages.map(({ msgId, offsetMsgId, queueOffset }) => [msgId, offsetMsgId, queueOffset])).toEqual(
      sent.map(({ msgId, offsetMsgId, queueOffset }) => [msgId, offsetMsgId, queueOffset]),
    );
  });

  it("hands over oneway messages, which arrive", async () => {
    const { msgId } = await producer.sendOneway({ topic, body: Buffer.from("oneway") });
    expect((await find(topic, msgId)).storedBody.toString()).toBe("oneway");
  });

  it("delays by level and to a time", async () => {
    const byLevel = await producer.send({ topic, body: Buffer.from("level"), delayLevel: 1 });
    const deliverAt = Date.now() + 2000;
    const byTime = await producer.send({ topic, body: Buffer.from("timed"), deliverAt });
    const [levelled, timed] = await Promise.all([find(topic, byLevel.msgId), find(topic, byTime.msgId)]);
    expect(levelled.storeTimestamp - levelled.bornTimestamp).toBeGreaterThanOrEqual(900);
    expect(timed.storeTimestamp).toBeGreaterThanOrEqual(deliverAt - 1000);
    expect(byTime.recallHandle).toBeTruthy();
  });

  it("shows a committed transaction's message and never one rolled back", async () => {
    const transactional = await createTestTopic(cluster, { attributes: ["+message.type=TRANSACTION"] });
    const send = (body: string, outcome: "commit" | "rollback") =>
      sendInTransaction(producer, { topic: transactional, body: Buffer.from(body), keys: body }, outcome);
    expect(await send("back", "rollback")).toMatchObject({ outcome: "rollback", sendStatus: "SEND_OK" });
    const committed = await send("forth", "commit");
    expect((await find(transactional, committed.msgId)).storedBody.toString()).toBe("forth");
    expect((await readAll(transactional)).map(({ storedBody }) => storedBody.toString())).toEqual(["forth"]);
  });

  it("says that a topic does not exist instead of creating it", async () => {
    const unknown = `absent-${randomUUID()}`;
    await expect(producer.send({ topic: unknown, body: Buffer.from("x") })).rejects.toMatchObject({
      code: "TOPIC_NOT_EXIST",
    });
    await expect(cluster.route(unknown, { fresh: true })).rejects.toMatchObject({ code: "TOPIC_NOT_EXIST" });
  });

  it("says that a topic which may only be read takes nothing", async () => {
    const readOnly = await createTestTopic(cluster, { perm: 4 });
    await expect(producer.send({ topic: readOnly, body: Buffer.from("x") })).rejects.toMatchObject({
      code: "NO_PERMISSION",
    });
  });

  it("passes on what the broker says of a body that it finds too large", async () => {
    const bold = new Producer(cluster, { maxMessageSize: 16 * 1024 * 1024 });
    const sent = bold.send({ topic, body: randomBytes(5 * 1024 * 1024) });
    await expect(sent).rejects.toMatchObject({ code: "MESSAGE_ILLEGAL", responseCode: 13 });
  });
});

describe("the pull consumer", () => {
  it("pulls from a broker that has the topic since a moment, however young the route is that it has", async () => {
    const settings = { topic: `widened-${randomUUID()}`, readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
    const { targets } = await cluster.masters();
    const [a, b] = targets.toSorted((one, other) => (one.brokerName < other.brokerName ? -1 : 1));
    await writeTopic(cluster, a?.addr ?? "", settings);
    await untilRouted(cluster, settings.topic, 1);
    const queue = { topic: settings.topic, queueId: 0 };
    await consumer.pull({ ...queue, brokerName: "broker-a" }, 0n);
    const others = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
    try {
      await writeTopic(others, b?.addr ?? "", settings);
      await untilRouted(others, settings.topic, 2);
    } finally {
      others.close();
    }
    expect(await consumer.pull({ ...queue, brokerName: "broker-b" }, 0n)).toMatchObject({ messages: [] });
  });

  const ofNewTopic = async () => ({ topic: await createTestTopic(cluster), brokerName: "broker-a", queueId: 1 });

  it("says that nothing is new at the end, and where a queue begins when asked from outside", async () => {
    const of = await createTestTopic(cluster);
    const at = { topic: of, brokerName: "broker-a", queueId: 0 };
    await producer.send({ topic: of, body: Buffer.from("only"), queue: at });
    await pullStored(at, 0n, 1);
    expect(await consumer.pull(at, 1n)).toMatchObject({ status: "NO_NEW", messages: [], minOffset: 0n, maxOffset: 1n });
    expect(await consumer.pull(at, 1000n)).toMatchObject({ status: "OFFSET_MOVED", messages: [], nextBeginOffset: 1n });
  });

  it("gives messages of the wanted tags only, also where two tags share a hash", async () => {
    const of = await createTestTopic(cluster);
    const at = { topic: of, brokerName: "broker-a", queueId: 0 };
    for (const tag of ["Aa", "BB", "C", "Aa"])
      await producer.send({ topic: of, body: Buffer.from(tag), tag, queue: at });
    await pullStored(at, 0n, 4);
    const tagsOf = async (tags: string) =>
      (await consumer.pull(at, 0n, { tags })).messages.map((message) => message.tags);
    expect(await tagsOf("Aa")).toEqual(["Aa", "Aa"]);
    expect(await tagsOf("BB || C")).toEqual(["BB", "C"]);
    expect(await tagsOf("*")).toEqual(["Aa", "BB", "C", "Aa"]);
    expect(await consumer.pull(at, 0n, { tags: "D" })).toMatchObject({ messages: [], nextBeginOffset: 4n });
  });

  it("waits at the broker for a message", async () => {
    const at = await ofNewTopic();
    const waiting = consumer.pull(at, 0n, { suspendMs: 20_000 });
    const sent = await producer.send({ topic: at.topic, body: Buffer.from("awaited"), queue: at });
    const { status, messages } = await waiting;
    expect(status).toBe("FOUND");
    expect(messages[0]?.msgId).toBe(sent.msgId);
  });

  it("ends a wait when told to", async () => {
    const at = await ofNewTopic();
    const abort = new AbortController();
    const waiting = consumer.pull(at, 0n, { suspendMs: 20_000, signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });

  it("reads a whole queue in order, each message once, and any part of it", async () => {
    const of = await createTestTopic(cluster);
    const at = { topic: of, brokerName: "broker-b", queueId: 3 };
    const body = randomBytes(20_000);
    await Promise.all(Array.from({ length: 300 }, () => producer.send({ topic: of, body, queue: at })));
    await pullStored(at, 299n, 1);
    const read = async (from: bigint, to: bigint) => {
      const offsets: bigint[] = [];
      for await (const some of consumer.read(at, from, to)) offsets.push(...some.map(({ queueOffset }) => queueOffset));
      return offsets;
    };
    expect(await read(0n, 2n ** 62n)).toEqual(Array.from({ length: 300 }, (_, i) => BigInt(i)));
    expect(await read(17n, 111n)).toEqual(Array.from({ length: 94 }, (_, i) => BigInt(i + 17)));
  });

  it("says which broker a topic does not have", async () => {
    const pulled = consumer.pull({ topic, brokerName: "broker-z", queueId: 0 }, 0n);
    await expect(pulled).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  });
});
