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

export function useUnit(unit: Unit): (value: number | null) => string {
  const format = useFormat();
  return useMemo(
    () => (unit === "bytesRate" ? (value) => `${format.bytes(value)}/s` : (value) => format[unit](value)),
    [format, unit],
  );
}
