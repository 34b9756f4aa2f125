import type { ClientInfo } from "../cluster/client-info.ts";
import { noBacklog, type BacklogSums } from "../cluster/backlog.ts";
import { RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { noRates } from "../monitor/runtime.ts";
import type { BrokerSighting, Sighting } from "../monitor/sighting.ts";
import { groupClients, type GroupClients } from "../monitor/sweep-clients.ts";
import type { GroupStats } from "../monitor/sweep-groups.ts";
import { found } from "../monitor/findings/findings.ts";
import type { Known } from "../monitor/findings/rule.ts";
import { Trends } from "../monitor/findings/trends.ts";

export const NOW = 1_800_000_000_000;

export const snapshot = <T>(byName: Record<string, T>) => ({
  startedAt: NOW,
  at: NOW,
  calls: 0,
  byName: new Map(Object.entries(byName)),
  failures: [],
  isWhole: () => true,
});

export const stats = (of: Partial<BacklogSums>, topic = "orders"): GroupStats => {
  const sums = { ...noBacklog(), offsets: 4, ...of };
  return { ...sums, tps: 0, topics: new Map([[topic, sums]]) };
};

export const groups = (byName: Record<string, GroupStats>, disabledAt: Record<string, string[]> = {}) => ({
  ...snapshot(byName),
  known: new Set(Object.keys(byName)),
  untold: [],
  disabledAt: new Map(Object.entries(disabledAt)),
});

export const info = (of: Partial<ClientInfo> = {}): ClientInfo => ({
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
export const online = (
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
export function trendsOf(seconds: number, before: Record<string, GroupStats>, now: Record<string, GroupStats>): Trends {
  const trends = new Trends();
  trends.addGroups({ ...snapshot(before), at: NOW - seconds * 1000 });
  trends.addGroups(snapshot(now));
  return trends;
}

export const broker = (
  of: Partial<BrokerSighting> & { code?: RocketMQErrorCode; name?: string } = {},
): BrokerSighting => {
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

export const cluster = (brokers: BrokerSighting[], of: Partial<Sighting> = {}): Sighting => ({
  at: NOW,
  state: "abnormal",
  clusterName: "c",
  namesrvs: [{ addr: "n:9876" }],
  brokers,
  failures: brokers.flatMap(({ target, error }) => (error === undefined ? [] : [{ target: target.name, error }])),
  ...of,
});

export const runtime = (diskRatio: number): BrokerSighting["runtime"] => ({
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

export const look = (known: Partial<Known>) =>
  found({ now: NOW, trends: new Trends(), ...known }).map(({ rule, level, subject, context, figures }) => ({
    rule,
    level,
    name: subject.name,
    context,
    figures: Object.fromEntries(Object.entries(figures).map(([key, { value }]) => [key, value])),
  }));
