import type { Series } from "./chart-model.ts";

export interface ChartRow {
  at: number;
  /** One for each series, in their order; null where it has none. */
  values: (number | null)[];
}

/** The points of all series by moment, oldest first. */
export function rowsOf(series: readonly Series[]): ChartRow[] {
  const rows = new Map<number, ChartRow>();
  series.forEach(({ points }, column) => {
    for (const [at, value] of points) {
      const row = rows.get(at) ?? { at, values: series.map(() => null) };
      row.values[column] = value;
      rows.set(at, row);
    }
  });
  return [...rows.values()].sort((a, b) => a.at - b.at);
}

interface Figures {
  last: number | null;
  max: number | null;
  mean: number | null;
}

/** What the legend says of a series; gaps count for nothing. */
export function figuresOf({ points }: Series): Figures {
  const known = points.flatMap(([, value]) => (value === null ? [] : [value]));
  if (known.length === 0) return { last: null, max: null, mean: null };
  return {
    last: known.at(-1) ?? null,
    max: known.reduce((a, b) => Math.max(a, b)),
    mean: known.reduce((a, b) => a + b, 0) / known.length,
  };
}

/** A name that every file system takes. */
export const fileName = (...parts: string[]): string => parts.join(" ").replaceAll(/[\\/:*?"<>|]/g, "-");
