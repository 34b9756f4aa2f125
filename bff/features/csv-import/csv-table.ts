import { CsvError, parse } from "csv-parse/sync";
import { IMPORT_MAX_ROWS } from "#contract/rules.ts";
import { unreadable } from "./import-file.ts";

export interface CsvRecord {
  /** Line of the file on which it begins. */
  line: number;
  cells: string[];
}

const DELIMITERS = [",", ";", "\t"] as const;

/** Spreadsheets of some countries write semicolons; cells may hold other delimiters, the header does not. */
function delimiterOf(text: string): string {
  const header = /^.*$/m.exec(text.trimStart())?.[0] ?? "";
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

const linesIn = (cells: readonly string[]) =>
  cells.reduce((sum, cell) => sum + (cell.includes("\n") ? cell.split("\n").length - 1 : 0), 0);

/** What exports put before a cell so that a spreadsheet takes it for no formula. */
const unescaped = (cell: string) => (/^'[=+\-@]/.test(cell) ? cell.slice(1) : cell).trim();

/** The line after which no record was whole, at the first quote there. */
function lineOfQuote(text: string, after: number): number {
  const lines = text.split("\n");
  const at = lines.findIndex((line, index) => index >= after && line.includes('"'));
  return at === -1 ? after + 1 : at + 1;
}

/** Header and rows of a CSV text, each with its line; blank lines are passed over. */
export function readCsv(text: string): { header: string[]; rows: CsvRecord[] } {
  const records: CsvRecord[] = [];
  let last = 0;
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // The header, all rows and one more, which tells that there are too many.
      to: IMPORT_MAX_ROWS + 2,
      on_record: (cells: string[], { lines }) => {
        last = lines;
        records.push({ line: lines - linesIn(cells), cells: cells.map(unescaped) });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = lineOfQuote(text, last);
    if (error.code === "CSV_QUOTE_NOT_CLOSED") {
      throw unreadable("quoteOpen", `The quote in line ${line} is never closed.`, { line });
    }
    throw unreadable("quote", `Line ${line} has a quote where none may be.`, { line });
  }
  const [header, ...rows] = records;
  if (header === undefined) throw unreadable("empty", "The file is empty.");
  if (rows.length > IMPORT_MAX_ROWS) {
    throw unreadable("tooManyRows", `There are more than ${IMPORT_MAX_ROWS} rows.`, { max: IMPORT_MAX_ROWS });
  }
  return { header: header.cells, rows };
}
