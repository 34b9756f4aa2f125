import { integer, oneOf } from "./search.ts";

export const presets = {
  "15m": 900_000,
  "1h": 3_600_000,
  "6h": 21_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
} as const;
export type Preset = keyof typeof presets;

/** A preset, or whatever is stored. */
export type Range = Preset | "all";

/** In the URL either `range`, counted back from now, or `from` and `to`. */
export interface TimeRangeSearch<R extends Range = Preset> {
  range?: R;
  from?: number;
  to?: number;
}

/** Fields for `searchOf` or `listSearchOf`. */
export const timeRangeFields = { range: oneOf("15m", "1h", "6h", "24h", "7d"), from: integer, to: integer };

/** The same where all that is stored may be asked for. */
export const storedRangeFields = { ...timeRangeFields, range: oneOf("15m", "1h", "6h", "24h", "7d", "all") };

/** The range in milliseconds since the epoch; `now` is rounded down to `step` so that the query key rests. */
export function rangeOf(
  search: TimeRangeSearch<Range>,
  preset: Range,
  now: number,
  step = 10_000,
): { from: number; to: number } {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to };
  const to = Math.floor(now / step) * step;
  const range = search.range ?? preset;
  return { from: range === "all" ? 0 : to - presets[range], to };
}
