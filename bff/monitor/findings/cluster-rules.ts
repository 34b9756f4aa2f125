import type { BrokerSighting } from "../sighting.ts";
import type { Known, Found, Rule } from "./rule.ts";
import { bytes, duration, percent, problem, text, time, weightOf } from "./rule.ts";

const nameOf = ({ target }: BrokerSighting) => target.name;
const subject = (broker: BrokerSighting) => ({ kind: "broker" as const, name: nameOf(broker) });

const namesrvSilent: Rule = {
  id: "namesrvSilent",
  *find({ cluster }) {
    for (const { addr, error } of cluster?.namesrvs ?? []) {
      if (error === undefined) continue;
      yield {
        level: cluster?.state === "unreachable" ? "critical" : "warning",
        subject: { kind: "namesrv", name: addr },
        context: cluster?.state === "unreachable" ? "all" : undefined,
        figures: { code: problem(error.code) },
        weight: 1,
      };
    }
  },
};

/** Whose state is only unsaid since no name server answers is told by that. */
const silentBrokers = ({ cluster }: Known) =>
  cluster === undefined || cluster.state === "unreachable"
    ? []
    : cluster.brokers.flatMap((broker) => (broker.error === undefined ? [] : [{ broker, error: broker.error }]));

const brokerSilent: Rule = {
  id: "brokerSilent",
  *find(known) {
    for (const { broker, error } of silentBrokers(known)) {
      if (error.code === "BROKER_GONE") continue;
      yield {
        level: broker.target.role === "master" ? "critical" : "warning",
        subject: subject(broker),
        context: broker.target.role,
        figures: { addr: text(broker.target.addr), code: problem(error.code) },
        weight: 1,
      };
    }
  },
};

const brokerGone: Rule = {
  id: "brokerGone",
  *find(known) {
    for (const { broker, error } of silentBrokers(known)) {
      if (error.code !== "BROKER_GONE") continue;
      yield {
        level: broker.target.role === "master" ? "critical" : "warning",
        subject: subject(broker),
        context: broker.target.role,
        figures: { addr: text(broker.target.addr), listedAt: time(broker.listedAt) },
        weight: 1,
      };
    }
  },
};

/** Less may be under way at any time. */
const BEHIND_BYTES = 8n * 1024n * 1024n;
/** Where little is sent, so long a time is far behind with less; of a few messages no time can be said. */
const BEHIND_MS = 60_000;
const TIMED_BYTES = 64n * 1024n;

const slaveBehind: Rule = {
  id: "slaveBehind",
  *find({ cluster }) {
    for (const broker of cluster?.brokers ?? []) {
      const { replication, target } = broker;
      if (replication === undefined || broker.error !== undefined) continue;
      const { lagBytes, isConnected } = replication;
      const perSecond = cluster?.brokers.find(
        (other) => other.target.brokerName === target.brokerName && other.target.role === "master",
      )?.rates.produceBytes;
      const behindMs =
        lagBytes === null || typeof perSecond !== "number" || perSecond <= 0
          ? undefined
          : (Number(lagBytes) / perSecond) * 1000;
      const lag = lagBytes ?? 0n;
      const isFar = lag >= BEHIND_BYTES || (lag >= TIMED_BYTES && (behindMs ?? 0) >= BEHIND_MS);
      if (isConnected !== false && !isFar) continue;
      yield {
        level: "warning",
        subject: subject(broker),
        context: isConnected === false ? "apart" : behindMs === undefined ? undefined : "time",
        figures: {
          ...(lagBytes !== null && { lag: bytes(lagBytes) }),
          ...(behindMs !== undefined && { behind: duration(behindMs) }),
        },
        weight: weightOf(lagBytes ?? 0n),
      };
    }
  },
};

/** Brokers delete early from 75 % and refuse messages from 90 % on (`diskMaxUsedSpaceRatio`, DiskSpaceWarningLevelRatio). */
const DISK_WARNING = 0.75;
const DISK_CRITICAL = 0.85;
/** From a shorter time, or over a longer one, nobody can say when a disk is full. */
const DISK_TREND_MS = 5 * 60_000;
const DISK_AHEAD_MS = 7 * 86_400_000;

function* ofDisk(broker: BrokerSighting, trends: Known["trends"]): Generator<Found> {
  const ratio = broker.runtime?.diskRatio;
  if (typeof ratio !== "number" || ratio < DISK_WARNING) return;
  const moved = trends.disks.of(nameOf(broker));
  const grown = moved === undefined || moved.ms < DISK_TREND_MS ? 0 : moved.to - moved.from;
  const fullMs = moved === undefined || grown <= 0 ? Infinity : ((1 - ratio) / grown) * moved.ms;
  const isFilling = fullMs <= DISK_AHEAD_MS;
  yield {
    level: ratio >= DISK_CRITICAL || (isFilling && fullMs < 86_400_000) ? "critical" : "warning",
    subject: subject(broker),
    context: isFilling ? "filling" : undefined,
    figures: { disk: percent(ratio), ...(isFilling && { full: duration(fullMs) }) },
    weight: ratio,
  };
}

const diskFull: Rule = {
  id: "diskFull",
  *find({ cluster, trends }) {
    for (const broker of cluster?.brokers ?? []) yield* ofDisk(broker, trends);
  },
};

/** Whose part of something could not be read, which is told of no broker that does not answer at all. */
const notSeen: Rule = {
  id: "notSeen",
  *find({ cluster, topics, groups, clients }) {
    // That nobody answers is told with the name servers.
    if (cluster?.state === "unreachable") return;
    const silent = new Set([
      ...(cluster?.namesrvs ?? []).flatMap(({ addr, error }) => (error === undefined ? [] : [addr])),
      ...(cluster?.brokers ?? []).flatMap(({ target, error }) => (error === undefined ? [] : [target.name])),
    ]);
    const told = new Set<string>();
    const missing = {
      cluster: cluster?.failures,
      topics: topics?.failures,
      groups: groups && [...groups.failures, ...groups.untold],
      clients: clients?.failures,
    };
    for (const [what, failures] of Object.entries(missing)) {
      for (const { target, error } of failures ?? []) {
        const key = `${target} ${error.code}`;
        if (silent.has(target) || told.has(key)) continue;
        told.add(key);
        yield {
          level: what === "cluster" ? "critical" : error.code === "GRPC_CLIENTS_UNSEEN" ? "info" : "warning",
          subject: { kind: "broker", name: target },
          context: error.code === "GRPC_CLIENTS_UNSEEN" ? "grpc" : what,
          figures: { code: problem(error.code) },
          weight: 1,
        };
      }
    }
  },
};

export const clusterRules: readonly Rule[] = [namesrvSilent, brokerGone, brokerSilent, diskFull, slaveBehind, notSeen];
