import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { scriptedPeer, type ScriptedAnswer, type ScriptedPeer } from "../../testing/scripted-peer.ts";
import { listed } from "../../testing/scripted-server.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";

const GROUP = "billing";
const TOPIC = "orders";
const DELAY_MS = 5000;
const IDS = ["10.0.0.1@1", "10.0.0.2@1"];

/** Two masters of one cluster, the first the name server too; a group with two clients is five messages behind on each. */
let a: ScriptedPeer;
let b: ScriptedPeer;
let server: TestServer;
let instanceId: string;
/** Codes that both were asked. */
let asked: number[] = [];
/** What the second master refuses. */
const refuses = new Set<number>();
let consumeType: string;
let messageModel: string;
/** The queue that each client says is its own. */
let queuesOf: (clientId: string) => readonly number[];

const key = (brokerName: string, queueId = 0) =>
  `{"brokerName":"${brokerName}","queueId":${queueId},"topic":"${TOPIC}"}`;

const said = (clientId: string) => {
  const own = queuesOf(clientId).map((queueId) => `${key("a", queueId)}:{}`);
  return (
    `{"properties":{},"subscriptionSet":[{"topic":"${TOPIC}","subString":"*","tagsSet":[],"codeSet":[]}],` +
    `"mqTable":{${own.join(",")}},"mqPopTable":{},"statusTable":{},"userConsumerInfo":{}}`
  );
};

const connections = () => ({
  connectionSet: IDS.map((clientId, n) => ({
    clientId,
    clientAddr: `10.0.0.${n + 1}:1`,
    language: "JAVA",
    version: 0,
  })),
  subscriptionTable: {},
  consumeType,
  messageModel,
  consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
});

function answerAs(name: "a" | "b", code: number, ext: Readonly<Record<string, string>>): ScriptedAnswer | undefined {
  switch (code) {
    case 201:
      return { body: { subscriptionGroupTable: { [GROUP]: { groupName: GROUP } }, dataVersion: {} } };
    case 21:
      return { body: { topicConfigTable: {}, dataVersion: {} } };
    case 43:
      return { body: { offsetTable: { [`${TOPIC}@${GROUP}`]: { 0: 3 } } } };
    case 208:
      return {
        body: `{"consumeTps":1.0,"offsetTable":{${key(name)}:{"brokerOffset":8,"consumerOffset":3,"lastTimestamp":1700000000000}}}`,
      };
    case 303:
      return {
        body: `{"consumeTimeSpanSet":[{"messageQueue":${key(name)},"minTimeStamp":1,"maxTimeStamp":2,"consumeTimeStamp":1,"delayTime":${DELAY_MS}}]}`,
      };
    case 203:
      return ext["consumerGroup"] === GROUP ? { body: connections() } : { code: 206, remark: "not online" };
    case 307:
      return { body: said(ext["clientId"] ?? "") };
    default:
      return undefined;
  }
}

beforeAll(async () => {
  b = await scriptedPeer((code, ext) => {
    asked.push(code);
    return refuses.has(code) ? { code: 1, remark: "refused" } : answerAs("b", code, ext);
  });
  a = await scriptedPeer((code, ext) => {
    asked.push(code);
    if (code === 105) return { code: 17, remark: "no route" };
    return code === 106 ? { body: listed({ c: ["a", "b"] }, { a: a.addr, b: b.addr }) } : answerAs("a", code, ext);
  });
  server = await startTestServer({ sampleSeconds: 3600 });
});

beforeEach(async () => {
  refuses.clear();
  [consumeType, messageModel] = ["CONSUME_PASSIVELY", "CLUSTERING"];
  queuesOf = (clientId) => [IDS.indexOf(clientId)];
  // Of an instance of its own nothing is known.
  const name = `faulty-${Math.random()}`;
  instanceId = (await server.client.instance.register({ name, namesrvAddrs: [a.addr], force: true })).id;
  asked = [];
});

// What is swept because somebody looked would be counted in the next test.
afterEach(() => server.client.instance.recycle({ instanceId }));

afterAll(async () => {
  await server.stop();
  await a.stop();
  await b.stop();
});

const times = (code: number) => asked.filter((one) => one === code).length;
const sweepClients = () => server.deps.stats.clients(instanceId, { maxAgeMs: -1 });
const check = (fresh = false) => server.client.group.consistency({ instanceId, group: GROUP, fresh });

test("what clients said in the last sweep is told without asking them, and by hand they are asked once for all who wait", async () => {
  await sweepClients();
  const swept = times(307);
  expect(swept).toBe(IDS.length);
  expect(await check()).toMatchObject({
    consistent: true,
    failures: [],
    clients: IDS.map((clientId, queueId) => ({ clientId, queues: [{ topic: TOPIC, brokerName: "a", queueId }] })),
  });
  expect(times(307)).toBe(swept);
  const both = await Promise.all([check(true), check(true)]);
  expect(both.map(({ consistent }) => consistent)).toEqual([true, true]);
  expect(times(307)).toBe(swept + IDS.length);
});

test("before a sweep saw the group its clients are asked", async () => {
  expect((await check()).clients.map(({ queues }) => queues?.length)).toEqual([1, 1]);
});

test("a client that is pushed to and names no queue has none, and of one that pulls nobody knows", async () => {
  queuesOf = () => [];
  expect((await check(true)).clients.map(({ queues }) => queues)).toEqual([[], []]);
  consumeType = "CONSUME_ACTIVELY";
  expect((await check(true)).clients.map(({ queues }) => queues)).toEqual([null, null]);
  queuesOf = () => [0];
  expect((await check(true)).clients.map(({ queues }) => queues?.length)).toEqual([1, 1]);
});

test("a list shows the delays of the last sweep, those at least that a master did not tell of", async () => {
  const listed = () => server.client.group.list({ instanceId });
  await server.deps.stats.delays(instanceId, { maxAgeMs: -1 });
  const swept = times(303);
  expect((await listed()).items).toMatchObject([{ delayMs: DELAY_MS, delayAtLeast: false }]);
  expect(times(303)).toBe(swept);
  refuses.add(303);
  await server.deps.stats.delays(instanceId, { maxAgeMs: -1 });
  expect((await listed()).items).toMatchObject([{ delayMs: DELAY_MS, delayAtLeast: true, atLeast: false }]);
  expect(await server.client.group.get({ instanceId, group: GROUP })).toMatchObject({ delayAtLeast: true });
});

test("a group whose clients broadcast counts in no total, list of lags, order or condition", async () => {
  await sweepClients();
  await expect
    .poll(() => server.client.overview.lags({ instanceId }))
    .toMatchObject({ lag: "10", groups: [{ group: GROUP, lag: "10", atLeast: false }] });
  const behind = () => server.client.group.list({ instanceId, condition: "behind", sort: "lag" });
  expect((await behind()).total).toBe(1);
  messageModel = "BROADCASTING";
  await sweepClients();
  expect(await server.client.overview.lags({ instanceId })).toMatchObject({ lag: "0", groups: [] });
  expect((await behind()).total).toBe(0);
});
