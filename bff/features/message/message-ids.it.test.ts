import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FoundMessage } from "#contract/message.ts";
import { proxiedCluster } from "../../../sandbox/fault-proxy/proxied-cluster.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { sendInTransaction } from "../../rocketmq/client/transaction.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { decodeOffsetMsgId, encodeOffsetMsgId } from "../../rocketmq/codec/message-id.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let instanceId: string;
let topic: string;
let message: FoundMessage;
let messages: TestServer["client"]["message"];

const found = (id: string) =>
  eventually(`${id} in the index`, async () => {
    const { items } = await messages.byId({ instanceId, id, topic }).catch(() => ({ items: [] }));
    return items[0];
  });

/** As an application does that gives its messages ids of its own. */
async function sendAs(id: string): Promise<void> {
  const { targets } = await cluster.masters();
  const addr = targets[0]?.addr ?? "";
  const route = { a: "ids", b: topic, c: "TBW102", d: "4", e: "0", f: "0", g: String(Date.now()), h: "0", j: "0" };
  const extFields = { ...route, i: `UNIQ_KEY\u0001${id}\u0002`, k: "false", m: "false" };
  const answer = await cluster.remoting.invoke(addr, { code: 310, extFields, body: Buffer.from("own") });
  expect(answer.code).toBe(0);
}

const issuesOf = async (asked: Promise<unknown>) => {
  const { code, data } = await problemOf(asked);
  return { code, issues: data.issues, params: data.params };
};

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer();
  messages = server.client.message;
  instanceId = (await server.client.instance.register({ name: "ids", namesrvAddrs })).id;
  topic = await createTestTopic(cluster);
  message = await found((await producer.send({ topic, body: Buffer.from("one"), keys: ["one"] })).msgId);
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

test("both kinds of id lead to the same message", async () => {
  expect((await messages.byId({ instanceId, topic, id: message.msgId })).items).toEqual([message]);
  expect((await messages.byId({ instanceId, id: message.offsetMsgId })).items).toEqual([message]);
});

describe("an id as it was copied", () => {
  test("is found with quotes, with a comma, in small letters and in a line of a log", async () => {
    const { msgId, offsetMsgId } = message;
    for (const id of [
      `"${msgId}",`,
      `'${msgId}'`,
      ` ${msgId.toLowerCase()} `,
      offsetMsgId.toLowerCase(),
      `${msgId.toLowerCase()},`,
      `SendResult [sendStatus=SEND_OK, msgId=${msgId}, queueOffset=0]`,
      `${offsetMsgId},${offsetMsgId}`,
    ])
      expect((await messages.byId({ instanceId, topic, id })).items, id).toEqual([message]);
  });

  test("is one in the line that a client logs, which has both its ids, with a topic and without", async () => {
    const { msgId, offsetMsgId, brokerName } = message;
    const queue = `messageQueue=MessageQueue [topic=${topic}, brokerName=${brokerName}, queueId=0], queueOffset=0`;
    const id = `SendResult [sendStatus=SEND_OK, msgId=${msgId}, offsetMsgId=${offsetMsgId}, ${queue}]`;
    expect((await messages.byId({ instanceId, topic, id })).items).toEqual([message]);
    expect((await messages.byId({ instanceId, id })).items).toEqual([message]);
  });

  test("is found in small letters where its application made it so, of whatever length", async () => {
    for (const own of ["abcdef0123456789abcdef0123456789abcdef01", "0123456789abcdef0123456789abcdef"]) {
      await sendAs(own);
      expect((await found(own)).msgId).toBe(own);
    }
  });

  test("of a whole batch is no single one, which is said", async () => {
    const id = `${message.msgId},${message.offsetMsgId}`;
    const { code, issues } = await issuesOf(messages.byId({ instanceId, topic, id }));
    expect({ code, issues }).toEqual({ code: "BAD_REQUEST", issues: [{ path: "id", message: "id.several" }] });
  });
});

test.each([
  ["a word", "hello", { code: "MALFORMED_MESSAGE_ID", issue: { path: "id", message: "id.malformed" } }],
  [
    "too few digits",
    "7F00000100002A9F",
    { code: "MALFORMED_MESSAGE_ID", issue: { path: "id", message: "id.malformed" } },
  ],
  [
    "letters beyond F",
    "Z".repeat(32),
    { code: "MALFORMED_MESSAGE_ID", issue: { path: "id", message: "id.malformed" } },
  ],
  [
    "nobody's id",
    "7F0000010BB818B4AAC2123456780000",
    { code: "MESSAGE_NOT_FOUND", issue: { path: "id", message: "id.notFound" } },
  ],
])("%s is told at the field", async (_, id, { code, issue }) => {
  expect(await problemOf(messages.byId({ instanceId, id, topic }))).toMatchObject({
    code,
    data: { issues: [issue] },
  });
});

test("an id of a client without its topic asks for the topic", async () => {
  const { code, issues } = await issuesOf(messages.byId({ instanceId, id: message.msgId }));
  expect({ code, issues }).toEqual({ code: "BAD_REQUEST", issues: [{ path: "topic", message: "topic.needed" }] });
});

test("an id that names a place where no message begins says so, whoever's address it is and with a topic or without", async () => {
  const place = decodeOffsetMsgId(message.offsetMsgId);
  const elsewhere = { host: "192.0.2.1", port: 1, offset: 0n };
  for (const { host, port, offset } of [{ ...place, offset: place.offset + 1n }, { ...place, port: 1 }, elsewhere]) {
    const id = encodeOffsetMsgId({ host, port, offset });
    for (const of of [undefined, topic])
      expect(await issuesOf(messages.byId({ instanceId, id, topic: of }))).toEqual({
        code: "MESSAGE_NOT_FOUND",
        issues: [{ path: "id", message: "id.notAtPlace" }],
        params: { address: `${host}:${port}`, offset: offset.toString() },
      });
  }
});

describe("brokers that are registered under other addresses than they had", () => {
  let proxied: Awaited<ReturnType<typeof proxiedCluster>>;
  let moved: string;

  beforeAll(async () => {
    proxied = await proxiedCluster(await sharedCluster());
    const { namesrvAddrs } = proxied;
    moved = (await server.client.instance.register({ name: "moved", namesrvAddrs })).id;
  });
  afterAll(() => proxied.stop());

  test("have the messages that ids of the old address name, which the console itself shows", async () => {
    const { items } = await messages.byId({ instanceId: moved, topic, id: message.msgId });
    expect(items).toEqual([message]);
    expect((await messages.byId({ instanceId: moved, id: message.offsetMsgId })).items).toEqual([message]);
  });

  test("do not give what another broker has at the same offset", async () => {
    const other = message.brokerName === "broker-a" ? "broker-b" : "broker-a";
    const { brokers } = await sharedCluster();
    const { addr = "" } = brokers.find(({ brokerName, role }) => brokerName === other && role === "master") ?? {};
    const id = encodeOffsetMsgId({ ...decodeOffsetMsgId(message.offsetMsgId), port: Number(addr.split(":")[1]) });
    const asked = await messages.byId({ instanceId: moved, id }).catch(() => ({ items: [] }));
    expect(asked.items.map(({ msgId }) => msgId)).not.toContain(message.msgId);
  });

  test("are not called without it while one of them does not answer", async () => {
    proxied.fail("brokers", { kind: "cut", codes: [33] });
    const { items, failures } = await messages.byId({ instanceId: moved, id: message.offsetMsgId });
    expect(items).toEqual([]);
    expect(failures.map(({ target }) => target)).toEqual(["broker-a", "broker-b"]);
    proxied.heal();
  });
});

test("messages that wait for their time or their commit are found by the topic they were sent to", async () => {
  const body = Buffer.from("later");
  const delayed = await producer.send({ topic, body, delayLevel: 14 });
  const deliverAt = Date.now() + 600_000;
  const timed = await producer.send({ topic, body, deliverAt });
  const half = await sendInTransaction(producer, { topic, body }, "unknown");
  expect(await found(delayed.msgId)).toMatchObject({ stage: "delayed", realTopic: topic });
  expect(await found(half.msgId)).toMatchObject({ stage: "half", realTopic: topic });
  const waiting = await found(timed.msgId);
  expect(waiting).toMatchObject({ stage: "timed", realTopic: topic });
  const { brokerName, queueId, queueOffset } = waiting;
  const { dueAt } = await messages.get({ instanceId, topic: waiting.topic, brokerName, queueId, queueOffset });
  expect(Math.abs((dueAt ?? 0) - deliverAt)).toBeLessThan(2000);
});
