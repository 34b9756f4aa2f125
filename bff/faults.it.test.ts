import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pLimit from "p-limit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { startCluster, type SandboxCluster } from "../sandbox/cluster.ts";
import type { Fault } from "../sandbox/fault-proxy/faults.ts";
import { proxiedCluster, type ProxiedCluster } from "../sandbox/fault-proxy/proxied-cluster.ts";
import { RocketMQCluster } from "./rocketmq/cluster/cluster.ts";
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

const MESSAGES = 40;
/** What a console that hurries waits for an answer; where nothing is broken nobody may hurry, however busy the machine is. */
const HASTY_MS = 2000;
const LATE_MS = 3000;
const PATIENT_MS = 120_000;
/** Pages do not ask all at once. */
const BETWEEN_MS = 20;
const HEALED_MS = 120_000;
/** All rows once, of all places at the same time, on a machine that has just started a cluster. */
const LEARNT_MS = 180_000;
const RUNNING_INFO = 307;

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
  "get answers in small pieces": { kind: "slow", ms: 0 },
};
const places = {
  "one of two brokers": { brokerName: "broker-b" },
  "all brokers": "brokers",
  "the name server": "namesrv",
} as const;

const cellsOf = (faults: Record<string, Fault>, harm: boolean) =>
  Object.entries(faults).flatMap(([what, fault]) =>
    Object.entries(places).map(([where, place]) => ({ where, what, place, fault, harm })),
  );
/** Those that mostly wait first, so that each place has some of them. */
const cells = [...cellsOf(broken, true), ...cellsOf(harmless, false)];
const HASTY_PLACES = 4;
const PATIENT_PLACES = 1;

vi.setConfig({ testTimeout: 900_000, hookTimeout: 600_000, maxConcurrency: cells.length });

/** The same cluster behind proxies of its own, as an instance of a console. Faults of different places are nothing to each other. */
interface Place {
  proxied: ProxiedCluster;
  /** One fault at a time. */
  turn: ReturnType<typeof pLimit>;
  caller: Caller;
  rows: RowCall[];
  truths: ReadonlyMap<string, unknown>[];
}

/** A row with what was found true of it. */
interface Known {
  row: RowCall;
  truth: ReadonlyMap<string, unknown>;
}

let sandbox: SandboxCluster;
let direct: RocketMQCluster;
let hasty: TestServer;
let patient: TestServer;
let hurried: Place[] = [];
let unhurried: Place[] = [];

/** Findings that come and go by themselves: that nobody consumes what waits is found once it has lasted, and that somebody does not answer is what is done here. */
const PASSING = new Set(["fallsBehind", "namesrvSilent", "brokerSilent", "brokerGone", "notSeen"]);
const Found = z.looseObject({ items: z.array(z.looseObject({ rule: z.string() })) });

function withoutPassing(answer: RowAnswer): RowAnswer {
  if (answer.path !== "finding/list" || answer.status !== 200) return answer;
  const found = Found.parse(answer.value);
  return { ...answer, value: { ...found, items: found.items.filter(({ rule }) => !PASSING.has(rule)) } };
}

const callAll = (caller: Caller, rows: readonly RowCall[]) =>
  Promise.all(
    rows.map(async (row, n) =>
      delay(n * BETWEEN_MS)
        .then(() => callRow(caller, row))
        .then(withoutPassing),
    ),
  );
const label = ({ path, input }: RowCall) => {
  const { instanceId: _, ...said } = input;
  return `${path} ${JSON.stringify(said)}`;
};
const knownOf = ({ rows, truths }: Place): Known[] =>
  rows.map((row, n) => ({ row, truth: truths[n] ?? new Map<string, unknown>() }));

type Filled = Omit<RowSubject, "instanceId" | "clientId" | "namesrvAddrs">;

/** Something to read of every kind, and people who use it. */
async function fill(): Promise<Filled> {
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
  const { brokerName, msgId, offsetMsgId } = first;
  return { topic, group, brokerName, key: "order-0", id: msgId, offsetMsgId };
}

/** The id that the broker would have given, were it where its proxy is. */
function behind({ addrOf }: ProxiedCluster, offsetMsgId: string): string {
  const { host, port, offset } = decodeOffsetMsgId(offsetMsgId);
  const proxyPort = addrOf.get(`${host}:${port}`)?.split(":")[1];
  return encodeOffsetMsgId({ host, port: Number(proxyPort), offset });
}

async function placeAt(server: TestServer, filled: Filled, name: string): Promise<Place> {
  const proxied = await proxiedCluster(sandbox);
  const { namesrvAddrs } = proxied;
  // A console that hurries may find brokers that have just started too slow.
  const { id: instanceId } = await vi.waitFor(() => server.client.instance.register({ name, namesrvAddrs }), {
    timeout: HEALED_MS,
    interval: 500,
  });
  const { items } = await server.client.group.clients({ instanceId, group: filled.group });
  const offsetMsgId = behind(proxied, filled.offsetMsgId);
  const subject = { ...filled, offsetMsgId, namesrvAddrs, instanceId, clientId: items[0]?.clientId ?? "" };
  const rows = readingRows(subject, ["instance/test"]);
  const caller = { url: server.url, cookie: server.cookie, answerMs: 180_000 };
  return { proxied, turn: pLimit(1), caller, rows, truths: await learn(caller, rows) };
}

const placesAt = (server: TestServer, filled: Filled, count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => placeAt(server, filled, `faults ${n}`)));

const unwell = ({ status, code, failures }: RowAnswer) =>
  status === 200 && failures.length === 0 ? undefined : `${status} ${code ?? JSON.stringify(failures)}`;

const told = (answer: RowAnswer, fault: string | undefined) =>
  fault === undefined ? [] : [`${label(answer)}: ${fault}`];

/** Calls each row until it is as it should be. */
async function untilRight(
  caller: Caller,
  known: readonly Known[],
  wrongOf: (answer: RowAnswer, of: Known) => string | undefined,
  limitMs = HEALED_MS,
) {
  const right: RowAnswer[] = [];
  let waiting = [...known.entries()];
  await vi.waitFor(
    async () => {
      const answers = await callAll(
        caller,
        waiting.map(([, { row }]) => row),
      );
      const faults = new Map<number, string>();
      for (const [n, answer] of answers.entries()) {
        const entry = waiting[n];
        if (entry === undefined) continue;
        const [place, of] = entry;
        const [fault] = told(answer, wrongOf(answer, of));
        if (fault === undefined) right[place] = answer;
        else faults.set(place, fault);
      }
      waiting = waiting.filter(([place]) => faults.has(place));
      expect([...faults.values()]).toEqual([]);
    },
    { timeout: limitMs, interval: 500 },
  );
  return right;
}

const Running = z.object({ state: z.literal("running") });
const notYetRunning = ({ path, value }: RowAnswer) =>
  path !== "instance/get" || Running.safeParse(value).success ? undefined : "the instance is not seen running yet";

/** What all rows say while nothing is done to them. */
async function learn(caller: Caller, rows: readonly RowCall[]): Promise<Map<string, unknown>[]> {
  const known = rows.map((row) => ({ row, truth: new Map<string, unknown>() }));
  const rounds: RowAnswer[][] = [];
  // Those of the first settle after the start.
  for (let round = 0; round < 3; round++)
    rounds.push(await untilRight(caller, known, (answer) => unwell(answer) ?? notYetRunning(answer), LEARNT_MS));
  return rows.map((_, n) => steadyLeaves(rounds.slice(1).flatMap((round) => round[n] ?? [])));
}

beforeAll(async () => {
  sandbox = await startCluster({ masters: 2 });
  direct = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  const of = { sampleSeconds: 4, connectionTestsPerMinute: 1000 };
  hasty = await startTestServer({ ...of, requestTimeoutMs: HASTY_MS });
  patient = await startTestServer({ ...of, requestTimeoutMs: PATIENT_MS });
  const filled = await fill();
  [hurried, unhurried] = await Promise.all([
    placesAt(hasty, filled, HASTY_PLACES),
    placesAt(patient, filled, PATIENT_PLACES),
  ]);
});

afterAll(async () => {
  await Promise.all([hasty.stop(), patient.stop()]);
  direct.close();
  await Promise.all([...hurried, ...unhurried].map(({ proxied }) => proxied.stop()));
  await sandbox.stop();
});

/** Where an answer is not what it was before any fault. */
const wrongOf = (answer: RowAnswer, { truth }: Known) => unwell(answer) ?? untruths(truth, answer)[0];

/** Rows of the figures of all topics or groups, which are swept now and then: the next sweep after a fault rights them. */
const SWEPT = new Set(["overview/messages", "overview/lags", "deadLetter/groups"]);
/** They show figures of the last sweep among their own: one that began under the fault before may still be told as not whole. */
const PARTLY_SWEPT = new Set([...SWEPT, "topic/get", "topic/list"]);

/** What all are given so long for may run out of it on a busy machine, and says so. */
const ranOut = ({ code, failures }: RowAnswer) =>
  code === "NOT_REACHED" || failures.some((failure) => failure.code === "NOT_REACHED");

const titled = cells.map((cell, n) => [`calls of ${cell.where} ${cell.what}`, cell, n] as const);

test.concurrent.each(titled)("no row is untrue while %s, and all are right again after", async (_, cell, n) => {
  const among = cell.harm ? hurried : unhurried;
  const place = among[n % among.length];
  if (place === undefined) throw new Error("there is no place");
  await place.turn(async () => {
    const { proxied, caller, rows } = place;
    const known = knownOf(place);
    proxied.fail(cell.place, cell.fault);
    const answers = await callAll(caller, rows).finally(() => proxied.heal());
    const lies = known.flatMap((of, at) => {
      const answer = answers[at];
      if (answer === undefined) return [`${label(of.row)}: not called`];
      const mayBePart = cell.harm || PARTLY_SWEPT.has(of.row.path) || ranOut(answer);
      return told(answer, mayBePart ? lieOf(of.truth, answer) : wrongOf(answer, of));
    });
    await untilRight(
      caller,
      known.filter(({ row }) => !SWEPT.has(row.path)),
      wrongOf,
    );
    expect(lies).toEqual([]);
  });
});

test("what is found says how many queues could not be read, and what is suggested who was not asked", async () => {
  const [place] = unhurried;
  if (place === undefined) throw new Error("there is no place");
  const { proxied, caller } = place;
  const answerOf = async (path: string) => {
    const row = place.rows.find((one) => one.path === path);
    if (row === undefined) throw new Error(`${path} is no row`);
    return (await callRow(caller, row)).value;
  };
  proxied.fail({ brokerName: "broker-b" }, { kind: "cut" });
  const failures = [expect.objectContaining({ target: "broker-b" })];
  const found = { failures, unread: { queues: 4, of: 8 } };
  try {
    expect(await answerOf("message/byTime")).toMatchObject(found);
    expect(await answerOf("message/byKey")).toMatchObject(found);
    await vi.waitFor(async () => expect(await answerOf("group/suggest")).toMatchObject({ failures }), 20_000);
  } finally {
    proxied.heal();
  }
});

test("the figures of all topics and groups are right again within a minute", async () => {
  await Promise.all([...hurried, ...unhurried].map((place) => untilRight(place.caller, knownOf(place), wrongOf)));
});
