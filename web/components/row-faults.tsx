import type { ImportRow } from "#contract/csv-import.ts";
import { useT } from "../lib/i18n.ts";

type Faults = ImportRow["faults"];

/** Faults that a row of a job has kept of its check. */
export const faultsOf = (data: Record<string, unknown> | undefined): Faults | undefined =>
  Array.isArray(data?.["faults"]) ? (data["faults"] as Faults) : undefined;

/** What is wrong with a row of a file, in the same words before and after the import. */
export function RowFaults({ faults }: { faults: Faults }) {
  const t = useT("csv-import");
  const texts = faults.map(({ key, column, params }) => {
    const text = t(`fault.${key}`, params);
    return column === undefined ? text : t("inColumn", { column, text });
  });
  return <span title={texts.join(t("and"))}>{texts.join(t("and"))}</span>;
}
