import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Consumption, Evidence, FoundMessage, MessageState } from "#contract/message.ts";
import { startTestServer, type TestServer } from "../bff/testing/start-test-server.ts";
import { eventually } from "../bff/testing/test-topic.ts";
import { startCluster, type SandboxCluster } from "./cluster.ts";
import { startWorkload, type Workload } from "./workload.ts";

const LIMIT_MS = 240_000;
const MESSAGES = 960;
/** Clients commit every five seconds, and a busy machine keeps them waiting. */
const COMMIT_MS = 30_000;

const consumers: Readonly<Record<string, readonly string[]>> = {
  orders: ["order-service", "audit-trail"],
  payments: ["payment-service", "audit-trail"],
  "order-status": ["order-status-projector"],
  shipments: ["shipment-notifier"],
  "user-activity": ["activity-loader"],
  "payment-reminders": ["reminder-mailer"],
};

/** What a listener did with a message. */
interface Logged {
  group: string;
  msgId: string;
  ok: boolean;
  at: number;
  attempt: number;
}

let dir: string;
let cluster: SandboxCluster;
let server: TestServer;
let instanceId: string;
let workload: Workload;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rocketdeck-verdict-"));
  [cluster, server] = await Promise.all([startCluster({ name: "verdict", masters: 1 }), startTestServer()]);
  const { namesrvAddrs } = cluster;
  instanceId = (await server.client.instance.register({ name: "shop", namesrvAddrs })).id;
  workload = startWorkload(cluster, { rate: 200, count: MESSAGES, log: join(dir, "consumed.jsonl") });
  await workload.ready;
}, LIMIT_MS);
afterAll(async () => {
  await workload?.stop();
  await Promise.all([server?.stop(), cluster?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

async function consumed(): Promise<Map<string, Logged[]>> {
  const lines = (await readFile(join(dir, "consumed.jsonl"), "utf8")).split("\n").slice(0, -1);
  const byMessage = new Map<string, Logged[]>();
  for (const one of lines.map((line) => JSON.parse(line) as Logged)) {
    const key = `${one.group} ${one.msgId}`;
    byMessage.set(key, [...(byMessage.get(key) ?? []), one]);
  }
  return byMessage;
}

async function messagesOf(topic: string): Promise<FoundMessage[]> {
  const items: FoundMessage[] = [];
  let cursor: string | undefined;
  do {
    const range = { from: Date.now() - 3_600_000, to: Date.now() + 60_000 };
    const page = await server.client.message.byTime({ instanceId, topic, ...range, pageSize: 200, cursor });
    expect(page.failures).toEqual([]);
    items.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

const LEAVING_OUT = new Set<Evidence["kind"]>(["leftOut", "subscriptionsDiffer", "subscriptionsUntold"]);

type Objection = string | undefined;

/** What a log would have against each verdict; those that the shop gives no reason for are not among them. */
const objections: Partial<Record<MessageState, (logged: readonly Logged[], at: number) => Objection>> = {
  passed: (logged) => (logged.some(({ ok }) => ok) ? undefined : "nobody consumed it"),
  consumed: (logged) => (logged.some(({ ok }) => ok) ? undefined : "nobody consumed it"),
  retry: (logged, at) => (logged.some(({ ok }) => !ok) ? longAgo(logged, at) : "it never failed"),
  deadLetter: (logged) => {
    if (logged.some(({ ok }) => ok)) return "it was consumed";
    return logged.length > 0 ? undefined : "it never failed";
  },
  filtered: (logged) => (logged.length === 0 ? undefined : "somebody was given it"),
  neverCommitted: (logged) => (logged.length === 0 ? undefined : "somebody was given it"),
  toConsume: longAgo,
  pulled: longAgo,
};

function longAgo(logged: readonly Logged[], at: number): Objection {
  return logged.some((one) => one.ok && one.at < at - COMMIT_MS) ? "it was consumed long ago" : undefined;
}

/** What the log has against a verdict; undefined where they agree. */
function objectionTo({ state, evidence }: Consumption, logged: readonly Logged[], at: number): Objection {
  // It may have been left out: the verdict says that, and that nobody can tell.
  const mayBeLeftOut = evidence.some(({ kind }) => LEAVING_OUT.has(kind));
  if (state === "passed" && mayBeLeftOut) return undefined;
  const object = objections[state];
  return object === undefined ? `unexpected ${state}` : object(logged, at);
}

type Place = Pick<FoundMessage, "brokerName" | "queueId" | "queueOffset">;
const queueOf = ({ brokerName, queueId }: Place) => `${brokerName} ${queueId}`;

/** Where in each queue a group began: one that is new asks where a queue ends, and what came just before that is passed. */
function firstConsumed(items: readonly FoundMessage[], wasGiven: (message: FoundMessage) => boolean) {
  const first = new Map<string, bigint>();
  for (const message of items.filter(wasGiven)) {
    const known = first.get(queueOf(message));
    const offset = BigInt(message.queueOffset);
    if (known === undefined || offset < known) first.set(queueOf(message), offset);
  }
  return (message: Place) => BigInt(message.queueOffset) < (first.get(queueOf(message)) ?? 0n);
}

it(
  "the verdict on each message of the last hour is one that the log of its consumers agrees with",
  { timeout: LIMIT_MS },
  async () => {
    await eventually(
      "what can be consumed at once is consumed",
      async () => {
        const { items } = await server.client.group.list({ instanceId, search: "order-service", fresh: true });
        const log = await consumed();
        const orders = [...log.keys()].filter((key) => key.startsWith("order-service "));
        return items[0]?.lag === "0" && orders.length >= (MESSAGES * 3) / 16 ? true : undefined;
      },
      60_000,
    );
    let judged = 0;
    const found: string[] = [];
    for (const [topic, groups] of Object.entries(consumers)) {
      const items = await messagesOf(topic);
      for (const group of groups) {
        for (let from = 0; from < items.length; from += 200) {
          const some = items.slice(from, from + 200);
          const messages = some.map(({ brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags }) => {
            return { topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags };
          });
          const before = await consumed();
          const at = Date.now();
          const { states, failures } = await server.client.message.states({ instanceId, group, messages });
          expect(failures).toEqual([]);
          const after = await consumed();
          const isBeforeFirst = firstConsumed(items, ({ msgId }) => after.has(`${group} ${msgId}`));
          for (const [index, told] of states.entries()) {
            judged += 1;
            const message = some[index];
            if (message === undefined || (told.state === "passed" && isBeforeFirst(message))) continue;
            const key = `${group} ${message.msgId}`;
            // What went on meanwhile may be seen or not.
            const against = [before, after].map((log) => objectionTo(told, log.get(key) ?? [], at));
            if (against.every((one) => one !== undefined)) found.push(`${key} ${told.state}: ${against[0]}`);
          }
        }
      }
    }
    expect(found).toEqual([]);
    expect(judged).toBeGreaterThan(1000);
  },
);
