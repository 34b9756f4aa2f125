import { describe, expect, test } from "vitest";
import { RocketMQError } from "../../rocketmq/errors.ts";
import type { BacklogSums } from "../../cluster/backlog.ts";
import { groups, info, look, NOW, online, snapshot, stats, trendsOf } from "../../testing/known.ts";
import type { TopicStats } from "../sweep-topics.ts";
import { found } from "./findings.ts";
import { catchUpMs } from "./group-rules.ts";
import { Trends } from "./trends.ts";

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
      ...groups({ off: stats({ lag: 4n, neverConsumed: 2n, beyondEndQueues: 3 }) }, { off: ["broker-a"] }),
      isWhole: () => false,
    };
    const all = found({ now: NOW, trends: new Trends(), groups: of, clients: snapshot({ off: online([info()]) }) });
    expect(all.map(({ rule, figures }) => [rule, figures["lag"] ?? figures["messages"] ?? figures["queues"]])).toEqual([
      ["paused", { as: "number", value: "6", atLeast: true }],
      ["neverConsumed", { as: "number", value: "2", atLeast: true }],
      ["beyondEnd", { as: "number", value: 3, atLeast: true }],
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

  test("queues that nobody consumes any more are told with what waits in their topic, and with no time in which the group catches up", () => {
    const owned = (queueId: number) => ({ topic: "payments", brokerName: "a", queueId });
    const subscriptions = [{ topic: "payments", expression: "*", type: "TAG" }];
    const clients = (queues: number) =>
      snapshot({
        audit: online([info(), info({ subscriptions, queues: Array.from({ length: queues }, (_, n) => owned(n)) })]),
      });
    const before = { audit: stats({ lag: 838n, offsets: 8, ends: 9000n, committed: 8162n }, "payments") };
    const now = { audit: stats({ lag: 838n, offsets: 8, ends: 9100n, committed: 8262n }, "payments") };
    const slow = { audit: stats({ lag: 838n, offsets: 8, ends: 9100n, committed: 8172n }, "payments") };
    const quick = { audit: stats({ lag: 438n, offsets: 8, ends: 9100n, committed: 8662n }, "payments") };
    for (const after of [now, slow, quick]) {
      const known = { now: NOW, groups: groups(after), clients: clients(4), trends: trendsOf(10, before, after) };
      expect(look(known)).toMatchObject([
        {
          rule: "subscriptionsDiffer",
          context: "lagging",
          figures: { topics: "payments", queues: 4, messages: String(after.audit.lag) },
        },
      ]);
      expect(catchUpMs(known, "audit")).toBeNull();
    }
    // A few messages that it never began hide no lag, and a small lag no queue that it never began.
    const mixed = (lag: bigint) => ({
      audit: stats({ lag, neverConsumed: 3n, neverConsumedQueues: 1, offsets: 7 }, "payments"),
    });
    expect(look({ groups: groups(mixed(838n)), clients: clients(4) })).toMatchObject([
      { rule: "subscriptionsDiffer", context: "lagging", figures: { queues: 4, messages: "841" } },
    ]);
    expect(look({ groups: groups(mixed(2n)), clients: clients(4) })).toMatchObject([
      { rule: "subscriptionsDiffer", context: "waiting", figures: { queues: 1, messages: "3" } },
    ]);
    const known = { now: NOW, groups: groups(quick), clients: clients(8), trends: trendsOf(10, before, quick) };
    expect(look(known)).toMatchObject([{ rule: "subscriptionsDiffer", context: null }]);
    expect(catchUpMs(known, "audit")).toBeGreaterThan(0);
  });

  test("while a master does not tell, what is known of the others moves, and is that much at least", () => {
    const silent = [{ target: "broker-b", error: new RocketMQError("REQUEST_TIMEOUT", "silent") }];
    const part = (of: Partial<BacklogSums>, at: number, failures = silent) => ({
      ...groups({ loader: stats({ ...of, offsets: 2 }) }),
      at,
      failures,
      isWhole: () => false,
    });
    const now = part({ lag: 10_087n, ends: 15_094n, committed: 5007n }, NOW);
    const clients = snapshot({ loader: online([info()]) });
    const trends = new Trends();
    trends.addGroups(part({ lag: 10_000n, ends: 15_000n, committed: 5000n }, NOW - 10_000));
    trends.addGroups(now);
    const [first] = found({ now: NOW, trends, groups: now, clients });
    expect(first).toMatchObject({ rule: "fallsBehind", figures: { lag: { value: "10087", atLeast: true } } });
    trends.addGroups({ ...part({ lag: 90_000n, ends: 99_000n, committed: 9000n }, NOW + 1000, []) });
    expect(trends.groups.of("loader")).toBeUndefined();
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

  test("dead letters say how long the first of them is kept, once that is over, and nothing where a broker did not tell", () => {
    const found = (kept: TopicStats["kept"], isWhole = true) => {
      const stats = { maxOffset: 9n, minOffset: 0n, tps: null, lastUpdateAt: null, kept };
      const topics = { ...snapshot({ "%DLQ%ship": stats }), byMaster: new Map(), isWhole: () => isWhole };
      const [{ context, figures } = { context: undefined, figures: undefined }] = look({ topics });
      return { context, figures };
    };
    const oldestAt = NOW - 3_600_000;
    expect(found({ oldestAt, until: NOW + 60_000 })).toMatchObject({
      context: "kept",
      figures: { oldest: oldestAt, left: 60_000, keptUntil: NOW + 60_000 },
    });
    expect(found({ oldestAt, until: NOW })).toMatchObject({ context: "due", figures: { keptUntil: NOW } });
    expect(found({ oldestAt, until: null })).toMatchObject({ context: null, figures: { oldest: oldestAt } });
    for (const told of [found(null), found({ oldestAt, until: NOW + 60_000 }, false)]) {
      expect(told.context).toBeNull();
      expect(told.figures).not.toHaveProperty("oldest");
    }
  });
});
