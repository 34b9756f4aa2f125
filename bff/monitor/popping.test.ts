import { expect, test } from "vitest";
import type { ClientInfo } from "../cluster/client-info.ts";
import type { Connections } from "../cluster/group-connections.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { poppingNow, poppingOf } from "./popping.ts";
import { groupClients } from "./sweep-clients.ts";

const target = { name: "a", addr: "a:1" };

const connected = (...clientIds: string[]): Connections["items"] => [
  {
    target,
    value: {
      consumeType: "CONSUME_PASSIVELY",
      messageModel: "CLUSTERING",
      consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
      connectionSet: clientIds.map((clientId) => ({
        clientId,
        clientAddr: `${clientId}:1`,
        language: "JAVA",
        version: 0,
      })),
      subscriptionTable: new Map(),
    },
  },
];

const info = (unacked: Record<string, number>, cut = false): ClientInfo => ({
  subscriptions: [],
  queues: [],
  popQueues: Object.entries(unacked).map(([topic, count]) => ({ topic, brokerName: "a", queueId: -1, unacked: count })),
  threads: null,
  batchSize: 1,
  orderly: false,
  status: new Map(),
  cut,
});

/** A sweep that found these clients of `g`, who said what they said. */
function swept(said: Record<string, ClientInfo | null>, whole = true) {
  const told = new Map(Object.entries(said).map(([id, one]) => [id, one === null ? undefined : { at: 1, info: one }]));
  const group = groupClients(connected(...told.keys()), ({ clientId }) => told.get(clientId));
  const at = { startedAt: 0, at: 1, calls: 1, failures: [] };
  return { clients: { ...at, byName: new Map([["g", group]]), isWhole: () => whole } };
}

test("what clients that pop have not acknowledged is added up, of one topic or of all", () => {
  const known = swept({ one: info({ t: 6, u: 1 }), other: info({ t: 5 }) });
  expect(poppingOf(known, "g")).toEqual({ pops: true, unacked: 12n });
  expect(poppingOf(known, "g", "t")).toEqual({ pops: true, unacked: 11n });
  expect(poppingOf(known, "g", "v")).toEqual({ pops: false, unacked: null });
});

test.each([
  ["a client did not say", swept({ one: info({ t: 6 }), other: null })],
  ["a client said more than is kept", swept({ one: info({ t: 6 }, true) })],
  ["a server did not tell its clients", swept({ one: info({ t: 6 }) }, false)],
])("it is not known how much is not acknowledged while %s", (_, known) => {
  expect(poppingOf(known, "g")).toEqual({ pops: true, unacked: null });
});

test("nobody is said not to pop before all clients said what they do", () => {
  expect(poppingOf(swept({ one: info({}), other: null }), "g").pops).toBeNull();
  expect(poppingOf(swept({ one: info({}), other: info({}) }), "g").pops).toBe(false);
  expect(poppingOf({}, "g").pops).toBeNull();
});

test("of a group none of whose clients is seen it is not known whether it pops", async () => {
  const cluster = new RocketMQCluster({ namesrvAddrs: ["127.0.0.1:1"] });
  const now = (items: Connections["items"]) =>
    poppingNow(cluster, {}, { group: "g", topic: "t", connections: { items, failures: [] } });
  expect(await now([])).toEqual({ pops: null, unacked: null });
  const [pulls] = connected("one");
  const actively =
    pulls === undefined ? [] : [{ ...pulls, value: { ...pulls.value, consumeType: "CONSUME_ACTIVELY" } }];
  expect(await now(actively)).toEqual({ pops: false, unacked: null });
  cluster.close();
});
