import { useMemo, useSyncExternalStore } from "react";
import { useLanguage, type Language } from "./i18n.ts";

type Figure = number | bigint | string | null | undefined;

export const none = "–";

const cache = new Map<string, Intl.NumberFormat>();
function numberFormat(language: Language, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, options);
  cache.set(key, made);
  return made;
}

/** Thousands separators; longs come as decimal strings and stay exact. */
export function formatNumber(value: Figure, language: Language): string {
  if (value === null || value === undefined || value === "") return none;
  if (typeof value === "string") {
    return /^-?\d+$/.test(value) ? numberFormat(language).format(BigInt(value)) : value;
  }
  return numberFormat(language, { maximumFractionDigits: 2 }).format(value);
}

/** A rate per second: two digits after the point below 10, one below 100, none above. */
export function formatRate(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return numberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Bytes in the largest unit that gives a figure of at least 1. */
export function formatBytes(value: Figure, language: Language): string {
  if (value === null || value === undefined || value === "") return none;
  let amount = Number(value);
  let unit = 0;
  while (Math.abs(amount) >= 1024 && unit < byteUnits.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(amount) >= 100 ? 0 : 1;
  return `${numberFormat(language, { maximumFractionDigits: digits }).format(amount)} ${byteUnits[unit] ?? ""}`;
}

export function formatPercent(ratio: number | null | undefined, language: Language): string {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return none;
  return numberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(ratio);
}

const durationSteps: [limit: number, per: number, unit: string][] = [
  [1000, 1, "millisecond"],
  [60_000, 1000, "second"],
  [3_600_000, 60_000, "minute"],
  [86_400_000, 3_600_000, "hour"],
  [Number.POSITIVE_INFINITY, 86_400_000, "day"],
];

/** Milliseconds in the largest unit that fits: 850 ms, 12 s, 3.4 min. */
export function formatDuration(ms: number | null | undefined, language: Language): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return none;
  const [, per, unit] = durationSteps.find(([limit]) => Math.abs(ms) < limit) ?? [0, 1, "millisecond"];
  const amount = ms / per;
  const digits = Math.abs(amount) < 10 && per > 1 ? 1 : 0;
  return numberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }).format(
    amount,
  );
}

const relativeSteps: [limit: number, per: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60_000, 1000, "second"],
  [3_600_000, 60_000, "minute"],
  [86_400_000, 3_600_000, "hour"],
];

const JUST_NOW: Record<Language, string> = { "zh-CN": "刚刚", "en-US": "now" };

/** Relative within a day, else the local date and time. */
export function formatAgo(at: number | null | undefined, now: number, language: Language): string {
  if (at === null || at === undefined) return none;
  const distance = at - now;
  const step = relativeSteps.find(([limit]) => Math.abs(distance) < limit);
  if (!step) return formatTime(at);
  const [, per, unit] = step;
  const amount = Math.trunc(distance / per);
  if (amount === 0) return JUST_NOW[language];
  // Durations are written without a full stop: 40 min, 39 min ago.
  return new Intl.RelativeTimeFormat(language, { style: "short" }).format(amount, unit).replace(".", "");
}

const pad = (n: number, width = 2): string => String(n).padStart(width, "0");

/** `UTC+08:00`, of this browser's zone at a moment. */
export function utcOffset(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

const OFFSETS_CHANGE_WITHIN_MS = 10_800_000;

/** Whether clocks show the time of this moment twice, as when they are put back. */
function isShownTwice(at: number): boolean {
  const offset = new Date(at).getTimezoneOffset();
  return [at - OFFSETS_CHANGE_WITHIN_MS, at + OFFSETS_CHANGE_WITHIN_MS].some((near) => {
    const other = new Date(near).getTimezoneOffset();
    return other !== offset && new Date(at + (other - offset) * 60_000).getTimezoneOffset() === other;
  });
}

/**
 * `2026-11-20 23:04:05`, local, and where clocks show that twice which of the two; the order of the parts is the same in both languages on
 * purpose: it sorts and is unambiguous.
 */
export function formatTime(at: number | null | undefined, options: { ms?: boolean } = {}): string {
  if (at === null || at === undefined) return none;
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return none;
  const date = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  const time = `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
  return `${date} ${time}${options.ms ? `.${pad(d.getMilliseconds(), 3)}` : ""}${isShownTwice(at) ? ` ${utcOffset(at)}` : ""}`;
}

const HOUR_MS = 3_600_000;

/** The hour from a moment on, local: `2026-11-20 23:00–00:00`, and where clocks show it twice which of the two. */
export function formatHour(from: number): string {
  const [date = none, begin = "", twice = ""] = formatTime(from).split(" ");
  const [, end = ""] = formatTime(from + HOUR_MS).split(" ");
  return `${date} ${begin.slice(0, 5)}–${end.slice(0, 5)} ${twice}`.trimEnd();
}

/** The zone of this browser, for the hover of a time: `Asia/Shanghai, UTC+08:00`. */
export const zone = (at: number): string => `${Intl.DateTimeFormat().resolvedOptions().timeZone}, ${utcOffset(at)}`;

/** All formats, bound to the language in use. */
export function useFormat() {
  const language = useLanguage();
  return useMemo(
    () => ({
      number: (value: Figure) => formatNumber(value, language),
      rate: (value: number | null | undefined) => formatRate(value, language),
      bytes: (value: Figure) => formatBytes(value, language),
      percent: (ratio: number | null | undefined) => formatPercent(ratio, language),
      duration: (ms: number | null | undefined) => formatDuration(ms, language),
      time: (at: number | null | undefined, options?: { ms?: boolean }) => formatTime(at, options),
      ago: (at: number | null | undefined, now: number) => formatAgo(at, now, language),
    }),
    [language],
  );
}

const listeners = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;
let nowSecond = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  nowSecond = Date.now();
  ticker ??= setInterval(() => {
    nowSecond = Date.now();
    for (const notify of listeners) notify();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && ticker !== undefined) {
      clearInterval(ticker);
      ticker = undefined;
    }
  };
}

/** The time now, rounded down to `step` once that is more than a second; shared by everything on the page that moves on with it. */
export const useNow = (step = 1): number => useSyncExternalStore(subscribe, () => Math.floor(nowSecond / step) * step);
