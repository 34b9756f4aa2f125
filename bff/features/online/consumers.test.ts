import { expect, test } from "vitest";
import type { CatalogGroup } from "../../cluster/group-catalog.ts";
import { noBacklog } from "../../cluster/backlog.ts";
import type { GroupStats } from "../../monitor/sweep-groups.ts";
import { groupClients, type GroupClients } from "../../monitor/sweep-clients.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { pageOfConsumers } from "./consumers.ts";

const nameOf = (n: number) => `group-${String(n).padStart(4, "0")}`;
const catalog = (count: number): CatalogGroup[] =>
  Array.from({ length: count }, (_, n) => ({
    group: nameOf(n),
    kind: "normal",
    configs: [{ brokerName: n % 2 === 0 ? "a" : "b", addr: "", entry: { raw: null, config: {} as never } }],
  }));

const statsOf = (topics: Record<string, bigint>): GroupStats => ({
  ...noBacklog(),
  offsets: 1,
  tps: 1,
  topics: new Map(Object.entries(topics).map(([topic, lag]) => [topic, { ...noBacklog(), offsets: 1, lag }])),
});

const online = (topic: string, ids: string[]): GroupClients =>
  groupClients(
    [
      {
        target: { name: "a", addr: "a:1" },
        value: {
          connectionSet: ids.map((clientId, n) => ({
            clientId,
            clientAddr: `10.0.0.1:${n}`,
            language: "JAVA",
            version: 0,
          })),
          subscriptionTable: new Map([
            [
              topic,
              {
                topic,
                subString: "*",
                tagsSet: [],
                codeSet: [],
                subVersion: 0n,
                expressionType: "TAG",
                classFilterMode: false,
              },
            ],
          ]),
          consumeType: "CONSUME_PASSIVELY",
          messageModel: "CLUSTERING",
          consumeFromWhere: undefined,
        },
      },
    ],
    () => undefined,
  );

interface Known {
  stats?: Record<string, GroupStats>;
  clients?: Record<string, GroupClients>;
  whole?: (group: string) => boolean;
}

function swept({ stats = {}, clients = {}, whole = () => true }: Known): Swept {
  const snapshot = { startedAt: 0, at: 0, calls: 0, failures: [], isWhole: whole };
  return {
    groups: {
      ...snapshot,
      byName: new Map(Object.entries(stats)),
      known: new Set(),
      disabledAt: new Map(),
      untold: [],
    },
    clients: { ...snapshot, byName: new Map(Object.entries(clients)) },
  };
}

const page = { page: 1, pageSize: 20 };
const named = ({ page: rows }: ReturnType<typeof pageOfConsumers>) =>
  rows.map(({ group, topic }) => `${group} ${topic}`);

test("of 2,000 groups the one that is furthest behind with a topic comes first, and the page is all that is asked for", () => {
  const stats = Object.fromEntries(
    Array.from({ length: 2000 }, (_, n) => [nameOf(n), statsOf({ orders: BigInt((n * 7919) % 2000), mails: 1n })]),
  );
  const begun = performance.now();
  const found = pageOfConsumers(catalog(2000), swept({ stats }), { ...page, sort: "lag", order: "desc" });
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(found.total).toBe(4000);
  expect(found.page).toHaveLength(20);
  const most = [1, 2, 3].map((less) =>
    Array.from({ length: 2000 }, (_, n) => n).find((n) => (n * 7919) % 2000 === 2000 - less),
  );
  expect(named(found).slice(0, 3)).toEqual(most.map((n) => `${nameOf(n ?? -1)} orders`));
});

test("a group is a row for each topic that it has offsets of or subscribes to, without retry topics, and one where it has none", () => {
  const known = swept({
    stats: { [nameOf(0)]: statsOf({ orders: 1n, [`%RETRY%${nameOf(0)}`]: 5n }) },
    clients: { [nameOf(0)]: online("mails", ["x"]) },
  });
  expect(named(pageOfConsumers(catalog(2), known, page))).toEqual([
    `${nameOf(0)} mails`,
    `${nameOf(0)} orders`,
    `${nameOf(1)} null`,
  ]);
});

test("whom nobody could be asked of is unseen and never offline", () => {
  const known = swept({ clients: { [nameOf(0)]: online("orders", ["x"]) }, whole: (group) => group !== nameOf(2) });
  const rows = (presence: "online" | "offline" | "unseen") =>
    named(pageOfConsumers(catalog(3), known, { ...page, presence }));
  expect(rows("online")).toEqual([`${nameOf(0)} orders`]);
  expect(rows("offline")).toEqual([`${nameOf(1)} null`]);
  expect(rows("unseen")).toEqual([`${nameOf(2)} null`]);
});

test("a topic that nobody who is online subscribes to any more has no clients", () => {
  const known = swept({
    stats: { [nameOf(0)]: statsOf({ old: 3n, orders: 0n }) },
    clients: { [nameOf(0)]: online("orders", ["x", "y"]) },
  });
  expect(named(pageOfConsumers(catalog(1), known, { ...page, presence: "offline" }))).toEqual([`${nameOf(0)} old`]);
});

test("rows are narrowed by broker and by a part of the group's or topic's name, and sorted by topic", () => {
  const stats = { [nameOf(0)]: statsOf({ b: 1n }), [nameOf(1)]: statsOf({ a: 1n }), [nameOf(2)]: statsOf({ A2: 1n }) };
  const known = swept({ stats });
  expect(named(pageOfConsumers(catalog(4), known, { ...page, broker: "b" }))).toEqual([
    `${nameOf(1)} a`,
    `${nameOf(3)} null`,
  ]);
  expect(named(pageOfConsumers(catalog(4), known, { ...page, search: "a2" }))).toEqual([`${nameOf(2)} A2`]);
  expect(named(pageOfConsumers(catalog(4), known, { ...page, sort: "topic" }))).toEqual([
    `${nameOf(2)} A2`,
    `${nameOf(1)} a`,
    `${nameOf(0)} b`,
    `${nameOf(3)} null`,
  ]);
});
