import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster, type ClusterOptions, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { createTestTopic, eventually } from "../../testing/test-topic.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { queryByKey, viewById } from "../admin/message-admin.ts";
import { browseByTime } from "../admin/message-browse.ts";
import { Producer } from "./producer.ts";
import { PullConsumer } from "./pull-consumer.ts";
import { sendInTransaction } from "./transaction.ts";

const COUNT = 60;

const kinds: [string, ClusterOptions][] = [
  ["4.9.7 with ACL 1.0", { version: "4.9.7", acl: "1.0" }],
  ["5.1.4", { version: "5.1.4" }],
  ["5.5.0 with ACL 2.0", { version: "5.5.0", acl: "2.0" }],
];

describe.each(kinds)("on a broker of %s", (_, options) => {
  let sandbox: SandboxCluster;
  let cluster: RocketMQCluster;
  let producer: Producer;
  let topic: string;

  beforeAll(async () => {
    sandbox = await startCluster(options);
    cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, credentials: sandbox.credentials });
    producer = new Producer(cluster);
    topic = await createTestTopic(cluster);
    for (let i = 0; i < COUNT; i++) {
      await producer.send({ topic, body: Buffer.from(String(i)), keys: `key-${i}`, properties: { quote: '"上海"' } });
    }
    await eventually("all in their queues", async () => {
      const { items } = await browseByTime(cluster, { topic, begin: 0, end: Date.now(), pageSize: 200 });
      return items.length === COUNT ? items : undefined;
    });
  });

  afterAll(async () => {
    cluster?.close();
    await sandbox?.stop();
  });

  it("messages between any two times are found, no more and no fewer", async () => {
    const { items } = await browseByTime(cluster, { topic, begin: 0, end: Date.now(), pageSize: 200, order: "oldest" });
    expect(items).toHaveLength(COUNT);
    for (let from = 0; from < COUNT; from += 11) {
      const begin = items[from]?.storeTimestamp ?? 0;
      const end = items[Math.min(COUNT - 1, from + 20)]?.storeTimestamp ?? 0;
      const expected = items.filter(({ storeTimestamp }) => storeTimestamp >= begin && storeTimestamp <= end);
      for (const order of ["newest", "oldest"] as const) {
        const page = await browseByTime(cluster, { topic, begin, end, pageSize: 200, order });
        expect(new Set(page.items.map(({ msgId }) => msgId))).toEqual(new Set(expected.map(({ msgId }) => msgId)));
        expect(page.items).toHaveLength(expected.length);
      }
    }
  });

  it("messages of one millisecond are all found by it", async () => {
    const of = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const send = (body: string) => producer.send({ topic: of, body: Buffer.from(body) });
    await Promise.all(Array.from({ length: 300 }, (_, i) => send(String(i))));
    const find = (begin: number, end: number, order: "newest" | "oldest") =>
      browseByTime(cluster, { topic: of, begin, end, order, pageSize: 200 });
    const stored = await eventually("all in the queue", async () => {
      const messages: number[] = [];
      const read = new PullConsumer(cluster).read({ topic: of, brokerName: "broker-a", queueId: 0 }, 0n, 300n);
      for await (const some of read) messages.push(...some.map(({ storeTimestamp }) => storeTimestamp));
      return messages.length === 300 ? messages : undefined;
    });
    for (const time of new Set(stored)) {
      const expected = stored.filter((storeTimestamp) => storeTimestamp === time).length;
      expect((await find(time, time, "oldest")).items).toHaveLength(Math.min(200, expected));
      expect((await find(time, time, "newest")).items).toHaveLength(Math.min(200, expected));
    }
  });

  it("a message is found by key and by both ids, with its properties", async () => {
    const found = await eventually("indexed", async () => {
      const { items } = await queryByKey(cluster, { topic, key: "key-7" });
      return items[0];
    });
    expect(found.storedBody.toString()).toBe("7");
    expect(found.properties.get("quote")).toBe('"上海"');
    const byId = await viewById(cluster, found.msgId, { topic });
    expect(byId.items.map(({ offsetMsgId }) => offsetMsgId)).toEqual([found.offsetMsgId]);
    const byOffset = await viewById(cluster, found.offsetMsgId, { topic });
    expect(byOffset.items.map(({ msgId }) => msgId)).toEqual([found.msgId]);
  });

  it("a batch, a transaction and a delayed message arrive", async () => {
    const of = await createTestTopic(cluster);
    const queue = { brokerName: "broker-a", queueId: 0 };
    await producer.sendBatch(["b1", "b2"].map((body) => ({ topic: of, body: Buffer.from(body), queue })));
    await sendInTransaction(producer, { topic: of, body: Buffer.from("tx"), queue }, "commit");
    await producer.send({ topic: of, body: Buffer.from("late"), delayLevel: 1, queue });
    const bodies = await eventually("all four", async () => {
      const { messages } = await new PullConsumer(cluster).pull({ topic: of, ...queue }, 0n);
      return messages.length === 4 ? messages.map(({ storedBody }) => storedBody.toString()) : undefined;
    });
    expect(bodies).toEqual(["b1", "b2", "tx", "late"]);
  });
});
