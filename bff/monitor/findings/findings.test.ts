import { describe, expect, test } from "vitest";
import type { ClientInfo } from "../../cluster/client-info.ts";
import { noBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import { RocketMQError, type RocketMQErrorCode } from "../../rocketmq/errors.ts";
import { noRates } from "../runtime.ts";
import type { BrokerSighting, Replication, Sighting } from "../sighting.ts";
import { groupClients, type GroupClients } from "../sweep-clients.ts";
import type { GroupStats } from "../sweep-groups.ts";
import { found } from "./findings.ts";
import type { Known } from "./rule.ts";
import { Trends } from "./trends.ts";

const NOW = 1_800_000_000_000;

const snapshot = <T>(byName: Record<string, T>) => ({
  startedAt: NOW,
  at: NOW,
  calls: 0,
  byName: new Map(Object.entries(byName)),
  failures: [],
  isWhole: () => true,
});

const stats = (of: Partial<BacklogSums>, topic = "orders"): GroupStats => {
  const sums = { ...noBacklog(), offsets: 4, ...of };
  return { ...sums, tps: 0, topics: new Map([[topic, sums]]) };
};

const groups = (byName: Record<string, GroupStats>, disabledAt: Record<string, string[]> = {}) => ({
  ...snapshot(byName),
  known: new Set(Object.keys(byName)),
  untold: [],
  disabledAt: new Map(Object.entries(disabledAt)),
});

const info = (of: Partial<ClientInfo> = {}): ClientInfo => ({
  subscriptions: [{ topic: "orders", expression: "*", type: "TAG" }],
  queues: [],
  popQueues: [],
  threads: 1,
  batchSize: 1,
  orderly: false,
  status: new Map([["orders", { consumeMs: 1500, okTps: 0.67, failedTps: 0 }]]),
  cut: false,
  ...of,
});

/** A group with one client for each of what they say of themselves. */
const online = (
  infos: ClientInfo[],
  ids = infos.map((_, n) => `client@${n}`),
  messageModel = "CLUSTERING",
): GroupClients => {
  const clients = ids.map((clientId, n) => ({
    clientId,
    clientAddr: `10.0.0.${n}:40000`,
    language: "JAVA",
    version: 0,
  }));
  const connection = {
    connectionSet: clients,
    subscriptionTable: new Map(),
    consumeType: "CONSUME_PASSIVELY",
    messageModel,
    consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
  };
  const said = new Map(clients.map(({ clientAddr }, n) => [clientAddr, { at: NOW, info: infos[n] ?? null }]));
  return groupClients([{ target: { name: "broker-a", addr: "a:10911" }, value: connection }], ({ address }) =>
    said.get(address),
  );
};

/** What groups had so many seconds ago, and have now. */
function trendsOf(seconds: number, before: Record<string, GroupStats>, now: Record<string, GroupStats>): Trends {
  const trends = new Trends();
  trends.addGroups({ ...snapshot(before), at: NOW - seconds * 1000 });
  trends.addGroups(snapshot(now));
  return trends;
}

const broker = (of: Partial<BrokerSighting> & { code?: RocketMQErrorCode; name?: string } = {}): BrokerSighting => {
  const { code, name = "broker-b", ...more } = of;
  return {
    target: { name, brokerName: name, addr: "b:10911", cluster: "c", brokerId: 0, role: "master" },
    at: NOW,
    listedAt: NOW,
    rates: noRates,
    ...(code !== undefined && { error: new RocketMQError(code, "silent") }),
    ...more,
  };
};

const cluster = (brokers: BrokerSighting[], of: Partial<Sighting> = {}): Sighting => ({
  at: NOW,
  state: "abnormal",
  clusterName: "c",
  namesrvs: [{ addr: "n:9876" }],
  brokers,
  failures: brokers.flatMap(({ target, error }) => (error === undefined ? [] : [{ target: target.name, error }])),
  ...of,
});

const runtime = (diskRatio: number): BrokerSighting["runtime"] => ({
  version: "5.5.0",
  bootAt: 1,
  putTotal: null,
  getTotal: null,
  putBytesTotal: null,
  putToday: null,
  getToday: null,
  putYesterday: null,
  getYesterday: null,
  diskRatio,
  commitLogMaxOffset: null,
});

const look = (known: Partial<Known>) =>
  found({ now: NOW, trends: new Trends(), ...known }).map(({ rule, level, subject, context, figures }) => ({
    rule,
    level,
    name: subject.name,
    context,
    figures: Object.fromEntries(Object.entries(figures).map(([key, { value }]) => [key, value])),
  }));

describe("groups", () => {
  test("of a group that falls behind it is said how many threads would do", () => {
    const before = { loader: stats({ lag: 20_000n, ends: 30_000n, committed: 10_000n }) };
    const now = { loader: stats({ lag: 20_087n, ends: 30_094n, committed: 10_007n }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info()]) }) };
    expect(look({ ...known, trends: trendsOf(10, before, now) })).toMatchObject([
      {
        rule: "fallsBehind",
        level: "critical",
        name: "loader",
        context: "threads",
        figures: { lag: "20087", arriving: 9.4, consuming: 0.7, threads: 1, consumeMs: 1500, needed: 15 },
      },
    ]);
  });

  test.each([61, 300])("one that is looked at every %i seconds is told that it falls behind, too", (seconds) => {
    const before = { loader: stats({ lag: 20_000n, ends: 30_000n, committed: 10_000n }) };
    const now = { loader: stats({ lag: 26_000n, ends: 37_000n, committed: 11_000n }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info()]) }) };
    expect(look({ ...known, trends: trendsOf(seconds, before, now) })).toMatchObject([{ rule: "fallsBehind" }]);
  });

  test("of clients that consume batches, or several topics, it is not said how many threads would do", () => {
    const before = { loader: stats({ lag: 20_000n, ends: 30_000n, committed: 10_000n }) };
    const now = { loader: stats({ lag: 20_087n, ends: 30_094n, committed: 10_007n }) };
    const clients = snapshot({ loader: online([info({ batchSize: 32 })]) });
    const trends = trendsOf(10, before, now);
    expect(look({ groups: groups(now), clients, trends })).toMatchObject([{ rule: "fallsBehind", context: null }]);
  });

  test("figures of a group that a master did not tell of are that much at least", () => {
    const of = {
      ...groups({ off: stats({ lag: 4n, neverConsumed: 2n }) }, { off: ["broker-a"] }),
      isWhole: () => false,
    };
    const all = found({ now: NOW, trends: new Trends(), groups: of, clients: snapshot({ off: online([info()]) }) });
    expect(all.map(({ rule, figures }) => [rule, figures["lag"] ?? figures["messages"]])).toEqual([
      ["paused", { as: "number", value: "6", atLeast: true }],
      ["neverConsumed", { as: "number", value: "2", atLeast: true }],
    ]);
  });

  test("one that commits nothing for longer than between two commits stands still", () => {
    const before = { loader: stats({ lag: 30n, ends: 1030n, committed: 1000n }) };
    const now = { loader: stats({ lag: 50n, ends: 1050n, committed: 1000n }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info({ threads: 20 })]) }) };
    expect(look({ ...known, trends: trendsOf(10, before, now) })).toMatchObject([
      { rule: "fallsBehind", level: "warning", context: "stuck", figures: { arriving: 2, lag: "50", over: 10_000 } },
    ]);
    expect(look({ ...known, trends: trendsOf(5, before, now) })).toEqual([]);
    const paused = { ...known, groups: groups(now, { loader: ["broker-a"] }) };
    expect(look({ ...paused, trends: trendsOf(10, before, now) })).toMatchObject([{ rule: "paused" }]);
  });

  test("one that consumes nothing of what waits stands still, though nothing more arrives", () => {
    const same = { loader: stats({ lag: 30n, ends: 1030n, committed: 1000n }) };
    const known = { groups: groups(same), clients: snapshot({ loader: online([info({ threads: 20 })]) }) };
    expect(look({ ...known, trends: trendsOf(50, same, same) })).toMatchObject([
      { rule: "fallsBehind", level: "warning", context: "stuck", figures: { arriving: 0, lag: "30", over: 50_000 } },
    ]);
    expect(look({ ...known, trends: trendsOf(10, same, same) })).toEqual([]);
  });

  test("a queue that gets its first offset is no movement of the others: what is said begins anew", () => {
    const before = { loader: stats({ lag: 20_000n, ends: 30_000n, committed: 10_000n }) };
    const now = { loader: stats({ lag: 20_087n, ends: 31_094n, committed: 10_007n, offsets: 5 }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info()]) }) };
    expect(look({ ...known, trends: trendsOf(10, before, now) })).toEqual([]);
  });

  test("a group that consumes what arrives and waits for its next commit does not fall behind", () => {
    const before = { loader: stats({ lag: 30n, ends: 1030n, committed: 1000n }) };
    const now = { loader: stats({ lag: 50n, ends: 1130n, committed: 1080n }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info({ threads: 20 })]) }) };
    expect(look({ ...known, trends: trendsOf(10, before, now) })).toEqual([]);
  });

  test("one that works off a long lag is told with the time that it takes", () => {
    const before = { loader: stats({ lag: 6000n, ends: 9000n, committed: 3000n }) };
    const now = { loader: stats({ lag: 5900n, ends: 9050n, committed: 3150n }) };
    const known = { groups: groups(now), clients: snapshot({ loader: online([info()]) }) };
    expect(look({ ...known, trends: trendsOf(10, before, now) })).toMatchObject([
      { rule: "isBehind", level: "info", figures: { left: 590_000 } },
    ]);
  });

  test("messages that wait for a group without clients are told, and not where clients may be unseen", () => {
    const of = groups({ billing: stats({ lag: 12n, consumedUntil: NOW - 1000 }) });
    expect(look({ groups: of, clients: snapshot({}) })).toMatchObject([{ rule: "offline", level: "warning" }]);
    expect(look({ groups: of, clients: { ...snapshot({}), isWhole: () => false } })).toEqual([]);
    expect(look({ groups: of })).toEqual([]);
  });

  test("what nobody consumed for a day is worth knowing and no more", () => {
    const of = groups({ old: stats({ lag: 12n, consumedUntil: NOW - 10 * 86_400_000 }) });
    expect(look({ groups: of, clients: snapshot({}) })).toMatchObject([{ rule: "offline", level: "info" }]);
  });

  test("clients that subscribe differently are told with what waits for nobody", () => {
    const other = info({ subscriptions: [{ topic: "payments", expression: "*", type: "TAG" }] });
    const of = groups({ audit: stats({ neverConsumed: 1892n, neverConsumedQueues: 4 }, "payments") });
    expect(look({ groups: of, clients: snapshot({ audit: online([info(), other]) }) })).toMatchObject([
      { rule: "subscriptionsDiffer", context: "waiting", figures: { queues: 4, messages: "1892" } },
    ]);
  });

  test("queues that a group with clients never began are told, and those of one without are worth knowing", () => {
    const of = groups({ audit: stats({ neverConsumed: 3n, neverConsumedQueues: 2 }) });
    expect(look({ groups: of, clients: snapshot({ audit: online([info()]) }) })).toMatchObject([
      { rule: "neverConsumed", level: "warning", context: null },
    ]);
    expect(look({ groups: of, clients: snapshot({}) })).toMatchObject([
      { rule: "neverConsumed", level: "info", context: "offline" },
    ]);
    expect(look({ groups: of })).toMatchObject([{ rule: "neverConsumed", level: "info", context: "unknown" }]);
  });

  test("clients under one id, an offset beyond the end and consuming that is switched off are told", () => {
    const of = groups(
      { shared: stats({}), beyond: stats({ beyondEndQueues: 2 }), off: stats({ lag: 4n }) },
      { off: ["broker-a"] },
    );
    const clients = snapshot({
      shared: online([info(), info()], ["c@1", "c@1"]),
      beyond: online([info()]),
      off: online([info()]),
    });
    const trends = new Trends();
    for (const secondsAgo of [140, 0]) trends.addClients({ ...clients, at: NOW - secondsAgo * 1000 });
    expect(look({ groups: of, clients, trends }).map(({ rule, name }) => [rule, name])).toEqual([
      ["paused", "off"],
      ["beyondEnd", "beyond"],
      ["sharedClientId", "shared"],
    ]);
  });

  test("a second connection of an id may be the old one of a client that came back, until a broker would have closed it", () => {
    const clients = snapshot({ shared: online([info(), info()], ["c@1", "c@1"]) });
    const trends = new Trends();
    const lookAfter = (seconds: number, of = clients) => {
      trends.addClients({ ...of, at: NOW + seconds * 1000 });
      return look({ clients: of, trends }).map(({ rule, level, context }) => [rule, level, context]);
    };
    const maybe = [["sharedClientId", "info", "new"]];
    expect([lookAfter(0), lookAfter(60)]).toEqual([maybe, maybe]);
    expect(lookAfter(140)).toEqual([["sharedClientId", "warning", null]]);
    // It came back once more, from another port.
    const again = snapshot({ shared: online([info(), info(), info()], ["other", "c@1", "c@1"]) });
    expect(lookAfter(145, again)).toEqual(maybe);
  });

  test("of a client that says more than is kept nobody says that it does not subscribe", () => {
    const [one, cut] = [info(), info({ subscriptions: [], cut: true })];
    expect(look({ clients: snapshot({ audit: online([one, cut]) }) })).toEqual([]);
    expect(look({ clients: snapshot({ audit: online([one, { ...cut, cut: false }]) }) })).toMatchObject([
      { rule: "subscriptionsDiffer" },
    ]);
  });

  test("broadcasting groups and RocketMQ's own have no lag to tell", () => {
    const broadcasting = online([info()], ["client@0"], "BROADCASTING");
    const of = groups({ cache: stats({ lag: 9n, neverConsumed: 9n }), CID_RMQ_SYS_TRANS: stats({ lag: 9n }) });
    expect(look({ groups: of, clients: snapshot({ cache: broadcasting }) })).toEqual([]);
  });

  test("dead letters that grow are worse than those of yesterday", () => {
    const at = (maxOffset: bigint) => ({ maxOffset, minOffset: 0n, tps: null, lastUpdateAt: null });
    const topics = (maxOffset: bigint) => ({ ...snapshot({ "%DLQ%ship": at(maxOffset) }), byMaster: new Map() });
    const of = groups({ ship: stats({}) });
    const clients = snapshot({ ship: online([info()]) });
    expect(look({ groups: of, clients, topics: topics(227n) })).toMatchObject([
      { rule: "deadLetters", level: "info", name: "ship", figures: { count: "227" } },
    ]);
    const trends = new Trends();
    trends.addTopics({ ...topics(226n), at: NOW - 60_000 });
    trends.addTopics(topics(227n));
    expect(look({ groups: of, clients, topics: topics(227n), trends })).toMatchObject([
      { rule: "deadLetters", level: "warning", context: "growing", figures: { more: "1", over: 60_000 } },
    ]);
  });
});

describe("brokers", () => {
  test("a master that is gone or silent is critical, and what is unsaid since no name server answers is one finding", () => {
    expect(look({ cluster: cluster([broker({ code: "BROKER_GONE" })]) })).toMatchObject([
      { rule: "brokerGone", level: "critical", name: "broker-b" },
    ]);
    expect(look({ cluster: cluster([broker({ code: "REQUEST_TIMEOUT" })]) })).toMatchObject([
      { rule: "brokerSilent", level: "critical", figures: { code: "REQUEST_TIMEOUT" } },
    ]);
    const unreachable = cluster([broker({ code: "CONNECT_REFUSED" })], {
      state: "unreachable",
      namesrvs: [{ addr: "n:9876", error: new RocketMQError("CONNECT_REFUSED", "refused") }],
    });
    expect(look({ cluster: unreachable })).toMatchObject([
      { rule: "namesrvSilent", level: "critical", context: "all" },
    ]);
  });

  test("a disk that fills is told with when it is full, once it was seen for long enough", () => {
    const [full, filling] = [cluster([broker({ runtime: runtime(0.8) })]), new Trends()];
    expect(look({ cluster: full })).toMatchObject([
      { rule: "diskFull", level: "warning", context: null, figures: { disk: 0.8 } },
    ]);
    filling.addCluster({ ...cluster([broker({ runtime: runtime(0.79) })]), at: NOW - 30 * 60_000 });
    filling.addCluster(full);
    const [{ level, context, figures } = { figures: {} }] = look({ cluster: full, trends: filling });
    expect([level, context]).toEqual(["critical", "filling"]);
    expect((figures as Record<string, number>)["full"]).toBeCloseTo(10 * 3_600_000, -5);
    expect(look({ cluster: cluster([broker({ runtime: runtime(0.5) })]) })).toEqual([]);
  });

  test("a slave is behind from a size or time on that is worth a word, and wherever it does not copy at all", () => {
    const slave = (lagBytes: bigint, of: Partial<Replication> = {}) =>
      broker({ name: "broker-a:1", replication: { lagBytes, inSync: true, isConnected: true, ...of } });
    const KIB = 1024n;
    expect(look({ cluster: cluster([slave(KIB, { inSync: false })]) })).toEqual([]);
    expect(look({ cluster: cluster([slave(9n * KIB * KIB)]) })).toMatchObject([{ rule: "slaveBehind", context: null }]);
    const master = broker({ name: "broker-a", rates: { ...noRates, produceBytes: 1024 } });
    const timed = (lag: bigint) =>
      look({
        cluster: cluster([
          master,
          { ...slave(lag), target: { ...slave(lag).target, brokerName: "broker-a", role: "slave" } },
        ]),
      });
    expect(timed(180n * KIB)).toMatchObject([
      { rule: "slaveBehind", context: "time", figures: { behind: 180_000, lag: "184320" } },
    ]);
    expect(timed(10n * KIB)).toEqual([]);
    expect(look({ cluster: cluster([slave(0n, { inSync: false, isConnected: false })]) })).toMatchObject([
      { rule: "slaveBehind", context: "apart" },
    ]);
  });

  test("a broker name without a master is critical", () => {
    const failures = [{ target: "broker-a", error: new RocketMQError("NO_MASTER", "none") }];
    expect(look({ cluster: cluster([], { failures }) })).toMatchObject([
      { rule: "notSeen", level: "critical", context: "cluster", name: "broker-a", figures: { code: "NO_MASTER" } },
    ]);
  });

  test("what a broker that answers does not tell is a finding, and of one that does not answer it is said once", () => {
    const failures = [{ target: "broker-b", error: new RocketMQError("NO_PERMISSION", "denied") }];
    const denied = { ...groups({}), failures };
    expect(look({ groups: denied, clients: { ...snapshot({}), failures } })).toMatchObject([
      { rule: "notSeen", level: "warning", context: "groups", figures: { code: "NO_PERMISSION" } },
    ]);
    const silent = cluster([broker({ code: "REQUEST_TIMEOUT" })]);
    expect(look({ cluster: silent, groups: denied }).map(({ rule }) => rule)).toEqual(["brokerSilent"]);
  });
});

test("what is worst comes first", () => {
  const of = groups({ small: stats({ lag: 1n }), large: stats({ lag: 9n }) });
  const all = look({ cluster: cluster([broker({ code: "BROKER_GONE" })]), groups: of, clients: snapshot({}) });
  expect(all.map(({ level, name }) => [level, name])).toEqual([
    ["critical", "broker-b"],
    ["info", "large"],
    ["info", "small"],
  ]);
});
