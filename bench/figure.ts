/** One line of the report. */
export interface Figure {
  what: string;
  measured: string;
  /** The same by the official Java client, in the same run. */
  java: string;
  target: string;
  /** How far from the target: 1 just meets it, more is better. */
  margin: number;
  note?: string;
}

export const isMet = ({ margin }: Figure): boolean => margin >= 1;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export type Unit = "ms" | "s" | "msg/s" | "µs" | "MB" | "kB";

export function show(value: number, unit: Unit): string {
  if (unit === "msg/s") return `${(value / 1000).toFixed(1)}k msg/s`;
  return `${value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

interface Compared {
  what: string;
  unit: Unit;
  ours: readonly number[];
  java: readonly number[];
  factor: number;
  note?: string;
}

/** At least `factor` times what Java reaches; each round is compared with the Java round beside it. */
export function atLeastTimes({ what, unit, ours, java, factor, note }: Compared): Figure {
  const ratio = median(ours.map((value, i) => value / (java[i] ?? Number.NaN)));
  return {
    what,
    measured: `${show(median(ours), unit)} = ${ratio.toFixed(2)} ×`,
    java: show(median(java), unit),
    target: `≥ ${factor} × Java`,
    margin: ratio / factor,
    note,
  };
}

/** At most `factor` times what Java needs; each round is compared with the Java round beside it. */
export function atMostTimes({ what, unit, ours, java, factor, note }: Compared): Figure {
  const ratio = median(ours.map((value, i) => value / (java[i] ?? Number.NaN)));
  return {
    what,
    measured: `${show(median(ours), unit)} = ${ratio.toFixed(2)} ×`,
    java: show(median(java), unit),
    target: `≤ ${factor} × Java`,
    margin: factor / ratio,
    note,
  };
}

/** At most `limit`; what Java takes is told beside it where there is something comparable. */
export function atMost(
  what: string,
  unit: Unit,
  { ours, limit, java, note }: { ours: readonly number[]; limit: number; java?: string; note?: string },
): Figure {
  const value = median(ours);
  return {
    what,
    measured: show(value, unit),
    java: java ?? "–",
    target: `≤ ${limit} ${unit}`,
    margin: limit / value,
    note,
  };
}
