import { describe, expect, test } from "vitest";
import { noBacklog } from "../../cluster/backlog.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { Recording } from "../series.ts";
import type { Sighting } from "../sighting.ts";
import type { Swept } from "../stats-sweep.ts";
import type { Seen } from "../subscribers.ts";
import type { GroupStats } from "../sweep-groups.ts";
import { Findings } from "./findings.ts";

const STARTED = 1_800_000_000_000;
const ID = "i";

const waiting = (messages: bigint): GroupStats => {
  const sums = { ...noBacklog(), neverConsumed: messages, neverConsumedQueues: 1 };
  return { ...sums, tps: 0, topics: new Map([["orders", sums]]) };
};

/** A monitor that sees what it is told to, on a clock that is set. */
function scene() {
  let now = STARTED;
  let swept: Swept = {};
  let sighting: Sighting | undefined;
  let tell: (seen: Seen) => void = () => undefined;
  const findings = new Findings(
    {
      onSnapshot: (listener) => {
        tell = listener;
        return () => undefined;
      },
      lastSighting: () => sighting,
      stats: { peek: () => swept },
    },
    () => now,
  );
  const snapshot = <T>(byName: ReadonlyMap<string, T>) => ({
    startedAt: now,
    at: now,
    calls: 0,
    byName,
    failures: [],
    isWhole: () => true,
  });
  return {
    findings,
    after: (seconds: number) => (now += seconds * 1000),
    groups: (byName: ReadonlyMap<string, GroupStats>) => {
      const groups = { ...snapshot(byName), known: new Set(byName.keys()), untold: [], disabledAt: new Map() };
      swept = { ...swept, groups };
      tell({ instanceId: ID, what: "groups", groups });
    },
    cluster: (of: Partial<Sighting> = {}) => {
      const namesrvs = [{ addr: "n:9876" }];
      sighting = { at: now, state: "running", clusterName: "c", namesrvs, brokers: [], failures: [], ...of };
      tell({ instanceId: ID, what: "cluster", sighting });
    },
    samples: () => tell({ instanceId: ID, what: "samples", recording: new Recording() }),
    rules: () => findings.of(ID).items.map(({ rule }) => rule),
  };
}

const billing = (messages = 5n) => new Map([["billing", waiting(messages)]]);
const silent = { addr: "n:9876", error: new RocketMQError("CONNECT_REFUSED", "refused") };

describe("what may be no more than a client that starts", () => {
  test("is held back until it was seen for a minute, and tells since when", () => {
    const { findings, groups, after, rules } = scene();
    groups(billing());
    expect(rules()).toEqual([]);
    after(59);
    groups(billing());
    expect(rules()).toEqual([]);
    after(1);
    groups(billing());
    expect(findings.of(ID).items).toMatchObject([{ rule: "neverConsumed", since: STARTED }]);
  });

  test("begins anew once it was not seen for longer than a moment", () => {
    const { groups, after, rules } = scene();
    groups(billing());
    after(30);
    groups(new Map());
    after(50);
    groups(billing());
    after(20);
    groups(billing());
    expect(rules()).toEqual(["neverConsumed"]);
    for (const gap of [0, 61]) {
      after(gap);
      groups(new Map());
    }
    groups(billing());
    expect(rules()).toEqual([]);
  });
});

test("a group that gains on its lag is told with the time that it takes, and of one that does not, or of one look alone, nobody knows", () => {
  const { findings, groups, after } = scene();
  const at = (lag: bigint, ends: bigint) => {
    const sums = { ...noBacklog(), lag, ends, committed: ends - lag, offsets: 4 };
    groups(new Map([["billing", { ...sums, tps: 0, topics: new Map([["orders", sums]]) }]]));
    return findings.catchUpOf(ID, "billing");
  };
  expect(at(6000n, 9000n)).toBeNull();
  after(10);
  expect(at(5900n, 9050n)).toBe(590_000);
  after(10);
  expect(at(7000n, 19_000n)).toBeNull();
});

test("of what was forgotten samples that are recorded later bring nothing back", () => {
  const { findings, groups, samples } = scene();
  groups(billing());
  expect(findings.size).toBe(1);
  findings.forget(ID);
  samples();
  expect(findings.size).toBe(0);
});

test("a look at the brokers goes over no groups again", () => {
  const { groups, cluster, findings } = scene();
  let gone = 0;
  class Counted extends Map<string, GroupStats> {
    override [Symbol.iterator]() {
      gone += 1;
      return super[Symbol.iterator]();
    }
  }
  cluster();
  groups(new Counted(billing()));
  const before = gone;
  expect(before).toBeGreaterThan(0);
  cluster();
  findings.of(ID);
  expect(gone).toBe(before);
});

describe("at a glance", () => {
  test("nothing found is no well while something was not looked at", () => {
    const { findings, cluster, groups } = scene();
    expect(findings.briefOf(ID)).toMatchObject({ worst: null, notYet: ["cluster", "topics", "groups", "clients"] });
    cluster();
    groups(new Map());
    expect(findings.briefOf(ID)).toMatchObject({ worst: null, notYet: ["topics", "clients"], at: STARTED });
  });

  test("once nobody answers, what is found of groups is as of the last sweep and counts as nothing", () => {
    const { findings, cluster, groups, after } = scene();
    cluster();
    groups(billing());
    after(60);
    groups(billing());
    expect(findings.briefOf(ID).counts).toEqual({ critical: 0, warning: 0, info: 1 });
    after(30);
    cluster({ state: "unreachable", namesrvs: [silent] });
    expect(findings.briefOf(ID)).toMatchObject({
      counts: { critical: 1, warning: 0, info: 0 },
      worst: { rule: "namesrvSilent", asOf: null },
    });
    expect(findings.of(ID).items.at(-1)).toMatchObject({ rule: "neverConsumed", asOf: STARTED + 60_000 });
    cluster();
    expect(findings.of(ID).items).toMatchObject([{ rule: "neverConsumed", asOf: null }]);
  });

  test("of one kind of subject the others are left out", () => {
    const { findings, cluster, groups, after } = scene();
    groups(billing());
    after(60);
    groups(billing());
    cluster({ state: "abnormal", namesrvs: [{ addr: "m:9876" }, silent] });
    expect(findings.of(ID, { kind: "group" }).items.map(({ rule }) => rule)).toEqual(["neverConsumed"]);
    expect(findings.of(ID, { kind: "namesrv" }).items.map(({ rule }) => rule)).toEqual(["namesrvSilent"]);
  });
});
