import { none, useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";

export interface NumProps {
  value: number | string | null | undefined;
  /** How to write it; `number` also takes longs as decimal strings. */
  as?: "number" | "rate" | "bytes" | "percent" | "duration";
}

/** A sum over brokers: one of which a part is missing is at least as much, and a missing part of nothing is not known. */
export function SumNum({ atLeast, ...num }: NumProps & { atLeast: boolean }) {
  const t = useT();
  if (!atLeast || num.value === null || num.value === undefined) return <Num {...num} />;
  return (
    <span title={t("atLeastText")}>
      {Number(num.value) === 0 ? (
        <Num value={null} />
      ) : (
        <>
          ≥ <Num {...num} />
        </>
      )}
    </span>
  );
}

/** A figure with tabular digits, in the words of the language in use. */
export function Num({ value, as = "number" }: NumProps) {
  const format = useFormat();
  const amount = typeof value === "string" ? Number(value) : value;
  const shown = as === "number" || as === "bytes" ? format[as](value) : format[as](amount);
  return <span className={shown === none ? "rd-num rd-quiet" : "rd-num"}>{shown}</span>;
}
