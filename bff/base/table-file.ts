import { stringify } from "csv-stringify/sync";
import type { Failure, TableFormat } from "#contract/list.ts";
import { Slices } from "../rocketmq/slices.ts";
import { workbook } from "./xlsx.ts";

/** What a table shows of a row, by the heading of the column. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string | number>>;

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const WIDEST = 60;
/** Rows that are written before others may run, and by which the columns of a sheet get their width. */
const AT_ONCE = 100;
const MEASURED = 1000;

type Cells = (string | number)[];

/** Some rows of a table at a time, so that a long one is made without holding up others. */
async function* slicesOf<Row>(rows: readonly Row[], columns: Columns<Row>): AsyncGenerator<Cells[]> {
  const slices = new Slices();
  const values = Object.values(columns);
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    yield rows.slice(at, at + AT_ONCE).map((row) => values.map((value) => value(row)));
    await slices.pause();
  }
}

/** UTF-8 with BOM; no cell can start a formula in a spreadsheet. */
export async function csvOf<Row>(rows: readonly Row[], columns: Columns<Row>): Promise<string[]> {
  const lines = (cells: Cells[], bom = false) =>
    stringify(cells, { bom, record_delimiter: "\r\n", escape_formulas: true });
  const pieces = [lines([Object.keys(columns)], true)];
  for await (const cells of slicesOf(rows, columns)) pieces.push(lines(cells));
  return pieces;
}

function xlsxOf<Row>(rows: readonly Row[], columns: Columns<Row>, name: string): Promise<Buffer> {
  const measured = rows.slice(0, MEASURED);
  const widths = Object.entries(columns).map(([heading, value]) => {
    const longest = measured.reduce((most, row) => Math.max(most, String(value(row)).length), heading.length);
    return Math.min(WIDEST, longest + 2);
  });
  return workbook({ name, header: Object.keys(columns), widths, rows: slicesOf(rows, columns) });
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
  if (format === "csv") return new File(await csvOf(rows, columns), fileName, { type: "text/csv;charset=utf-8" });
  return new File([new Uint8Array(await xlsxOf(rows, columns, name))], fileName, { type: XLSX_TYPE });
}
