import { setImmediate as others } from "node:timers/promises";
import { IMPORT_MAX_COLUMNS, IMPORT_MAX_ROWS } from "#contract/rules/limits.ts";
import { unreadable } from "./import-file.ts";

export interface CsvRecord {
  /** Line of the file on which it begins. */
  line: number;
  cells: string[];
}

const DELIMITERS = [",", ";", "\t"] as const;
/** Enough of a header to count what divides it. */
const HEADER_SEEN = 16_384;
/** Characters that are read between two looks at what others ask of the console. */
const SLICE = 65_536;

/** Spreadsheets of some countries write semicolons; cells may hold other delimiters, the header does not. */
function delimiterOf(text: string): string {
  const header = /^.*$/m.exec(text.slice(text.search(/\S/)).slice(0, HEADER_SEEN))?.[0] ?? "";
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** Line ends are \n, \r\n or \r. */
function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) lines += 1;
  }
  return lines;
}

/** What exports put before a cell so that a spreadsheet takes it for no formula. */
const unescaped = (cell: string) => (/^'[=+\-@＝＋－＠]/.test(cell) ? cell.slice(1) : cell).trim();

/**
 * Walks through a CSV text (RFC 4180) in time that grows with its length alone: a library that makes an error of each record
 * of another width, and records of blank lines, needs a minute and a half for what a spreadsheet with empty rows can be.
 */
class Scanner {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #plainCell: RegExp;
  #at: number;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    // A line with which spreadsheets are told the delimiter.
    const told = /^sep=([,;\t])(?=[\r\n])/i.exec(text);
    this.#at = told?.[0].length ?? 0;
    this.#delimiter = told?.[1] ?? delimiterOf(text);
    this.#plainCell = new RegExp(`[^${this.#delimiter}"\r\n]*`, "y");
  }

  /** How far it has come. */
  get at(): number {
    return this.#at;
  }

  /** The next record, whose cells may all be empty; undefined at the end. */
  next(): CsvRecord | undefined {
    this.#skipBlankLines();
    if (this.#at >= this.#text.length) return undefined;
    const record: CsvRecord = { line: this.#line, cells: [] };
    for (;;) {
      if (record.cells.length === IMPORT_MAX_COLUMNS) {
        throw unreadable("tooManyColumns", `Line ${record.line} has more than ${IMPORT_MAX_COLUMNS} columns.`, {
          line: record.line,
          max: IMPORT_MAX_COLUMNS,
        });
      }
      record.cells.push(unescaped(this.#text[this.#at] === '"' ? this.#quoted() : this.#plain()));
      if (this.#text[this.#at] !== this.#delimiter) return record;
      this.#at += 1;
    }
  }

  #skipBlankLines(): void {
    const blank = /[,;\t \r\n]*[\r\n]/y;
    blank.lastIndex = this.#at;
    if (!blank.test(this.#text)) return;
    this.#line += linesIn(this.#text, this.#at, blank.lastIndex);
    this.#at = blank.lastIndex;
  }

  #plain(): string {
    const from = this.#at;
    this.#plainCell.lastIndex = from;
    this.#plainCell.test(this.#text);
    this.#at = this.#plainCell.lastIndex;
    if (this.#text[this.#at] === '"') this.#refuseQuote();
    return this.#text.slice(from, this.#at);
  }

  #quoted(): string {
    const text = this.#text;
    const from = this.#at + 1;
    let at = from;
    for (; at < text.length; at++) {
      if (text.charCodeAt(at) !== QUOTE) continue;
      if (text.charCodeAt(at + 1) !== QUOTE) break;
      at += 1;
    }
    if (at >= text.length) {
      throw unreadable("quoteOpen", `The quote in line ${this.#line} is never closed.`, { line: this.#line });
    }
    this.#line += linesIn(text, from, at);
    this.#at = at + 1;
    if (![undefined, this.#delimiter, "\n", "\r"].includes(text[this.#at])) this.#refuseQuote();
    return text.slice(from, at).replaceAll('""', '"');
  }

  #refuseQuote(): never {
    throw unreadable("quote", `Line ${this.#line} has a quote where none may be.`, { line: this.#line });
  }
}

/** Header and rows of a CSV text, each with its line; blank lines are passed over. */
export async function readCsv(text: string): Promise<{ header: string[]; rows: CsvRecord[] }> {
  const scanner = new Scanner(text);
  const records: CsvRecord[] = [];
  let rested = 0;
  for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
    if (record.cells.some((cell) => cell !== "")) records.push(record);
    if (records.length > IMPORT_MAX_ROWS + 1) {
      throw unreadable("tooManyRows", `There are more than ${IMPORT_MAX_ROWS} rows.`, { max: IMPORT_MAX_ROWS });
    }
    if (scanner.at - rested < SLICE) continue;
    rested = scanner.at;
    await others();
  }
  const [header, ...rows] = records;
  if (header === undefined) throw unreadable("empty", "The file is empty.");
  return { header: header.cells, rows };
}
