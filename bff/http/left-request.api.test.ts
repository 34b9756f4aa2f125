import { createServer, type AddressInfo, type Server } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { encodeFrame, FrameDecoder, responseHeader } from "../rocketmq/remoting/frame.ts";
import { startTestServer, type ApiClient, type TestServer } from "../testing/start-test-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Long beyond this test: what ends earlier ends because its caller left. */
const REQUEST_TIMEOUT_MS = 120_000;
const ROUTE = 105;
const CLUSTER_INFO = 106;

interface Line {
  level: number;
  msg: string;
  row?: string;
}

let peer: Server;
let server: TestServer;
let instanceId: string;
const lines: Line[] = [];
/** Codes that the peer, name server and broker in one, answers; it keeps silent about all others. */
let answered: number[];

beforeAll(async () => {
  peer = createServer((socket) => {
    const decoder = new FrameDecoder();
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) =>
      decoder.push(chunk, ({ code, opaque }) => {
        if (!answered.includes(code)) return;
        const addr = `127.0.0.1:${(peer.address() as AddressInfo).port}`;
        const broker = { brokerName: "b", cluster: "c", brokerAddrs: { "0": addr } };
        const queues = { brokerName: "b", readQueueNums: 8, writeQueueNums: 8, perm: 6, topicSysFlag: 0 };
        const body =
          code === ROUTE
            ? { brokerDatas: [broker], queueDatas: [queues] }
            : { brokerAddrTable: { b: broker }, clusterAddrTable: { c: ["b"] } };
        socket.write(encodeFrame(responseHeader(0, opaque), Buffer.from(JSON.stringify(body))));
      }),
    );
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  server = await startTestServer({ requestTimeoutMs: REQUEST_TIMEOUT_MS, sampleSeconds: 3600 }, log);
  const namesrvAddrs = [`127.0.0.1:${(peer.address() as AddressInfo).port}`];
  instanceId = (await server.client.instance.register({ name: "silent", namesrvAddrs, force: true })).id;
});
afterAll(async () => {
  await server.stop();
  peer.close();
});

type Ask = (client: ApiClient, options: { signal: AbortSignal }) => Promise<unknown>;
const topic = "t";
const group = "g";
const range = { topic, from: 0, to: Date.now() };
const place = { topic, brokerName: "b", queueId: 0, queueOffset: "0" };

/** Every row that asks brokers a question. */
const asks: Record<string, Ask> = {
  "message.byTime": (client, options) => client.message.byTime({ instanceId, ...range }, options),
  "message.byKey": (client, options) => client.message.byKey({ instanceId, topic, key: "k" }, options),
  "message.byId": (client, options) => client.message.byId({ instanceId, topic, id: "id" }, options),
  "message.byOffset": (client, options) => client.message.byOffset({ instanceId, ...place }, options),
  "message.tail": (client, options) => client.message.tail({ instanceId, topic }, options),
  "message.get": (client, options) => client.message.get({ instanceId, ...place }, options),
  "message.states": (client, options) => client.message.states({ instanceId, group, messages: [place] }, options),
  "message.groups": (client, options) => client.message.groups({ instanceId, ...place }, options),
  "message.groupNames": (client, options) => client.message.groupNames({ instanceId, topic }, options),
  "trace.byMessage": (client, options) => client.trace.byMessage({ instanceId, id: "id", traceTopic: topic }, options),
  "trace.byKey": (client, options) => client.trace.byKey({ instanceId, key: "k", traceTopic: topic }, options),
  "trace.topics": (client, options) => client.trace.topics({ instanceId }, options),
  "trace.clients": (client, options) => client.trace.clients({ instanceId, topic }, options),
  "pending.half": (client, options) => client.pending.half({ instanceId }, options),
  "pending.discarded": (client, options) => client.pending.discarded({ instanceId }, options),
  "pending.timed": (client, options) => client.pending.timed({ instanceId }, options),
  "pending.planRecall": (client, options) => client.pending.planRecall({ instanceId, ...place }, options),
  "push.targets": (client, options) => client.push.targets({ instanceId, ...place }, options),
  "push.plan": (client, options) => client.push.plan({ instanceId, ...place, group, clientId: "c" }, options),
  "topic.list": (client, options) => client.topic.list({ instanceId }, options),
  "topic.suggest": (client, options) => client.topic.suggest({ instanceId }, options),
  "topic.options": (client, options) => client.topic.options({ instanceId }, options),
  "topic.get": (client, options) => client.topic.get({ instanceId, topic }, options),
  "topic.queues": (client, options) => client.topic.queues({ instanceId, topic }, options),
  "topic.groups": (client, options) => client.topic.groups({ instanceId, topic }, options),
  "topic.producers": (client, options) => client.topic.producers({ instanceId, topic }, options),
  "topic.route": (client, options) => client.topic.route({ instanceId, topic }, options),
  "topic.config": (client, options) => client.topic.config({ instanceId, topic }, options),
  "topic.planDelete": (client, options) => client.topic.planDelete({ instanceId, topic }, options),
  "group.list": (client, options) => client.group.list({ instanceId }, options),
  "group.suggest": (client, options) => client.group.suggest({ instanceId }, options),
  "group.options": (client, options) => client.group.options({ instanceId }, options),
  "group.get": (client, options) => client.group.get({ instanceId, group }, options),
  "group.progress": (client, options) => client.group.progress({ instanceId, group }, options),
  "group.clients": (client, options) => client.group.clients({ instanceId, group }, options),
  "group.subscriptions": (client, options) => client.group.subscriptions({ instanceId, group }, options),
  "group.consistency": (client, options) => client.group.consistency({ instanceId, group }, options),
  "group.config": (client, options) => client.group.config({ instanceId, group }, options),
  "group.planDelete": (client, options) => client.group.planDelete({ instanceId, group, withTopics: false }, options),
  "online.producers": (client, options) => client.online.producers({ instanceId }, options),
  "online.producer": (client, options) => client.online.producer({ instanceId, group }, options),
  "online.consumers": (client, options) => client.online.consumers({ instanceId }, options),
  "online.consumer": (client, options) => client.online.consumer({ instanceId, group }, options),
  "online.lag": (client, options) => client.online.lag({ instanceId, group }, options),
  "overview.clients": (client, options) => client.overview.clients({ instanceId }, options),
  "overview.messages": (client, options) => client.overview.messages({ instanceId }, options),
  "overview.lags": (client, options) => client.overview.lags({ instanceId }, options),
  "instance.storage": (client, options) => client.instance.storage({ instanceId }, options),
};

test.each([
  ["the name server is silent", []],
  ["the broker is silent", [ROUTE, CLUSTER_INFO]],
])("a query that a person leaves ends at once and is no error in the log while %s", async (_, codes) => {
  answered = codes;
  lines.length = 0;
  const rows = Object.keys(asks).toSorted();
  const begun = vi.spyOn(server.deps.auth, "find");
  const leave = new AbortController();
  const asked = Object.values(asks).map((ask) => ask(server.client, { signal: leave.signal }));
  const ended = Promise.allSettled(asked);
  await expect.poll(() => begun.mock.calls.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(rows.length);
  leave.abort();
  await ended;
  begun.mockRestore();
  const left = () => lines.flatMap(({ msg, row = "" }) => (msg === "left" ? [row] : [])).toSorted();
  await expect.poll(left, { timeout: 20_000 }).toEqual(rows);
  expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
});
