import { useFormat } from "../lib/format.ts";

export interface NumProps {
  value: number | string | null | undefined;
  /** How to write it; `number` also takes longs as decimal strings. */
  as?: "number" | "rate" | "bytes" | "percent" | "duration";
}

/** A figure with tabular digits, in the words of the language in use. */
export function Num({ value, as = "number" }: NumProps) {
  const format = useFormat();
  const amount = typeof value === "string" ? Number(value) : value;
  const shown = as === "number" || as === "bytes" ? format[as](value) : format[as](amount);
  return <span className="rd-num">{shown}</span>;
}
