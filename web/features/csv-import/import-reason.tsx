import type { ImportRow } from "#contract/csv-import.ts";
import { RowFaults } from "../../components/row-faults.tsx";
import { useT } from "../../lib/i18n.ts";

/** What brokers have instead of what the row says, those that have the same together. */
function differences({ values, stored }: ImportRow): { brokers: string; has: string }[] {
  const brokersOf = new Map<string, string[]>();
  for (const { brokerName, values: there } of stored) {
    const other = Object.entries(there).filter(([column, value]) => (values[column] ?? value) !== value);
    const has = other.map(([column, value]) => `${column} ${value}`).join(", ");
    if (has !== "") brokersOf.set(has, [...(brokersOf.get(has) ?? []), brokerName]);
  }
  return [...brokersOf].map(([has, brokers]) => ({ brokers: brokers.join(", "), has }));
}

/** It is there, and all that is left is to tell the name servers of it. */
export const isOrderAlone = ({ state, createOn }: ImportRow) => state === "create" && createOn.length === 0;

/** Why a row is what it is; nothing where it is plain. */
export function ImportReason({ row, brokers }: { row: ImportRow; brokers: string[] }) {
  const t = useT("csv-import");
  const texts = useReasons(row, brokers);
  if (row.state === "invalid")
    return (
      <span className="rd-import-why">
        <RowFaults faults={row.faults} />
      </span>
    );
  return texts.length === 0 ? null : <span className="rd-import-why">{texts.join(t("and"))}</span>;
}

function useReasons(row: ImportRow, brokers: string[]): string[] {
  const t = useT("csv-import");
  const { state, createOn, orderOn, stored, remark, notKept } = row;
  if (state === "differs") {
    const has = differences(row).map(({ brokers: on, has: values }) => t("has", { brokers: on, values }));
    if (remark !== null) has.push(remark === "" ? t("remarkNone") : t("remarkHere", { remark }));
    return has;
  }
  const isPart = createOn.length > 0 && createOn.length < brokers.length;
  const there = stored.map(({ brokerName }) => brokerName).join(", ");
  return [
    ...(isPart ? [t(there === "" ? "on" : "onlyOn", { brokers: createOn.join(", "), there })] : []),
    ...(orderOn.length > 0 ? [t("orderOn", { brokers: orderOn.join(", ") })] : []),
    ...notKept.map((at) => t("notKept", { brokers: at.brokerName, columns: at.columns.join(", ") })),
  ];
}
