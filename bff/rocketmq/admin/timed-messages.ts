import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { lastOf, queuesAt, scanQueue, type At } from "./queue-scan.ts";
import { firstOffsetAt } from "./time-search.ts";

export const TIMER_TOPIC = "rmq_sys_wheel_timer";
/** Where messages wait for a delay level. */
export const SCHEDULE_TOPIC = "SCHEDULE_TOPIC_XXXX";
/** Of a record that is no message: it deletes the one of this id. */
const TIMER_DEL_UNIQKEY = "TIMER_DEL_UNIQKEY";
export const isDeletion = ({ properties }: StoredMessage): boolean => properties.has(TIMER_DEL_UNIQKEY);
const TIMER_OUT_MS = "TIMER_OUT_MS";

const LEVEL_KEY = /^scheduleMessageOffset_(\d{1,4})$/;
const OFFSETS = /^(\d{1,19}),(\d{1,19})$/;
const SYSTEM_ERROR = 1;
/** Brokers tell by the second how far their timer is. */
const SECOND_MS = 1000;

/** A message that waits for its time, in epoch ms. */
export interface Waiting {
  message: StoredMessage;
  dueAt: number;
}

interface Scanning {
  /** The broker's figures (code 28). */
  table: ReadonlyMap<string, string>;
  /** Records to read. */
  most: number;
  signal?: AbortSignal;
}

export interface LevelScan {
  waiting: (Waiting & { level: number })[];
  read: number;
  of: bigint;
}

/** How far each delay level is, as a broker tells it: only of levels that were used. Source: ScheduleMessageService.buildRunningStats. */
export function levelOffsets(table: ReadonlyMap<string, string>): { level: number; offset: bigint; end: bigint }[] {
  return [...table].flatMap(([key, value]) => {
    const [, level] = LEVEL_KEY.exec(key) ?? [];
    const [, offset, end] = OFFSETS.exec(value) ?? [];
    if (level === undefined || offset === undefined || end === undefined) return [];
    return [{ level: Number(level), offset: BigInt(offset), end: BigInt(end) }];
  });
}

const LEVELS_MAX = 64;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `messageDelayLevel` in ms, from level 1; none where a broker does not tell it. Source: ScheduleMessageService.parseDelayLevel. */
export const levelsMs = (text = ""): number[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, LEVELS_MAX)
    .map((word) => Number.parseInt(word, 10) * (UNIT_MS[word.slice(-1)] ?? Number.NaN));

const RUNTIME = /(\d+) days, (\d+) hours, (\d+) minutes, (\d+) seconds/;

/** What a broker's clock says, to the second, by its figures; undefined where they do not tell. Source: StoreStatsService.getFormatRuntime. */
export function brokerNow(table: ReadonlyMap<string, string>): number | undefined {
  const [, days, hours, minutes, seconds] = (RUNTIME.exec(table.get("runtime") ?? "") ?? []).map(Number);
  const boot = Number(table.get("bootTimestamp"));
  if (days === undefined || hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  const now = boot + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return Number.isSafeInteger(now) ? now : undefined;
}

/** Messages of a master that wait for a delay level, `most` of the next of each level. */
export async function waitingByLevel(
  cluster: RocketMQCluster,
  at: At,
  { table, most, delays, signal }: Scanning & { delays: readonly number[] },
): Promise<LevelScan> {
  const scan: LevelScan = { waiting: [], read: 0, of: 0n };
  for (const { level, offset, end } of levelOffsets(table)) {
    const delay = delays[level - 1];
    if (end <= offset || delay === undefined || Number.isNaN(delay)) continue;
    scan.of += end - offset;
    const queue = { topic: SCHEDULE_TOPIC, brokerName: at.brokerName, queueId: level - 1 };
    const stop = end - offset > BigInt(most) ? offset + BigInt(most) : end;
    const { read } = await scanQueue(cluster, at.addr, queue, { from: offset, end: stop, signal }, (message) =>
      scan.waiting.push({ message, level, dueAt: message.storeTimestamp + delay }),
    );
    scan.read += read;
  }
  return scan;
}

export interface TimerScan {
  waiting: Waiting[];
  recalled: number;
  read: number;
  of: bigint;
  /** By the broker's own count. */
  counted: bigint;
  deliveredTo: number;
}

/** What identifies a message for its deletion: its id, since 5.3 with its topic before it. */
const deletionKeys = ({ msgId, properties }: StoredMessage) => [
  msgId,
  `${properties.get(MessageConst.REAL_TOPIC) ?? ""}+${msgId}`,
];

/**
 * Messages of a master that wait in its timer, be that a wheel or RocksDB: both take them from one topic, whose newest `most` records are read, so that
 * who was recalled or moved on afterwards is known as such. Undefined where timers are off.
 */
export async function waitingInTimer(
  cluster: RocketMQCluster,
  at: At,
  { table, most, longestMs, now, signal }: Scanning & { longestMs: number; now: number },
): Promise<TimerScan | undefined> {
  const { addr, brokerName } = at;
  const metrics = await cluster.call(brokerRpc.getTimerMetrics, addr, {}, { signal }).catch((error: unknown) => {
    if (asRocketMQError(error).responseCode !== SYSTEM_ERROR) throw error;
    return undefined;
  });
  if (metrics === undefined) return undefined;
  // Its checkpoint is written now and then alone.
  const behindMs = (Number(table.get("timerReadBehind")) || 0) * 1000;
  const deliveredTo = (brokerNow(table) ?? now) - behindMs - SECOND_MS;
  const counted = [...metrics.timingCount.values()].reduce((sum, { count }) => sum + count, 0n);
  const scan: TimerScan = { waiting: [], recalled: 0, read: 0, of: 0n, counted, deliveredTo };
  const found = new Map<string, Waiting>();
  const deleted = new Set<string>();
  for (const { queueId, minOffset, maxOffset } of await queuesAt(cluster, at, TIMER_TOPIC, signal)) {
    if (maxOffset <= minOffset) continue;
    const queue = { topic: TIMER_TOPIC, brokerName, queueId };
    // What was stored so long before is due, or was moved on and so stored once more.
    const first = await firstOffsetAt(cluster, addr, queue, {
      timestamp: Math.max(0, scan.deliveredTo - longestMs),
      signal,
    });
    const from = lastOf(first, maxOffset, most);
    scan.of += maxOffset > first ? maxOffset - first : 0n;
    const { read } = await scanQueue(cluster, addr, queue, { from, end: maxOffset, signal }, (message) => {
      const dueAt = Number(message.properties.get(TIMER_OUT_MS));
      const deletes = message.properties.get(TIMER_DEL_UNIQKEY);
      if (deletes !== undefined) deleted.add(deletes);
      else if (dueAt > scan.deliveredTo) found.set(`${dueAt} ${message.msgId}`, { message, dueAt });
    });
    scan.read += read;
  }
  for (const waiting of found.values()) {
    if (deletionKeys(waiting.message).some((key) => deleted.has(key))) scan.recalled += 1;
    else scan.waiting.push(waiting);
  }
  return scan;
}
