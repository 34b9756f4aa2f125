import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../sandbox/cluster.ts";
import type { Fault } from "../sandbox/fault-proxy/faults.ts";
import { proxiedCluster, type ProxiedCluster } from "../sandbox/fault-proxy/proxied-cluster.ts";
import { RocketMQCluster } from "./rocketmq/admin/cluster.ts";
import { writeGroup } from "./rocketmq/admin/group-admin.ts";
import { Producer } from "./rocketmq/client/producer.ts";
import { decodeOffsetMsgId, encodeOffsetMsgId } from "./rocketmq/codec/message-id.ts";
import { offsetRpc } from "./rocketmq/rpc/offset.ts";
import { callRow, type Caller, type RowAnswer } from "./testing/call-rows.ts";
import { lieOf, steadyLeaves, untruths } from "./testing/honesty.ts";
import { joinAsConsumer, joinAsProducer } from "./testing/online-client.ts";
import { readingRows, type RowCall, type RowSubject } from "./testing/reading-rows.ts";
import { startTestServer, type TestServer } from "./testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "./testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const MESSAGES = 40;
const TIMEOUT_MS = 4000;
const LATE_MS = 5000;
/** Pages do not ask all at once. */
const BETWEEN_MS = 10;
const HEALED_MS = 30_000;
const RUNNING_INFO = 307;

let sandbox: SandboxCluster;
let proxied: ProxiedCluster;
let direct: RocketMQCluster;
let server: TestServer;
let caller: Caller;
let rows: RowCall[];
let truths: Map<string, unknown>[];

const callAll = () => Promise.all(rows.map(async (row, n) => delay(n * BETWEEN_MS).then(() => callRow(caller, row))));
const label = ({ path, input }: RowCall) => {
  const { instanceId: _, ...said } = input;
  return `${path} ${JSON.stringify(said)}`;
};

/** Something to read of every kind, and people who use it. */
async function fill(): Promise<Omit<RowSubject, "instanceId" | "clientId">> {
  const topic = await createTestTopic(direct);
  const group = `billing-${randomUUID()}`;
  const { targets } = await direct.masters();
  const producer = new Producer(direct);
  const sent = [];
  for (let n = 0; n < MESSAGES; n++) {
    sent.push(await producer.send({ topic, body: Buffer.from(`{"order":${n}}`), keys: [`order-${n}`] }));
  }
  await untilInQueues(direct, topic, MESSAGES);
  for (const { addr } of targets) {
    await writeGroup(direct, addr, { groupName: group, patch: { retryMaxTimes: 16 } });
    for (let queueId = 0; queueId < 4; queueId++) {
      await direct.call(offsetRpc.updateConsumerOffset, addr, {
        consumerGroup: group,
        topic,
        queueId,
        commitOffset: 1n,
      });
    }
  }
  direct.remoting.onRequest(RUNNING_INFO, () => ({
    code: 0,
    body: Buffer.from(JSON.stringify({ properties: {}, subscriptionSet: [{ topic, subString: "*" }] })),
  }));
  await joinAsConsumer(direct, group, topic);
  await joinAsProducer(direct, `producers-${group}`);
  const [first] = sent;
  if (first === undefined) throw new Error("nothing was sent");
  const { host, port, offset } = decodeOffsetMsgId(first.offsetMsgId);
  const behind = proxied.addrOf.get(`${host}:${port}`)?.split(":")[1];
  return {
    topic,
    group,
    brokerName: first.brokerName,
    key: "order-0",
    id: first.msgId,
    offsetMsgId: encodeOffsetMsgId({ host, port: Number(behind), offset }),
    namesrvAddrs: proxied.namesrvAddrs,
  };
}

const told = (answers: readonly RowAnswer[], fault: (answer: RowAnswer, n: number) => string | undefined) =>
  answers.flatMap((answer, n) => {
    const what = fault(answer, n);
    return what === undefined ? [] : [`${label(answer)}: ${what}`];
  });

const unwell = ({ status, code, failures }: RowAnswer) =>
  status === 200 && failures.length === 0 ? undefined : `${status} ${code ?? JSON.stringify(failures)}`;

/** What all rows say while nothing is done to them; those that still settle after the start have their time. */
async function learn(): Promise<Map<string, unknown>[]> {
  await vi.waitFor(
    async () => {
      const answers = await callAll();
      expect(told(answers, unwell)).toEqual([]);
    },
    { timeout: 60_000, interval: 500 },
  );
  const rounds: RowAnswer[][] = [];
  for (let round = 0; round < 3; round++) rounds.push(await callAll());
  return rows.map((_, n) => steadyLeaves(rounds.flatMap((round) => round[n] ?? [])));
}

beforeAll(async () => {
  sandbox = await startCluster({ masters: 2 });
  proxied = await proxiedCluster(sandbox);
  direct = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  server = await startTestServer({ requestTimeoutMs: TIMEOUT_MS, sampleSeconds: 1, connectionTestsPerMinute: 1000 });
  caller = { url: server.url, cookie: server.cookie, answerMs: 40_000 };
  const filled = await fill();
  const { namesrvAddrs } = proxied;
  const { id: instanceId } = await server.client.instance.register({ name: "faults", namesrvAddrs });
  const { items } = await server.client.group.clients({ instanceId, group: filled.group });
  rows = readingRows({ ...filled, instanceId, clientId: items[0]?.clientId ?? "" }, ["instance/test"]);
  truths = await learn();
});

afterAll(async () => {
  await server.stop();
  direct.close();
  await proxied.stop();
  await sandbox.stop();
});

const broken: Record<string, Fault> = {
  "are not answered": { kind: "drop" },
  "are answered after the deadline": { kind: "delay", ms: LATE_MS },
  "lose the connection": { kind: "cut" },
  "lose the connection in the middle of the answer": { kind: "cutHalfway" },
  "get half of an answer": { kind: "truncate" },
  "get something that is no answer": { kind: "garbage" },
};
const harmless: Record<string, Fault> = {
  "get every answer three times": { kind: "duplicate" },
  "get answers in another order": { kind: "reorder", ms: 30 },
  "get answers in small pieces": { kind: "slow", ms: 2 },
};
const places = {
  "one of two brokers": { brokerName: "broker-b" },
  "all brokers": "brokers",
  "the name server": "namesrv",
} as const;

const cells = Object.entries(places).flatMap(([where, place]) => [
  ...Object.entries(broken).map(([what, fault]) => ({ where, what, place, fault, harm: true })),
  ...Object.entries(harmless).map(([what, fault]) => ({ where, what, place, fault, harm: false })),
]);

const truthOf = (n: number) => truths[n] ?? new Map<string, unknown>();
/** Where an answer is not what it was before any fault. */
const wrongOf = (answer: RowAnswer, n: number) => unwell(answer) ?? untruths(truthOf(n), answer)[0];

const titled = cells.map((cell) => [`calls of ${cell.where} ${cell.what}`, cell] as const);

/** Rows of the figures of all topics or groups, which are swept now and then: the next sweep after a fault rights them. */
const SWEPT = new Set(["overview/messages", "overview/lags"]);
const notSwept = (answers: readonly RowAnswer[]) =>
  told(answers, (answer, n) => (SWEPT.has(answer.path) ? undefined : wrongOf(answer, n)));

test.each(titled)("no row is untrue while %s, and all are right again after", async (_, cell) => {
  proxied.fail(cell.place, cell.fault);
  const lies = told(await callAll(), (answer, n) => (cell.harm ? lieOf(truthOf(n), answer) : wrongOf(answer, n)));
  proxied.heal();
  await vi.waitFor(async () => expect(notSwept(await callAll())).toEqual([]), { timeout: HEALED_MS, interval: 200 });
  expect(lies).toEqual([]);
});

test("the figures of all topics and groups are right again within a minute", async () => {
  await vi.waitFor(async () => expect(told(await callAll(), wrongOf)).toEqual([]), { timeout: 60_000, interval: 1000 });
});
