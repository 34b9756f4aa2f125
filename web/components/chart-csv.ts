import { stringify } from "csv-stringify/browser/esm/sync";
import { formatTime } from "../lib/format.ts";
import { rowsOf } from "./chart-rows.ts";
import type { Series } from "./chart-model.ts";

const BOM = "\uFEFF";

/** A row for each moment, oldest first, figures as they are; a gap is an empty cell. Spreadsheets run nothing of it. */
export function chartCsv(series: readonly Series[], timeTitle: string, titleOf: (name: string) => string): string {
  const head = [timeTitle, ...series.map(({ name }) => titleOf(name))];
  const rows = rowsOf(series).map(({ at, values }) => [formatTime(at), ...values]);
  return BOM + stringify([head, ...rows], { record_delimiter: "\r\n", escape_formulas: true });
}
