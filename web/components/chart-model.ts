import { useMemo } from "react";
import { useFormat } from "../lib/format.ts";

export type Unit = "rate" | "number" | "bytes" | "bytesRate" | "percent" | "duration";

export interface Series {
  name: string;
  /** Moment and value, oldest first; null is a gap and drawn as one. */
  points: [at: number, value: number | null][];
}

export interface ChartProps {
  title: string;
  unit: Unit;
  series: Series[];
  /** The time shown, the same for all charts of a page. */
  from: number;
  to: number;
  kind?: "line" | "bar";
  /** Charts of one group share their cursor. */
  group?: string;
  /** Dragging over the chart selects a range. */
  onRange?: (from: number, to: number) => void;
  /** Thin marks: a change, a reset, a broker lost. */
  marks?: { at: number; text: string }[];
  height?: number;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
}

/** A count as it is written: parts of one say something of a small mean only. */
export const countOf = (value: number | null): number | null =>
  value === null || Math.abs(value) < 10 ? value : Math.round(value);

export function useUnit(unit: Unit): (value: number | null) => string {
  const format = useFormat();
  return useMemo(() => {
    if (unit === "bytesRate") return (value) => `${format.bytes(value)}/s`;
    if (unit === "number") return (value) => format.number(countOf(value));
    return (value) => format[unit](value);
  }, [format, unit]);
}
