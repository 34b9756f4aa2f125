import { keepPreviousData } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import { useNow } from "../lib/format.ts";
import { rangeOf, type TimeRangeSearch } from "../lib/time-range.ts";
import type { Series, Unit } from "./chart-model.ts";

/** A chart of curves that the console keeps. */
export interface Plot {
  title: string;
  unit: Unit;
  /** Key of the history and name of the curve. */
  curves: [key: string, name: string][];
}

/** What is shown where the URL names no range. */
export const CURVES_PRESET = "1h";
/** Points that a chart of this width can show apart. */
const POINTS = 360;
const TICK_MS = 10_000;

/** The span of time that charts show, as rows of curves take it; it moves on with the clock. */
export function useSpan(search: TimeRangeSearch): { from: number; to: number; step: number } {
  const now = useNow(TICK_MS);
  const wished = rangeOf(search, CURVES_PRESET, now, TICK_MS);
  const step = Math.max(TICK_MS, Math.ceil((wished.to - wished.from) / POINTS / TICK_MS) * TICK_MS);
  return { ...rangeOf(search, CURVES_PRESET, now, step), step };
}

/** For the query of a span: old curves stay until the new come, and an own range that reaches beyond now keeps its key while it fills. */
export const spanOptions = ({ to }: { to: number }) => ({
  placeholderData: keepPreviousData,
  refetchInterval: () => (to > Date.now() ? TICK_MS : (false as const)),
});

export const seriesOf = (kept: Curves | undefined, { curves }: Plot): Series[] =>
  curves.map(([key, name]) => ({
    name,
    points: (kept?.series[key] ?? []).map((value, n) => [(kept?.from ?? 0) + n * (kept?.step ?? 0), value]),
  }));
