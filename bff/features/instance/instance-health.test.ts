import { expect, test } from "vitest";
import { noBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { noRates, readRuntime } from "../../monitor/runtime.ts";
import type { BrokerSighting, Sighting } from "../../monitor/sighting.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { healthOf } from "./instance-health.ts";

const NOW = 1_800_000_000_000;
const nothing: Swept = { topics: undefined, groups: undefined, clients: undefined, delays: undefined };
const unknown = { produceTps: null, consumeTps: null, disk: null, up: null, down: null, lag: null, lagAt: null };

const broker = (name: string, of: Partial<BrokerSighting>): BrokerSighting => ({
  target: { name, brokerName: name, addr: "b:10911", cluster: "c", brokerId: 0, role: "master" },
  at: NOW,
  listedAt: NOW,
  rates: noRates,
  ...of,
});
const answering = (name: string, disk: string) =>
  broker(name, {
    runtime: readRuntime(new Map([["commitLogDiskRatio", disk]])),
    rates: { produceTps: 2, consumeTps: 3, produceBytes: null },
  });
const error = new RocketMQError("CONNECT_REFUSED", "nobody listens");
const cluster = (brokers: BrokerSighting[], state: Sighting["state"] = "abnormal"): Sighting => ({
  at: NOW,
  state,
  clusterName: "c",
  namesrvs: [],
  brokers,
  failures: [],
});

function swept(byName: Record<string, Partial<BacklogSums>>, failing = false): Swept {
  const stats = Object.entries(byName).map(
    ([group, sums]) => [group, { ...noBacklog(), offsets: 1, ...sums, tps: 0, topics: new Map() }] as const,
  );
  const groups = {
    startedAt: NOW - 9000,
    at: NOW - 8000,
    calls: 1,
    byName: new Map(stats),
    failures: failing ? [{ target: "broker-b", error }] : [],
    isWhole: () => true,
    known: new Set(Object.keys(byName)),
    untold: [],
    disabledAt: new Map(),
  };
  return { ...nothing, groups };
}

test("the health of an instance is what was last seen: rates, the fullest disk, who is up, and the lag of groups that people made", () => {
  const seen = cluster([answering("a", "0.4"), answering("b", "0.87"), broker("c", { error })]);
  const groups = swept({ readers: { lag: 5n, neverConsumed: 7n }, CID_RMQ_SYS_TRANS: { lag: 100n } });
  expect(healthOf(seen, groups)).toEqual({
    produceTps: 4,
    consumeTps: 6,
    disk: { brokerName: "b", brokerId: "0", ratio: 0.87 },
    up: 2,
    down: 1,
    seenAt: NOW,
    lag: "5",
    neverConsumed: "7",
    lagAtLeast: false,
    lagAt: NOW - 8000,
  });
  expect(healthOf(seen, swept({ readers: { lag: 5n } }, true))).toMatchObject({ lag: "5", lagAtLeast: true });
});

test("what nobody has looked at yet is not known, and is no 0", () => {
  expect(healthOf(undefined, nothing)).toMatchObject({ ...unknown, seenAt: null, neverConsumed: null });
  expect(healthOf(cluster([broker("a", { error })]), nothing)).toMatchObject({ ...unknown, up: 0, down: 1 });
});

test("while no name server answers nothing of the brokers is known, nor whether they are down", () => {
  const unreachable = cluster([broker("a", { error })], "unreachable");
  expect(healthOf(unreachable, swept({ readers: { lag: 5n } }))).toMatchObject({ ...unknown, seenAt: NOW });
});
