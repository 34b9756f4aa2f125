import { stringify } from "csv-stringify/sync";
import writeExcelFile from "write-excel-file/node";
import type { Failure, TableFormat } from "#contract/list.ts";

/** What a table shows of a row, by the heading of the column. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string | number>>;

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const WIDEST = 60;

/** XML knows no control characters but these. */
const printable = (text: string) => text.replaceAll(/[^\P{Cc}\t\n\r]/gu, "");

/** UTF-8 with BOM; no cell can start a formula in a spreadsheet. */
export function csvOf<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const records = rows.map((row) => Object.values(columns).map((value) => value(row)));
  return stringify([Object.keys(columns), ...records], { bom: true, record_delimiter: "\r\n", escape_formulas: true });
}

/** A workbook of one sheet, its header in sight; what is text stays text, so that nothing is a formula. */
function xlsxOf<Row>(rows: readonly Row[], columns: Columns<Row>, sheet: string): Promise<Buffer> {
  const records = rows.map((row) => Object.values(columns).map((value) => value(row)));
  const cells = records.map((record) =>
    record.map((value) => (typeof value === "number" ? value : { type: String, value: printable(value) })),
  );
  const header = Object.keys(columns).map((value) => ({ value, fontWeight: "bold" as const }));
  const widths = Object.keys(columns).map((heading, n) => ({
    width: Math.min(
      WIDEST,
      records.reduce((most, record) => Math.max(most, String(record[n]).length), heading.length) + 2,
    ),
  }));
  return writeExcelFile([header, ...cells], { sheet, columns: widths, stickyRowsCount: 1 }).toBuffer();
}

interface Table<Row> {
  name: string;
  rows: readonly Row[];
  columns: Columns<Row>;
  failures: readonly Failure[];
}

/** A table as a file to download, whose name tells when a part is missing. */
export async function tableFile<Row>(
  format: TableFormat,
  { name, rows, columns, failures }: Table<Row>,
): Promise<File> {
  const fileName = `${name}${failures.length > 0 ? "-incomplete" : ""}.${format}`;
  if (format === "csv") return new File([csvOf(rows, columns)], fileName, { type: "text/csv;charset=utf-8" });
  const bytes = new Uint8Array(await xlsxOf(rows, columns, name));
  return new File([bytes], fileName, { type: XLSX_TYPE });
}
