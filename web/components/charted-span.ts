import { keepPreviousData } from "@tanstack/react-query";
import { useNow } from "../lib/format.ts";
import { rangeOf, type TimeRangeSearch } from "../lib/time-range.ts";

/** What charts show where the URL names no range. */
export const CHARTED_PRESET = "1h";
/** Points that a chart of this width can show apart. */
const POINTS = 360;
const TICK_MS = 10_000;

export interface ChartedSpan {
  from: number;
  to: number;
  step: number;
}

/** The span of time that charts show, as rows of curves take it; it moves on with the clock. */
export function useChartedSpan(search: TimeRangeSearch): ChartedSpan {
  const now = useNow(TICK_MS);
  const wished = rangeOf(search, CHARTED_PRESET, now, TICK_MS);
  const step = Math.max(TICK_MS, Math.ceil((wished.to - wished.from) / POINTS / TICK_MS) * TICK_MS);
  return { ...rangeOf(search, CHARTED_PRESET, now, step), step };
}

/** For the query of a span: old curves stay until the new come, and an own range that reaches beyond now keeps its key while it fills. */
export const spanOptions = ({ to }: { to: number }) => ({
  placeholderData: keepPreviousData,
  refetchInterval: () => (to > Date.now() ? TICK_MS : (false as const)),
});
