import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { brokerGone, brokerKey, type SeenBroker } from "../rocketmq/cluster/seen-brokers.ts";
import { asRocketMQError, type RocketMQError } from "../rocketmq/errors.ts";
import { brokerRpc, type HARuntimeInfo } from "../rocketmq/rpc/broker.ts";
import { namesrvRpc } from "../rocketmq/rpc/namesrv.ts";
import { noRates, ratesBetween, readRuntime, type Rates, type Runtime } from "./runtime.ts";

export interface Replication {
  /** How much of its master's commit log a slave does not have yet. */
  lagBytes: bigint | null;
  /** As the master sees it; null where it cannot tell (before 5.0, or a slave it cannot match). */
  inSync: boolean | null;
  /** Whether it copies from its master, as that sees it; null where it cannot tell. */
  isConnected: boolean | null;
}

export interface BrokerSighting extends SeenBroker {
  at: number;
  error?: RocketMQError;
  runtime?: Runtime;
  rates: Rates;
  replication?: Replication;
}

/** What was seen of a cluster at one time. */
export interface Sighting {
  at: number;
  state: "running" | "abnormal" | "unreachable";
  clusterName: string | null;
  namesrvs: { addr: string; error?: RocketMQError }[];
  brokers: BrokerSighting[];
  /** What keeps the state from being `running`. */
  failures: FanOutFailure[];
}

interface Context {
  now: () => number;
  previous: Pick<Sighting, "brokers" | "clusterName">;
  /** Readings further apart than this have a gap between them and no rate. */
  longestGapMs: number;
}

/** Brokers as an earlier run of the console last saw them listed. */
export const listedBefore = (listing: {
  brokers: readonly SeenBroker[];
  clusterName: string | null;
}): Context["previous"] => ({
  clusterName: listing.clusterName,
  brokers: listing.brokers.map(({ target, listedAt }) => ({ target, listedAt, at: listedAt, rates: noRates })),
});

/** Brokers asked at the same time, and how long all of them have: a cluster of many that hang must not hold up the next sighting. */
const bounds = { concurrency: 64, deadlineMs: 9000 };

export const isListed = ({ at, listedAt }: BrokerSighting): boolean => at === listedAt;

async function seeBroker(
  cluster: RocketMQCluster,
  target: BrokerTarget,
  before: BrokerSighting | undefined,
  context: Context,
): Promise<BrokerSighting> {
  try {
    const { table } = await cluster.call(brokerRpc.getBrokerRuntimeInfo, target.addr, {});
    const at = context.now();
    const runtime = readRuntime(table);
    const reading = before?.runtime === undefined ? undefined : { at: before.at, runtime: before.runtime };
    return { target, at, listedAt: at, runtime, rates: ratesBetween(reading, { at, runtime }, context.longestGapMs) };
  } catch (error) {
    const at = context.now();
    return { target, at, listedAt: at, error: asRocketMQError(error, target.addr), rates: noRates };
  }
}

async function seeBrokers(
  cluster: RocketMQCluster,
  targets: readonly BrokerTarget[],
  context: Context,
): Promise<BrokerSighting[]> {
  const before = new Map(context.previous.brokers.map((broker) => [brokerKey(broker.target), broker]));
  const ask = (target: BrokerTarget) => seeBroker(cluster, target, before.get(brokerKey(target)), context);
  const asked = await cluster.fanOut(targets, ask, bounds);
  const seen = new Map(asked.items.map(({ target, value }) => [target.name, value]));
  const errors = new Map(asked.failures.map(({ target, error }) => [target, error]));
  const at = context.now();
  return targets.map(
    (target) => seen.get(target.name) ?? { target, at, listedAt: at, error: errors.get(target.name), rates: noRates },
  );
}

const hostOf = (addr: string) => addr.replace(/^\//, "").replace(/:\d+$/, "");

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

/** A master knows its slaves by the address they connect from, whose port says nothing: only a lone match is one. */
function connectionsOf(status: HARuntimeInfo, slaves: readonly BrokerSighting[]) {
  const { haConnectionInfo: told } = status;
  if (slaves.length === 1 && told.length <= 1) return () => told[0];
  const slavesAt = grouped(slaves, ({ target }) => hostOf(target.addr));
  const toldOf = grouped(told, ({ addr }) => hostOf(addr));
  return ({ target }: BrokerSighting) => {
    const host = hostOf(target.addr);
    const matches = toldOf.get(host) ?? [];
    return slavesAt.get(host)?.length === 1 && matches.length === 1 ? matches[0] : undefined;
  };
}

/** How far each slave of a master is behind: code 907 of the master, else the difference of the commit logs' ends. */
export function replicationOf(
  slaves: readonly BrokerSighting[],
  master: BrokerSighting | undefined,
  status: HARuntimeInfo | undefined,
): Replication[] {
  const connectionOf = status === undefined ? () => undefined : connectionsOf(status, slaves);
  const ahead = master?.runtime?.commitLogMaxOffset ?? null;
  const isConnected = status?.haConnectionInfo.length === 0 ? false : null;
  return slaves.map((slave) => {
    const connection = connectionOf(slave);
    if (connection !== undefined)
      return { lagBytes: connection.diff < 0n ? 0n : connection.diff, inSync: connection.inSync, isConnected: true };
    const own = slave.runtime?.commitLogMaxOffset ?? null;
    const lagBytes = ahead === null || own === null ? null : ahead > own ? ahead - own : 0n;
    return { lagBytes, inSync: isConnected, isConnected };
  });
}

/** Undefined where the master does not tell. */
async function haStatusOf(cluster: RocketMQCluster, addr: string): Promise<HARuntimeInfo | undefined> {
  try {
    return (await cluster.can(addr, "haStatus"))
      ? await cluster.call(brokerRpc.getBrokerHaStatus, addr, {})
      : undefined;
  } catch (error) {
    asRocketMQError(error);
    return undefined;
  }
}

/** Fills in how far slaves are behind. */
async function seeReplication(cluster: RocketMQCluster, brokers: readonly BrokerSighting[]): Promise<void> {
  const groups = [...grouped(brokers, ({ target }) => target.brokerName)].filter(([, group]) =>
    group.some(({ target }) => target.role === "slave"),
  );
  const one = async (group: readonly BrokerSighting[]) => {
    const slaves = group.filter(({ target }) => target.role === "slave");
    const master = group.find(({ target }) => target.role === "master");
    const status = master?.runtime === undefined ? undefined : await haStatusOf(cluster, master.target.addr);
    const replication = replicationOf(slaves, master, status);
    for (const [n, slave] of slaves.entries()) slave.replication = replication[n];
  };
  await cluster.fanOut(
    groups.map(([name, group]) => ({ name, addr: name, group })),
    ({ group }) => one(group),
    bounds,
  );
}

const goneBrokers = async (cluster: RocketMQCluster, at: number): Promise<BrokerSighting[]> =>
  (await cluster.gone()).map((seen) => ({ ...seen, at, error: brokerGone(seen.target), rates: noRates }));

/** Asks every name server for the cluster and every broker for its runtime table. Does not throw for what RocketMQ does. */
export async function see(cluster: RocketMQCluster, context: Context): Promise<Sighting> {
  const at = context.now();
  const answers = await cluster.callAllNamesrvs(namesrvRpc.getBrokerClusterInfo, {});
  const errors = new Map(answers.failures.map(({ target, error }) => [target, error]));
  const namesrvs = cluster.namesrvAddrs.map((addr) => ({ addr, error: errors.get(addr) }));
  const failures = [...answers.failures];
  const before = context.previous.brokers;
  const seen = { at, namesrvs, failures, clusterName: context.previous.clusterName };
  const unseen = (error: RocketMQError | undefined) =>
    before.map(({ target, listedAt }) => ({ target, at, listedAt, error, rates: noRates }));
  if (answers.items.length === 0) return { ...seen, state: "unreachable", brokers: unseen(answers.failures[0]?.error) };
  try {
    failures.push(...(await cluster.masters({ fresh: true })).failures);
    const replicas = await cluster.replicas();
    // By the same list: whoever vanishes or comes back while brokers are asked would be in both, or in neither.
    const gone = await goneBrokers(cluster, at);
    const listed = await seeBrokers(cluster, replicas, context);
    await seeReplication(cluster, listed);
    const brokers = [...listed, ...gone];
    const told = new Set(failures.map(({ target }) => target));
    for (const { target, error } of brokers) {
      if (error !== undefined && !told.has(target.name)) failures.push({ target: target.name, error });
    }
    const state = failures.length === 0 ? "running" : "abnormal";
    return { ...seen, state, clusterName: replicas[0]?.cluster ?? null, brokers };
  } catch (cause) {
    const error = asRocketMQError(cause);
    failures.push({ target: error.address ?? namesrvs[0]?.addr ?? "", error });
    // Who is there is only unsaid, unless a name server says that nobody is.
    const brokers = error.code === "NO_CLUSTER" ? await goneBrokers(cluster, at).catch(() => []) : unseen(error);
    return { ...seen, state: "abnormal", brokers };
  }
}
