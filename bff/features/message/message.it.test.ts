import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FoundMessage, MessageItem, MessagePlace } from "#contract/message.ts";
import { startOracle } from "../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicNames } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { groupRpc } from "../../rocketmq/rpc/group.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000 });

const COUNT = 50;

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let namesrvAddrs: string[];
let instanceId: string;
let topic: string;
let messages: TestServer["client"]["message"];

const placeOf = ({ topic: at, brokerName, queueId, queueOffset }: MessageItem): MessagePlace => ({
  topic: at,
  brokerName,
  queueId,
  queueOffset,
});

const byTime = (more: { pageSize?: number; cursor?: string; order?: "newest" | "oldest"; topic?: string } = {}) =>
  messages.byTime({ instanceId, topic, from: 0, to: Date.now() + 60_000, ...more });

const found = (id: string, of = topic) =>
  eventually(`${id} in the index`, async () => {
    const { items } = await messages.byId({ instanceId, id, topic: of }).catch(() => ({ items: [] }));
    return items[0];
  });

const textOf = (base64: string | undefined) => Buffer.from(base64 ?? "", "base64").toString();

beforeAll(async () => {
  ({ namesrvAddrs } = await sharedCluster());
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer();
  messages = server.client.message;
  instanceId = (await server.client.instance.register({ name: "messages", namesrvAddrs })).id;
  topic = await createTestTopic(cluster);
  for (let n = 0; n < COUNT; n++) {
    const body = Buffer.from(JSON.stringify({ order: n }));
    await producer.send({ topic, body, tag: "paid", keys: [`order-${n}`, "all"], properties: { region: "北京" } });
  }
  await eventually("all in their queues", async () => ((await byTime()).total === String(COUNT) ? true : undefined));
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

describe("by time", () => {
  test("pages give every message once, newest first, with the beginning of its body", async () => {
    const items: FoundMessage[] = [];
    let cursor: string | undefined;
    do {
      const page = await byTime({ pageSize: 20, cursor });
      expect(page.failures).toEqual([]);
      items.push(...page.items);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(items.map(({ msgId }) => msgId)).size).toBe(COUNT);
    expect(items.map(({ storedAt }) => storedAt)).toEqual(items.map(({ storedAt }) => storedAt).sort((a, b) => b - a));
    expect(items[0]).toMatchObject({ topic, tags: "paid", stage: "stored", realTopic: null, reconsumeTimes: 0 });
    expect(items[0]).not.toHaveProperty("body");
    expect(items[0]?.properties).toBe("region=北京");
    expect(textOf(items[0]?.head?.base64)).toMatch(/^\{"order":\d+\}$/);
    expect(items[0]?.head?.cut).toBe(false);
  });

  test("a range that ends before it begins and an unknown topic are told at their fields", async () => {
    const reversed = await problemOf(messages.byTime({ instanceId, topic, from: 2, to: 1 }));
    expect(reversed.data.issues).toEqual([{ path: "to", message: "range.reversed" }]);
    const unknown = await problemOf(byTime({ topic: "no-such-topic" }));
    expect(unknown).toMatchObject({ code: "TOPIC_NOT_EXIST", data: { params: { topic: "no-such-topic" } } });
    expect(unknown.data.issues).toEqual([{ path: "topic", message: "topic.unknown" }]);
  });

  test("of a topic that keeps batches every message is found and counted, though most of its queues are empty", async () => {
    const batches = await createTestTopic(cluster, { attributes: ["+queue.type=BatchCQ"] });
    const send = (...texts: string[]) =>
      producer.sendBatch(
        texts.map((text) => ({
          topic: batches,
          body: Buffer.from(text),
          queue: { brokerName: "broker-a", queueId: 0 },
        })),
      );
    const found = (from: number, count: number) =>
      eventually(`${count} of them`, async () => {
        const page = await messages.byTime({ instanceId, topic: batches, from, to: Date.now() + 60_000 });
        return page.items.length === count ? page : undefined;
      });
    await send("a", "b", "c");
    const first = await found(0, 3);
    const after = (first.items[0]?.storedAt ?? 0) + 1;
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(after), { interval: 1 });
    await send("d", "e");
    expect(await found(0, 5)).toMatchObject({ total: "5", failures: [], unread: { queues: 0 } });
    const later = await found(after, 2);
    expect(later).toMatchObject({ total: "2", failures: [] });
    expect(later.items.map(({ head }) => textOf(head?.base64)).sort()).toEqual(["d", "e"]);
  });

  test("a foreign cursor is refused", async () => {
    expect((await problemOf(byTime({ cursor: "bm90IGEgY3Vyc29y" }))).code).toBe("INVALID_PARAMETER");
  });
});

describe("by key", () => {
  test("finds the messages that have the key among theirs", async () => {
    const one = await eventually("order-7 in the index", async () => {
      const page = await messages.byKey({ instanceId, topic, key: "order-7" });
      return page.items.length > 0 ? page : undefined;
    });
    expect(one.items).toHaveLength(1);
    expect(one).toMatchObject({ capped: false, failures: [], items: [{ keys: ["order-7", "all"] }] });
    expect((await messages.byKey({ instanceId, topic, key: "nobody" })).items).toEqual([]);
    const joined = await problemOf(messages.byKey({ instanceId, topic, key: "order-7 all" }));
    expect(joined.data.issues).toEqual([{ path: "key", message: "key.space" }]);
  });

  test("finds what was stored between the times, to the millisecond, though brokers index by the second", async () => {
    const stored = await eventually("order-9 in the index", async () => {
      const page = await messages.byKey({ instanceId, topic, key: "order-9" });
      return page.items[0]?.storedAt;
    });
    const countOf = async (times: { from?: number; to?: number }) =>
      (await messages.byKey({ instanceId, topic, key: "order-9", ...times })).items.length;
    expect(await countOf({ from: stored, to: stored })).toBe(1);
    expect(await countOf({ from: stored })).toBe(1);
    expect(await countOf({ from: stored + 1 })).toBe(0);
    expect(await countOf({ to: stored - 1 })).toBe(0);
    const reversed = await problemOf(messages.byKey({ instanceId, topic, key: "order-9", from: 2, to: 1 }));
    expect(reversed.data.issues).toEqual([{ path: "to", message: "range.reversed" }]);
  });

  test("says when a broker gave as many as it gives at most; a range that ends earlier gives the older ones", async () => {
    const crowded = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const send = async (count: number) => {
      for (let n = 0; n < count; n++) await producer.send({ topic: crowded, body: Buffer.from("x"), keys: "same" });
    };
    const ask = (to?: number) => messages.byKey({ instanceId, topic: crowded, key: "same", to });
    await send(3);
    const first = await eventually("the first three in the index", async () => {
      const { items } = await ask();
      return items.length === 3 ? items : undefined;
    });
    const end = first[0]?.storedAt ?? 0;
    await eventually("a second that has none of the first", async () => Date.now() > end + 1000 || undefined);
    await send(140);
    await eventually("64 of a broker in the index", async () => (await ask()).capped || undefined);
    expect(await ask(end)).toMatchObject({ items: first, capped: false, failures: [] });
  });
});

describe("by queue and offset", () => {
  const first = async () => {
    const { items } = await server.client.topic.queues({ instanceId, topic });
    const queue = items.find(({ maxOffset }) => BigInt(maxOffset) > 4n);
    if (queue === undefined) throw new Error("no queue has messages");
    return { topic, brokerName: queue.brokerName, queueId: queue.queueId, maxOffset: queue.maxOffset };
  };

  test("gives the messages from the offset on, with the queue's bounds", async () => {
    const { maxOffset, ...queue } = await first();
    const page = await messages.byOffset({ instanceId, ...queue, queueOffset: "2", count: 2 });
    expect(page.items.map(({ queueOffset }) => queueOffset)).toEqual(["2", "3"]);
    expect(page).toMatchObject({ minOffset: "0", maxOffset, failures: [] });
    const all = await messages.byOffset({ instanceId, ...queue, queueOffset: "0", count: 32 });
    expect(all.items).toHaveLength(Number(maxOffset));
  });

  test("an offset outside the queue is told with the bounds", async () => {
    const { maxOffset, ...queue } = await first();
    for (const queueOffset of [maxOffset, "9223372036854775807"]) {
      const { code, data } = await problemOf(messages.byOffset({ instanceId, ...queue, queueOffset }));
      expect({ code, params: data.params }).toEqual({
        code: "OFFSET_OUT_OF_RANGE",
        params: { min: "0", max: (BigInt(maxOffset) - 1n).toString() },
      });
    }
  });

  test.each([
    ["an offset below zero", { queueOffset: "-1" }, { path: "queueOffset", message: "offset.invalid" }],
    [
      "an offset beyond any long",
      { queueOffset: "9999999999999999999" },
      { path: "queueOffset", message: "offset.invalid" },
    ],
    ["a queue that does not exist", { queueId: 99 }, { path: "queueId", message: "queue.unknown" }],
    ["a broker that does not exist", { brokerName: "broker-x" }, { path: "brokerName", message: "broker.unknown" }],
  ])("%s is told at its field", async (_, wrong, issue) => {
    const { maxOffset: _max, ...queue } = await first();
    const asked = messages.byOffset({ instanceId, ...queue, queueOffset: "0", ...wrong });
    expect(await problemOf(asked)).toMatchObject({ code: "BAD_REQUEST", data: { issues: [issue] } });
  });

  test("a queue without a message says so", async () => {
    const empty = await createTestTopic(cluster);
    const asked = messages.byOffset({ instanceId, topic: empty, brokerName: "broker-a", queueId: 0, queueOffset: "0" });
    expect((await problemOf(asked)).data.issues).toEqual([{ path: "queueOffset", message: "offset.emptyQueue" }]);
  });
});

describe("one message", () => {
  test("tells all that is stored with it", async () => {
    const found = (await byTime({ pageSize: 1 })).items[0];
    if (found === undefined) throw new Error("no message");
    const { head: _head, properties: _properties, ...item } = found;
    const detail = await messages.get({ instanceId, ...placeOf(item) });
    expect(detail).toMatchObject({
      ...item,
      bodyIntact: true,
      compression: null,
      sysFlag: 0,
      sysFlags: [],
      dueAt: null,
    });
    expect(detail.properties).toEqual(
      expect.arrayContaining([
        { name: "region", value: "北京", system: false },
        { name: "TAGS", value: "paid", system: true },
        { name: "UNIQ_KEY", value: item.msgId, system: true },
      ]),
    );
    // Which of several messages of one millisecond is the newest is nobody's to say, so its keys tell which one it is.
    const [, order] =
      /^order-(\d+) all$/.exec(detail.properties.find(({ name }) => name === "KEYS")?.value ?? "") ?? [];
    expect(JSON.parse(textOf(detail.body?.base64))).toEqual({ order: Number(order) });
  });

  test("a large body travels in part and is downloaded whole; what was packed is unpacked", async () => {
    const body = Buffer.alloc(600_000, "0123456789");
    const large = await found((await producer.send({ topic, body })).msgId);
    const detail = await messages.get({ instanceId, ...placeOf(large) });
    expect(detail).toMatchObject({ compression: "zlib", sysFlags: ["COMPRESSED"] });
    expect(detail.body).toMatchObject({ size: body.length, truncated: true, unpacked: null });
    const file = await messages.body({ instanceId, ...placeOf(large) });
    expect(Buffer.from(await file.arrayBuffer()).equals(body)).toBe(true);
    expect(file.name).toBe(`${large.msgId}.txt`);
    const packed = await found((await producer.send({ topic, body: gzipSync('{"order":1}') })).msgId);
    const { body: shown } = await messages.get({ instanceId, ...placeOf(packed) });
    expect(shown?.unpacked?.format).toBe("gzip");
    expect(textOf(shown?.unpacked?.base64)).toBe('{"order":1}');
  });

  test.each(["packed by its client", "packed by its application"])(
    "a body of 24 MB, %s, shows its beginning and that there is more; the download has all of it",
    async (how) => {
      const body = Buffer.from(
        JSON.stringify(Array.from({ length: 500_000 }, (_, order) => ({ order, what: "a row of a list" }))),
      );
      const byClient = how === "packed by its client";
      const large = new Producer(cluster, { maxMessageSize: 64 * 1024 * 1024 });
      const sent = await found((await large.send({ topic, body: byClient ? body : gzipSync(body) })).msgId);
      const detail = await messages.get({ instanceId, ...placeOf(sent) });
      expect(detail.compression).toBe("zlib");
      const shown = byClient ? detail.body : detail.body?.unpacked;
      expect(shown).toMatchObject({ size: 10 * 1024 * 1024, isLarger: true, truncated: true });
      expect(textOf(shown?.base64)).toBe(body.toString("utf8", 0, 256 * 1024));
      const file = await messages.body({ instanceId, ...placeOf(sent) });
      const whole = Buffer.from(await file.arrayBuffer());
      expect((byClient ? whole : gunzipSync(whole)).equals(body)).toBe(true);
      expect(file.name).toBe(`${sent.msgId}.${byClient ? "json" : "gz"}`);
    },
  );

  test("a downloaded body is saved under its id, never a page of the console", async () => {
    const html = await found((await producer.send({ topic, body: Buffer.from("<script>alert(1)</script>") })).msgId);
    const query = new URLSearchParams(Object.entries(placeOf(html)).map(([key, value]) => [key, String(value)]));
    const url = `${server.url}/api/instances/${instanceId}/messages/body?${query.toString()}`;
    const response = await fetch(url, { headers: { cookie: server.cookie } });
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename=${html.msgId}.txt`);
  });
});

describe("consume states", () => {
  test("messages before the group's offset are passed, the others are not consumed; asking creates nothing", async () => {
    const group = `group-${topic}`;
    const own = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    for (let n = 0; n < 4; n++)
      await producer.send({ topic: own, body: Buffer.from("x"), queue: { brokerName: "broker-a", queueId: 0 } });
    const { targets } = await cluster.masters();
    const addr = targets.find(({ brokerName }) => brokerName === "broker-a")?.addr ?? "";
    await cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body: { groupName: group } });
    const commit = { consumerGroup: group, topic: own, queueId: 0, commitOffset: 2n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, commit);
    const items = await eventually("four messages", async () => {
      const page = await byTime({ topic: own, order: "oldest" });
      return page.items.length === 4 ? page.items : undefined;
    });
    const states = async (of: string) => {
      const told = await messages.states({ instanceId, group: of, messages: items.map(placeOf) });
      return { ...told, states: told.states.map(({ state }) => state) };
    };
    expect(await states(group)).toEqual({ states: ["passed", "passed", "toConsume", "toConsume"], failures: [] });
    expect(await messages.groupNames({ instanceId, topic: own })).toEqual({ names: [group], failures: [] });
    const last = items[3];
    if (last === undefined) throw new Error("no message");
    const groups = await messages.groups({ instanceId, ...placeOf(last) });
    const byOffset = { committed: "2", end: "4", subscription: null, deadLetter: null };
    expect(groups).toMatchObject({ items: [{ group, state: "toConsume", certain: true, ...byOffset }], failures: [] });
    await expect(states("nobody-yet")).rejects.toMatchObject({ code: "SUBSCRIPTION_GROUP_NOT_EXIST" });
    expect(await topicNames(cluster)).not.toContain("%RETRY%nobody-yet");
  });
});

test("mqadmin finds the same messages", async () => {
  const item = (await messages.byKey({ instanceId, topic, key: "order-7" })).items[0];
  if (item === undefined) throw new Error("order-7 is not found");
  const oracle = await startOracle({ version: "5.5.0", namesrvAddrs });
  // The tool gives a name server and a broker some seconds, and prints nothing where that was too short.
  const prints = (command: string, args: readonly string[], ...words: (string | RegExp)[]) =>
    eventually(`mqadmin ${command} prints ${words.join(" and ")}`, async () => {
      const printed = await oracle.mqadmin(command, args).catch(String);
      const isThere = (word: string | RegExp) =>
        typeof word === "string" ? printed.includes(word) : word.test(printed);
      return words.every(isThere) ? printed : undefined;
    });
  const offset = new RegExp(`\\b${item.queueOffset}\\b`);
  try {
    await prints("queryMsgByKey", ["-t", topic, "-k", "order-7"], item.msgId, offset);
    await prints("queryMsgById", ["-t", topic, "-i", item.offsetMsgId], item.offsetMsgId, offset);
    const place = new RegExp(`Queue Offset:\\s+${item.queueOffset}\\b`);
    await prints("queryMsgByUniqueKey", ["-t", topic, "-i", item.msgId], place);
    const queue = ["-t", topic, "-a", item.brokerName, "-i", String(item.queueId), "-p", "true"];
    // Later ones in it are of 24 MB.
    await prints("printMsgByQueue", [...queue, "-e", String(item.storedAt + 1)], item.msgId);
  } finally {
    await oracle.stop();
  }
}, 120_000);
