import { stringify } from "csv-stringify/sync";
import type { JobRow } from "#contract/job.ts";

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Rows as CSV with BOM: what the kind of job adds becomes columns, and no cell can start a formula in a spreadsheet. */
export function jobRowsCsv(rows: readonly JobRow[]): string {
  const added = [...new Set(rows.flatMap((row) => Object.keys(row.data ?? {})))];
  return stringify(
    rows.map((row) => [
      row.n,
      row.key,
      row.state,
      cell(row.code),
      cell(row.detail),
      new Date(row.at).toISOString(),
      ...added.map((name) => cell(row.data?.[name])),
    ]),
    {
      bom: true,
      header: true,
      columns: ["n", "key", "state", "code", "detail", "at", ...added],
      escape_formulas: true,
    },
  );
}
