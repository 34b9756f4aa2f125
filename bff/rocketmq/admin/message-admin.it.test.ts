import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { createTestTopic, eventually, untilInQueues } from "../../testing/test-topic.ts";
import { Producer } from "../client/producer.ts";
import type { SendResult } from "../client/send-result.ts";
import { encodeOffsetMsgId } from "../codec/message-id.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { groupRpc } from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { consumeStates } from "./consume-state.ts";
import { browseByTime, type BrowseOptions } from "./message-browse.ts";
import { queryByKey, viewById, viewByQueueOffset } from "./message-admin.ts";

const COUNT = 120;

let cluster: RocketMQCluster;
let topic: string;
let producer: Producer;
let sent: SendResult[];

const all = (change: Partial<BrowseOptions> = {}): BrowseOptions => ({
  topic,
  begin: 0,
  end: Date.now() + 1000,
  pageSize: 20,
  ...change,
});

async function allPages(options: BrowseOptions): Promise<StoredMessage[][]> {
  const pages: StoredMessage[][] = [];
  let cursor: string | undefined;
  do {
    const page = await browseByTime(cluster, { ...options, cursor });
    expect(page.failures).toEqual([]);
    pages.push(page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  topic = await createTestTopic(cluster);
  sent = [];
  for (let i = 0; i < COUNT; i++) {
    sent.push(
      await producer.send({ topic, body: Buffer.from(`${i}`), tag: i % 2 ? "odd" : "even", keys: [`key-${i}`, "all"] }),
    );
  }
  await eventually("all in their queues", async () => {
    const { total } = await browseByTime(cluster, all());
    return total === BigInt(COUNT) ? true : undefined;
  });
});

afterAll(() => cluster.close());

const numberOf = (message: StoredMessage) => Number(message.storedBody.toString());
const timesOf = (messages: StoredMessage[]) => messages.map(({ storeTimestamp }) => storeTimestamp);

describe("browsing by time", () => {
  it("gives every message once, newest first, over pages of any size", async () => {
    for (const pageSize of [1, 7, 50, 200]) {
      const pages = await allPages(all({ pageSize }));
      expect(pages.slice(0, -1).every((page) => page.length === pageSize)).toBe(true);
      const messages = pages.flat();
      expect(messages.map(numberOf).sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
      expect(timesOf(messages)).toEqual(timesOf(messages).sort((a, b) => b - a));
    }
  });

  it("gives every message once, oldest first", async () => {
    const messages = (await allPages(all({ order: "oldest", pageSize: 13 }))).flat();
    expect(new Set(messages.map(numberOf)).size).toBe(COUNT);
    expect(messages).toHaveLength(COUNT);
    expect(timesOf(messages)).toEqual(timesOf(messages).sort((a, b) => a - b));
  });

  it("keeps to the times, both included", async () => {
    const messages = (await allPages(all({ order: "oldest", pageSize: 200 }))).flat();
    const times = timesOf(messages);
    for (const [from, to] of [
      [30, 60],
      [0, 10],
      [100, COUNT - 1],
      [57, 57],
    ] as const) {
      const begin = times[from] ?? 0;
      const end = times[to] ?? 0;
      const expected = messages.filter(({ storeTimestamp }) => storeTimestamp >= begin && storeTimestamp <= end);
      for (const order of ["newest", "oldest"] as const) {
        const found = (await allPages(all({ begin, end, order, pageSize: 9 }))).flat();
        expect(new Set(found.map(numberOf))).toEqual(new Set(expected.map(numberOf)));
        expect(found).toHaveLength(expected.length);
      }
      expect((await browseByTime(cluster, all({ begin, end }))).total).toBe(BigInt(expected.length));
    }
  });

  it("gives an empty page without a cursor where there is nothing", async () => {
    expect(await browseByTime(cluster, all({ end: 1 }))).toMatchObject({ items: [], total: 0n, failures: [] });
    expect(await browseByTime(cluster, all({ begin: Date.now() + 60_000, end: Date.now() + 90_000 }))).toMatchObject({
      items: [],
    });
    const empty = await createTestTopic(cluster);
    expect(await browseByTime(cluster, all({ topic: empty }))).toEqual({
      items: [],
      cursor: undefined,
      total: 0n,
      compacted: false,
      failures: [],
      unread: { queues: 0, of: 8 },
    });
  });

  it("pages on over messages that have come in between without giving any twice", async () => {
    const of = await createTestTopic(cluster);
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) await producer.send({ topic: of, body: Buffer.from("m") });
    };
    await send(20);
    const first = await eventually("the first page", async () => {
      const page = await browseByTime(cluster, all({ topic: of, pageSize: 10, end: Date.now() }));
      return page.total === 20n ? page : undefined;
    });
    await send(5);
    const second = await browseByTime(cluster, all({ topic: of, pageSize: 20, cursor: first.cursor }));
    const ids = [...first.items, ...second.items].map(({ msgId }) => msgId);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it("gives every message of one millisecond once, however the pages cut it", async () => {
    const of = await createTestTopic(cluster);
    const queues = ["broker-a", "broker-b"].flatMap((brokerName) =>
      [0, 1, 2].map((queueId) => ({ brokerName, queueId })),
    );
    await Promise.all(
      queues.map((queue) =>
        producer.sendBatch(Array.from({ length: 30 }, () => ({ topic: of, body: Buffer.from("m"), queue }))),
      ),
    );
    await untilInQueues(cluster, of, 180);
    for (const order of ["newest", "oldest"] as const) {
      for (const pageSize of [7, 30, 50]) {
        const found = (await allPages(all({ topic: of, order, pageSize }))).flat();
        expect(new Set(found.map(({ offsetMsgId }) => offsetMsgId)).size).toBe(180);
        expect(found).toHaveLength(180);
      }
    }
  });

  it("goes on from a cursor that is no longer with more queues", async () => {
    const of = await createTestTopic(cluster, { readQueueNums: 64, writeQueueNums: 64 });
    for (let n = 0; n < 150; n++) await producer.send({ topic: of, body: Buffer.from(`${n}`) });
    await untilInQueues(cluster, of, 150);
    const { cursor } = await browseByTime(cluster, all({ topic: of, pageSize: 10 }));
    expect(cursor?.length).toBeLessThan(100);
    const later = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
    const second = await browseByTime(later, all({ topic: of, pageSize: 10, cursor }));
    later.close();
    // Not by their numbers: several may be stored in one millisecond.
    const inOne = await browseByTime(cluster, all({ topic: of, pageSize: 150 }));
    expect(new Set(inOne.items.map(numberOf)).size).toBe(150);
    expect(second.items.map(numberOf)).toEqual(inOne.items.slice(10, 20).map(numberOf));
  });

  it.each(["", "not a cursor", Buffer.from("oldest 1 0 0 broker-a").toString("base64url")])(
    "refuses the cursor %j",
    async (cursor) => {
      await expect(browseByTime(cluster, all({ cursor }))).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    },
  );

  it("says that a topic does not exist or may not be read", async () => {
    await expect(browseByTime(cluster, all({ topic: "absent-topic" }))).rejects.toMatchObject({
      code: "TOPIC_NOT_EXIST",
    });
    const writeOnly = await createTestTopic(cluster, { perm: 2 });
    await expect(browseByTime(cluster, all({ topic: writeOnly }))).rejects.toMatchObject({
      code: "TOPIC_NOT_READABLE",
    });
  });
});

describe("finding a message", () => {
  it("by each of its keys, and not by a part of one", async () => {
    const keysFound = async (key: string) => (await queryByKey(cluster, { topic, key })).items.map(numberOf);
    expect(await eventually("indexed", async () => ((await keysFound("key-119")).length ? true : undefined))).toBe(
      true,
    );
    expect(await keysFound("key-42")).toEqual([42]);
    expect((await keysFound("all")).length).toBeGreaterThanOrEqual(64);
    expect(await keysFound("key")).toEqual([]);
  });

  it("by a key whose hash another key shares", async () => {
    await producer.send({ topic, body: Buffer.from("1001"), keys: "Aa" });
    await producer.send({ topic, body: Buffer.from("1002"), keys: "BB" });
    const found = await eventually("indexed", async () => {
      const { items } = await queryByKey(cluster, { topic, key: "BB" });
      return items.length > 0 ? items : undefined;
    });
    expect(found.map(numberOf)).toEqual([1002]);
  });

  it("by either kind of id", async () => {
    const wanted = sent[77];
    if (!wanted) throw new Error("nothing sent");
    const byOffset = await viewById(cluster, wanted.offsetMsgId);
    const byKey = await viewById(cluster, ` ${wanted.msgId} `, { topic });
    for (const { items } of [byOffset, byKey]) {
      expect(items.map(numberOf)).toEqual([77]);
      expect(items[0]?.brokerName).toBe(wanted.brokerName);
    }
  });

  it("says when an id is malformed, and when nothing has it", async () => {
    await expect(viewById(cluster, "xyz")).rejects.toMatchObject({ code: "MALFORMED_MESSAGE_ID" });
    await expect(viewById(cluster, "a b", { topic })).rejects.toMatchObject({ code: "MALFORMED_MESSAGE_ID" });
    const unknown = "7F0000011F2C12FC67163E6600017F00";
    await expect(viewById(cluster, unknown)).rejects.toMatchObject({ code: "MESSAGE_NOT_FOUND" });
    await expect(viewById(cluster, unknown, { topic })).rejects.toMatchObject({ code: "MESSAGE_NOT_FOUND" });
  });

  it("never connects to an address in an id that no name server lists", async () => {
    let connections = 0;
    const stranger = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const id = encodeOffsetMsgId({ host: "127.0.0.1", port, offset: 0n });
    await expect(viewById(cluster, id)).rejects.toMatchObject({ code: "MESSAGE_NOT_FOUND" });
    expect(connections).toBe(0);
    stranger.close();
  });

  it("says that nothing is at an offset between two messages or beyond all", async () => {
    const [host = "", port = ""] = (await cluster.masters()).targets[0]?.addr.split(":") ?? [];
    for (const offset of [1n, 5n, 2n ** 60n]) {
      const id = encodeOffsetMsgId({ host, port: Number(port), offset });
      await expect(viewById(cluster, id)).rejects.toMatchObject({ code: "MESSAGE_NOT_FOUND" });
    }
  });

  it("by queue and offset, and says what the queue holds when there is none", async () => {
    const wanted = sent[5];
    if (!wanted) throw new Error("nothing sent");
    expect(numberOf(await viewByQueueOffset(cluster, { topic, ...wanted }, wanted.queueOffset))).toBe(5);
    const outside = viewByQueueOffset(cluster, { topic, ...wanted }, 10_000n);
    await expect(outside).rejects.toMatchObject({
      code: "OFFSET_OUT_OF_RANGE",
      message: expect.stringContaining("from 0 to") as string,
    });
  });
});

it("a group's state with each message follows its committed offsets", async () => {
  const { items } = await browseByTime(cluster, all({ pageSize: 200 }));
  const group = `group-of-${topic}`;
  for (const { addr } of (await cluster.masters()).targets) {
    await cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body: { groupName: group } });
    for (const queueId of [0, 1]) {
      const commitOffset = queueId === 0 ? 3n : 1000n;
      await cluster.call(offsetRpc.updateConsumerOffset, addr, { consumerGroup: group, topic, queueId, commitOffset });
    }
  }
  const { states, failures } = await consumeStates(cluster, group, items);
  expect(failures).toEqual([]);
  items.forEach(({ queueId, queueOffset }, i) => {
    const ofQueue = queueId === 1 ? "beyondEnd" : "neverCommitted";
    const byOffset = queueOffset < 3n ? "passed" : "toConsume";
    expect(states[i]?.state).toBe(queueId === 0 ? byOffset : ofQueue);
  });
});
