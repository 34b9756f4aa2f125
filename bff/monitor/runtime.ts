import { describedVersion } from "../rocketmq/codec/mq-version.ts";
import { double, epochMs, long, type Shape } from "../rocketmq/codec/shape.ts";

/** What is kept of a broker's runtime table (code 28). Source: AdminBrokerProcessor.java, prepareRuntimeInfo. */
export interface Runtime {
  version: string | null;
  bootAt: number | null;
  /** Messages since boot. */
  putTotal: bigint | null;
  getTotal: bigint | null;
  putBytesTotal: bigint | null;
  putToday: bigint | null;
  getToday: bigint | null;
  putYesterday: bigint | null;
  getYesterday: bigint | null;
  /** 0 to 1. */
  diskRatio: number | null;
  commitLogMaxOffset: bigint | null;
}

type Table = ReadonlyMap<string, string>;

/** What cannot be is not known: a value of the table as its shape reads it, else null. */
function read<T>(table: Table, key: string, shape: Shape<T>): T | null {
  try {
    return shape.decode(table.get(key));
  } catch {
    return null;
  }
}

/** Counters run since boot and the marks of midnight are taken of them, so after a restart a mark may be missing: it is 0 then. */
function between(later: bigint | null, earlier: bigint | null): bigint | null {
  if (later === null) return null;
  const difference = later - (earlier ?? 0n);
  return difference < 0n ? null : difference;
}

export function readRuntime(table: Table): Runtime {
  const putTotal = read(table, "msgPutTotalTodayNow", long);
  const getTotal = read(table, "msgGetTotalTodayNow", long);
  const putMorning = read(table, "msgPutTotalTodayMorning", long);
  const getMorning = read(table, "msgGetTotalTodayMorning", long);
  const disk = read(table, "commitLogDiskRatio", double);
  return {
    version: describedVersion(table.get("brokerVersionDesc")),
    bootAt: read(table, "bootTimestamp", epochMs),
    putTotal,
    getTotal,
    putBytesTotal: read(table, "putMessageSizeTotal", long),
    putToday: between(putTotal, putMorning),
    getToday: between(getTotal, getMorning),
    putYesterday: between(putMorning, read(table, "msgPutTotalYesterdayMorning", long)),
    getYesterday: between(getMorning, read(table, "msgGetTotalYesterdayMorning", long)),
    diskRatio: disk !== null && disk >= 0 && disk <= 1 ? disk : null,
    commitLogMaxOffset: read(table, "commitLogMaxOffset", long),
  };
}

export interface Rates {
  produceTps: number | null;
  consumeTps: number | null;
  produceBytes: number | null;
}

export const noRates: Rates = { produceTps: null, consumeTps: null, produceBytes: null };

interface Reading {
  at: number;
  runtime: Runtime;
}

/** Rates between two readings of one run of a broker; none over a restart or a gap, for a mean over it would show what never was. */
export function ratesBetween(before: Reading | undefined, after: Reading, longestGapMs: number): Rates {
  if (before === undefined || before.runtime.bootAt !== after.runtime.bootAt) return noRates;
  const ms = after.at - before.at;
  if (ms <= 0 || ms > longestGapMs) return noRates;
  const rate = (from: bigint | null, to: bigint | null) =>
    from === null || to === null || to < from ? null : (Number(to - from) * 1000) / ms;
  return {
    produceTps: rate(before.runtime.putTotal, after.runtime.putTotal),
    consumeTps: rate(before.runtime.getTotal, after.runtime.getTotal),
    produceBytes: rate(before.runtime.putBytesTotal, after.runtime.putBytesTotal),
  };
}
