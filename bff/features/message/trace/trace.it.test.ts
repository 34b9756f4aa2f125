import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { MessageTrace } from "#contract/trace.ts";
import { Clients } from "../../../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { TRACE_TOPIC, Traces } from "../../../rocketmq/admin/message-trace.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";
import { after, before, pub, traceBody } from "../../../testing/trace-records.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let oracle: Oracle;
let instanceId: string;
let traces: TestServer["client"]["trace"];
let namesrvAddrs: string[];

const traceOf = (id: string, traceTopic: string = TRACE_TOPIC) => traces.byMessage({ instanceId, id, traceTopic });

/** Once brokers have indexed it, which they do after they stored it. */
const traced = (id: string, traceTopic: string, isWhole: (trace: MessageTrace) => boolean) =>
  eventually(`the trace of ${id}`, async () => {
    const trace = await traceOf(id, traceTopic);
    return isWhole(trace) ? trace : undefined;
  });

const OfficialViews = z.array(
  z.object({
    msgType: z.string(),
    timeStamp: z.string(),
    costTime: z.number(),
    groupName: z.string().nullable(),
    status: z.enum(["success", "failed"]),
    clientHost: z.string(),
  }),
);
const LONG_MAX = "9223372036854775807";

/** What `mqadmin queryMsgTraceById` makes of the records of a message, one line each. */
async function officialTrace(traceTopic: string, id: string): Promise<string[]> {
  await oracle.call("admin", "queryMessage", [traceTopic, id, 64, 0, LONG_MAX], { as: "found" });
  await oracle.call("found", "getMessageList", [], { as: "list" });
  const count = z.number().parse(await oracle.call("list", "size"));
  const views: z.infer<typeof OfficialViews> = [];
  for (let index = 0; index < count; index++) {
    await oracle.call("list", "get", [index], { as: "message" });
    const decode = ["org.apache.rocketmq.client.trace.TraceView", "decodeFromTraceTransData"] as const;
    views.push(...OfficialViews.parse(await oracle.call(...decode, [id, { $: "message" }])));
  }
  return views
    .map(({ msgType, timeStamp, costTime, groupName, status, clientHost }) =>
      // A beginning has neither cost nor outcome; the tool shows what its objects are made with.
      msgType === "SubBefore"
        ? `${msgType} ${timeStamp} ${groupName} ${clientHost}`
        : `${msgType} ${timeStamp} ${groupName} ${clientHost} ${costTime} ${status}`,
    )
    .sort();
}

const word = (success: boolean | null) => (success === true ? "success" : "failed");

/** The same lines of what the console says. */
const consoleTrace = ({ sends, groups }: MessageTrace): string[] =>
  [
    ...sends.map((one) => `Pub ${one.at} ${one.group} ${one.client} ${one.cost} ${word(one.success)}`),
    ...groups.flatMap(({ group, deliveries }) =>
      deliveries.flatMap((one) => [
        `SubBefore ${one.beganAt} ${group} ${one.client}`,
        `SubAfter ${one.endedAt} ${group} ${one.client} ${one.cost} ${word(one.success)}`,
      ]),
    ),
  ].sort();

const deliveriesIn = ({ groups }: MessageTrace) => groups.flatMap(({ deliveries }) => deliveries);

const store = (traceTopic: string, keys: string[], body: Buffer) =>
  producer.send({ topic: traceTopic, body, keys, queue: { brokerName: "broker-a", queueId: 0 } });

beforeAll(async () => {
  ({ namesrvAddrs } = await sharedCluster());
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster);
  server = await startTestServer();
  traces = server.client.trace;
  instanceId = (await server.client.instance.register({ name: "traces", namesrvAddrs })).id;
  oracle = await startOracle({ version: "5.5.0", namesrvAddrs });
});

afterAll(async () => {
  await oracle.stop();
  cluster.close();
  await server.stop();
});

describe("Java clients that trace", () => {
  test("tell who sent a message, and each time that a group was given it, failures among them", async () => {
    const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const traceTopic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const group = `g-${randomUUID()}`;
    const clients = new Clients(oracle, namesrvAddrs);
    const own = { enableTrace: true, traceTopic, mqClientApiTimeout: 15_000 };
    const sender = await clients.producer(`p-${group}`, own);
    const consumer = await clients.consumer({
      group,
      topics: { [topic]: "*" },
      properties: { ...own, maxReconsumeTimes: 1 },
    });
    const queue = { topic, brokerName: "broker-a", queueId: 0 };
    const key = `order-${randomUUID()}`;
    const sent = await sender.send({ topic, body: "paid", tags: "PAID", keys: `${key} all` }, queue);
    const failing = await sender.send({ topic, body: "no", tags: "FAIL", keys: key }, queue);
    const trace = await traced(sent.msgId, traceTopic, (one) => one.sends.length > 0 && one.groups.length > 0);
    expect(trace).toMatchObject({ state: "found", failures: [], cut: false, brokenMessages: 0, broken: [], skew: [] });
    expect(trace.sends).toMatchObject([
      { topic, tags: "PAID", keys: [key, "all"], group: `p-${group}`, type: "normal", success: true, bodySize: 4 },
    ]);
    expect(trace.sends[0]?.client).toBe("127.0.0.1");
    expect(trace.stored).toMatchObject({ topic, brokerName: "broker-a", queueId: 0, queueOffset: "0" });
    expect(trace.groups).toMatchObject([
      { group, deliveries: [{ attempt: 0, success: true, context: "success", ended: true }] },
    ]);
    const failed = await traced(
      failing.msgId,
      traceTopic,
      (one) => one.sends.length > 0 && deliveriesIn(one).length > 1,
    );
    expect(deliveriesIn(failed)).toMatchObject([
      { attempt: 0, success: false, context: "failed" },
      { attempt: 1, success: false, context: "failed" },
    ]);
    expect(consoleTrace(trace)).toEqual(await officialTrace(traceTopic, sent.msgId));
    expect(consoleTrace(failed)).toEqual(await officialTrace(traceTopic, failing.msgId));
    const byKey = await traces.byKey({ instanceId, key, traceTopic });
    expect(byKey).toMatchObject({ state: "found", cut: false, failures: [] });
    expect(byKey.messages.map(({ msgId, topic: of, failed: n }) => ({ msgId, of, n }))).toEqual([
      { msgId: failing.msgId, of: topic, n: 2 },
      { msgId: sent.msgId, of: topic, n: 0 },
    ]);
    const reader = new Traces(cluster, { traceTopic });
    const told = await reader.deliveriesTo(group, failing.msgId);
    expect([told.failures, told.deliveries.map(({ attempt }) => attempt)]).toEqual([[], [0, 1]]);
    expect(await reader.deliveriesTo("another", sent.msgId)).toEqual({ deliveries: [], failures: [] });
    await consumer.stop();
  });

  test("tell what became of a transaction", async () => {
    const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const sender = await new Clients(oracle, namesrvAddrs).producer(`p-${randomUUID()}`, { enableTrace: true });
    const { msgId } = await sender.sendInTransaction({ topic, body: "half" }, "ROLLBACK_MESSAGE");
    const trace = await traced(msgId, TRACE_TOPIC, ({ ends }) => ends.length > 0);
    expect(trace.sends).toMatchObject([{ type: "half", success: true }]);
    expect(trace.ends).toMatchObject([{ state: "ROLLBACK_MESSAGE", fromCheck: false, transactionId: msgId }]);
  });
});

describe("what is in the trace topic", () => {
  test.each([0, 200, 450, 700])(
    "300 trace messages of one message are all read, however they lie over seconds: most %i ms after the others",
    async (apartMs) => {
      const traceTopic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
      const id = randomUUID();
      const at = Date.now();
      const storeSome = (from: number, to: number) =>
        Promise.all(
          Array.from({ length: to - from }, (_, n) => from + n).map((n) =>
            store(traceTopic, [id, "other"], traceBody(before({ id, request: `r${n}`, at, group: `g${n % 3}` }))),
          ),
        );
      await storeSome(0, 100);
      await setTimeout(apartMs);
      await storeSome(100, 300);
      await untilInQueues(cluster, traceTopic, 300);
      const trace = await traced(id, traceTopic, (one) => deliveriesIn(one).length === 300);
      expect(trace).toMatchObject({ cut: false, failures: [] });
      expect(trace.groups.map(({ deliveries }) => deliveries.length)).toEqual([100, 100, 100]);
      expect(new Set(deliveriesIn(trace).map(({ requestId }) => requestId)).size).toBe(300);
      expect(deliveriesIn(trace).every(({ ended }) => !ended)).toBe(true);
    },
  );

  test("one broken record among 200 takes nothing from the others and is told", async () => {
    const traceTopic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const id = randomUUID();
    const records = Array.from({ length: 200 }, (_, n) => before({ id, request: `r${n}`, attempt: n }));
    const broken = records.map((record, n) => (n === 77 ? record.with(1, "yesterday") : record));
    await store(traceTopic, [id], traceBody(...broken, before({ id: "another", request: "x" })));
    const trace = await traced(id, traceTopic, ({ state }) => state === "found");
    expect(deliveriesIn(trace).map(({ attempt }) => attempt)).toEqual(
      [...Array(200).keys()].filter((attempt) => attempt !== 77),
    );
    expect(trace.broken).toMatchObject([{ own: true, text: expect.stringMatching(/^SubBefore\|yesterday\|/) }]);
  });

  test("negative costs and clocks that contradict each other are told as they are", async () => {
    const traceTopic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
    const id = randomUUID();
    const ahead = Date.now() + 3_600_000;
    const request = "r";
    await store(
      traceTopic,
      [id],
      traceBody(pub({ id, cost: -40 }), before({ id, request, at: ahead }), after({ id, request, cost: -7 })),
    );
    const trace = await traced(id, traceTopic, ({ state }) => state === "found");
    expect(trace.sends).toMatchObject([{ cost: -40 }]);
    expect(deliveriesIn(trace)).toMatchObject([{ cost: -7, beganAt: ahead }]);
    expect(trace.skew).toMatchObject([
      { kind: "afterRecorded", client: "127.0.0.1" },
      { kind: "endedBefore", client: "127.0.0.1" },
    ]);
    expect(trace.skew[0]?.byMs).toBeGreaterThan(3_000_000);
  });
});

describe("no trace is told by its reason", () => {
  test("a topic that nobody has, and clients that do not trace", async () => {
    const id = randomUUID();
    expect(await traceOf(id, `none-${id}`)).toMatchObject({ state: "noTopic", failures: [], sends: [] });
    expect(await traceOf(id)).toMatchObject({ state: "none", failures: [], cut: false });
    expect(await traces.byKey({ instanceId, key: id, traceTopic: TRACE_TOPIC })).toMatchObject({ state: "none" });
    expect((await traces.topics({ instanceId })).topics).toContain(TRACE_TOPIC);
  });

  test("what is no id or key is a problem of its field", async () => {
    expect(await problemOf(traceOf("a b"))).toMatchObject({ code: "MALFORMED_MESSAGE_ID" });
    expect(await problemOf(traces.byKey({ instanceId, key: "a b", traceTopic: TRACE_TOPIC }))).toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});
