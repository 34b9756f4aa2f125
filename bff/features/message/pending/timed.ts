import type { TimedMessage, TimedMessages } from "#contract/pending.ts";
import type { Failure } from "#contract/list.ts";
import { isSystemTopic } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { failureOf } from "../../../base/problem.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { waitingByLevel, waitingInTimer, type Waiting } from "../../../rocketmq/admin/timed-messages.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import { brokerRpc } from "../../../rocketmq/rpc/broker.ts";
import { presentMessage } from "../message.presenter.ts";
import { waitSettings, type WaitSettings } from "./broker-settings.ts";
import type { Deep } from "./half.ts";

/** Records that are read at first: of a broker's timer, and of each of its delay levels. */
const RECORDS = 4096;
const OF_LEVEL = 256;
const LISTED = 200;
const HOUR_MS = 3_600_000;
const ROLL_TIMES = "TIMER_ROLL_TIMES";

type Broker = TimedMessages["brokers"][number];
type Timers = NonNullable<Broker["timers"]>;

interface AtBroker {
  broker: Broker;
  waiting: (Waiting & { level: number | null })[];
  failures: Failure[];
}

const present = ({ message, dueAt, level }: AtBroker["waiting"][number]): TimedMessage => ({
  ...presentMessage(message),
  dueAt,
  kind: level === null ? "timer" : "level",
  level,
  rolls: Number(message.properties.get(ROLL_TIMES)) || 0,
});

const NO_TIMERS = { waiting: 0, read: 0, of: "0", counted: null, recalled: 0, own: 0, deliveredTo: null };

interface Asking {
  cluster: RocketMQCluster;
  at: { brokerName: string; addr: string };
  depth: number;
  settings: WaitSettings;
  table: ReadonlyMap<string, string>;
  now: number;
  signal: AbortSignal | undefined;
}

async function timersAt({
  cluster,
  at,
  depth,
  settings,
  table,
  now,
  signal,
}: Asking): Promise<{ timers: Timers; waiting: Waiting[] }> {
  if (!(await cluster.can(at.addr, "timers"))) return { timers: { ...NO_TIMERS, state: "none" }, waiting: [] };
  const options = { table, most: RECORDS * depth, longestMs: settings.longestMs + HOUR_MS, now, signal };
  const scan = await waitingInTimer(cluster, at, options);
  if (scan === undefined) return { timers: { ...NO_TIMERS, state: "off" }, waiting: [] };
  const waiting = scan.waiting.filter(
    ({ message }) => !isSystemTopic(message.properties.get(MessageConst.REAL_TOPIC) ?? ""),
  );
  const timers: Timers = {
    state: "on",
    waiting: waiting.length,
    read: scan.read,
    of: scan.of.toString(),
    counted: scan.counted.toString(),
    recalled: scan.recalled,
    own: scan.waiting.length - waiting.length,
    deliveredTo: scan.deliveredTo,
  };
  return { timers, waiting };
}

/** The two ways to wait are read apart, so that a fault of one leaves the other. */
async function readBroker(asking: Asking): Promise<AtBroker> {
  const { cluster, at, depth, settings, table, signal } = asking;
  const failures: Failure[] = [];
  const orFailure = <T>(reading: Promise<T>): Promise<T | null> =>
    reading.catch((error: unknown) => {
      signal?.throwIfAborted();
      failures.push(failureOf(at.brokerName, error));
      return null;
    });
  const options = { table, most: OF_LEVEL * depth, delays: settings.delays, signal };
  const [byLevel, inTimer] = await Promise.all([
    orFailure(waitingByLevel(cluster, at, options)),
    orFailure(timersAt(asking)),
  ]);
  const levels = byLevel && { waiting: byLevel.waiting.length, read: byLevel.read, of: byLevel.of.toString() };
  return {
    broker: { brokerName: at.brokerName, levels, timers: inTimer?.timers ?? null },
    waiting: [...(byLevel?.waiting ?? []), ...(inTimer?.waiting ?? []).map((waiting) => ({ ...waiting, level: null }))],
    failures,
  };
}

/** How many are due in each hour. */
export function hoursOf(waiting: readonly Pick<Waiting, "dueAt">[]): TimedMessages["hours"] {
  const counts = new Map<number, number>();
  for (const { dueAt } of waiting) {
    const from = Math.floor(dueAt / HOUR_MS) * HOUR_MS;
    counts.set(from, (counts.get(from) ?? 0) + 1);
  }
  return [...counts].map(([from, count]) => ({ from, count })).sort((a, b) => a.from - b.from);
}

/** Messages of all masters that wait for their time, as far as brokers let them be read. */
export async function timedMessages(
  deps: Deps,
  { instanceId, depth, hour }: Deep & { hour?: number },
  signal?: AbortSignal,
): Promise<TimedMessages> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const asked = await cluster.onMasters(
    async ({ brokerName, addr }) => {
      const settings = await waitSettings(cluster, addr, signal);
      const { table } = await cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}, { signal });
      return readBroker({ cluster, at: { brokerName, addr }, depth, settings, table, now: deps.now(), signal });
    },
    { signal },
  );
  const all = asked.items.flatMap(({ value }) => value.waiting).sort((a, b) => a.dueAt - b.dueAt);
  const wanted = hour === undefined ? all : all.filter(({ dueAt }) => dueAt >= hour && dueAt < hour + HOUR_MS);
  return {
    items: wanted.slice(0, LISTED).map(present),
    hours: hoursOf(all),
    brokers: asked.items.map(({ value }) => value.broker),
    more: wanted.length > LISTED,
    failures: failuresOf(asked.failures, ...asked.items.map(({ value }) => value.failures)),
    at: deps.now(),
  };
}
