import { readCsv, type CsvRecord } from "./csv-table.ts";
import { unreadable } from "./import-file.ts";
import type { Values } from "../../cluster/resource-values.ts";
import { Slices } from "../../rocketmq/slices.ts";
import { brokersOf, type Fault, type ImportColumn, type ImportKind } from "./import-kind.ts";

/** A row of the file before brokers are asked: what it says, and cells that nobody can read. */
export interface ReadRow {
  n: number;
  line: number;
  name: string;
  values: Values;
  faults: Fault[];
}

export interface ReadTable {
  rows: ReadRow[];
  columns: string[];
  ignoredColumns: string[];
}

/** Under its own name, else under another: a file may have `QueueNums` and a column `Queues` of its own. */
function headingsOf(column: ImportColumn, header: readonly string[]): number[] {
  const places = (matches: (heading: string) => boolean) =>
    header.flatMap((heading, index) => (matches(heading.toLowerCase()) ? [index] : []));
  const own = places((heading) => heading === column.name.toLowerCase());
  return own.length > 0 ? own : places((heading) => column.aliases.includes(heading));
}

/** Where each column is in the file. */
function placesOf(kind: ImportKind, header: readonly string[]): Map<ImportColumn, number> {
  const places = new Map<ImportColumn, number>();
  for (const column of kind.columns) {
    const [place, second] = headingsOf(column, header);
    if (second !== undefined) {
      throw unreadable("headerTwice", `The header has the column ${column.name} twice.`, { column: column.name });
    }
    if (place !== undefined) places.set(column, place);
  }
  const missing = kind.columns.filter((column) => column.needed && !places.has(column)).map(({ name }) => name);
  if (missing.length > 0) {
    const columns = missing.join(", ");
    throw unreadable("header", `The first line does not have the columns ${columns}.`, { columns });
  }
  return places;
}

/** Characters that a cell may have: one that names its brokers may name hundreds of them. */
export const CELL_MAX = 65_536;
const HEADING_MAX = 64;
const SHOWN_MAX = 80;

/** A copy of what may be kept of a cell: a mere part of a text keeps the whole of it in memory. */
const kept = (cell: string, most: number) => Buffer.from(cell.slice(0, most)).toString();

/** Rows of a CSV text; those that differ in their brokers alone are one, since some exports write a row for each broker. */
export async function readRows(kind: ImportKind, text: string): Promise<ReadTable> {
  const { header, rows: records } = await readCsv(text);
  const places = placesOf(kind, header);
  if (records.length === 0) throw unreadable("noRows", "There is no row below the header.");
  const known = new Set(places.values());
  const rows: ReadRow[] = [];
  const byValues = new Map<string, { row: ReadRow; brokers: Set<string> }>();
  const slices = new Slices();
  for (const record of records) {
    await slices.pause();
    const row = { ...readRow(kind, places, header.length, record), n: rows.length + 1 };
    const brokers = row.faults.length === 0 ? brokersOf(row.values) : undefined;
    if (brokers === undefined) {
      rows.push(row);
      continue;
    }
    const { BrokerName: _, ...others } = row.values;
    const key = JSON.stringify(others);
    const same = byValues.get(key);
    if (same === undefined) {
      rows.push(row);
      byValues.set(key, { row, brokers: new Set(brokers) });
    } else for (const broker of brokers) same.brokers.add(broker);
  }
  for (const { row, brokers } of byValues.values()) {
    row.values = { ...row.values, BrokerName: [...brokers].sort().join(";") };
  }
  return {
    columns: [...places.keys()].map(({ name }) => name),
    ignoredColumns: header.flatMap((heading, index) =>
      heading === "" || known.has(index) ? [] : [kept(heading, HEADING_MAX)],
    ),
    rows,
  };
}

function readRow(
  kind: ImportKind,
  places: ReadonlyMap<ImportColumn, number>,
  width: number,
  { line, cells }: CsvRecord,
): Omit<ReadRow, "n"> {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  let name: string | undefined;
  for (const [column, place] of places) {
    const cell = cells[place] ?? "";
    const shown = kept(cell, cell.length > CELL_MAX ? SHOWN_MAX : CELL_MAX);
    const isName = name === undefined;
    name ??= shown;
    if (cell === "") {
      if (column.needed)
        faults.push({ key: isName ? "name.empty" : "required", column: column.name, params: { value: "" } });
      continue;
    }
    // What is longer than anybody needs is a fault, and never cut to something else.
    const read = cell.length > CELL_MAX ? { fault: "tooLong", params: { max: CELL_MAX } } : column.read(shown);
    values[column.name] = "value" in read ? read.value : shown;
    if ("fault" in read) {
      const value = shown.slice(0, SHOWN_MAX);
      faults.push({ key: read.fault, column: column.name, params: { ...read.params, value } });
    }
  }
  if (cells.slice(width).some((cell) => cell !== "")) {
    faults.push({ key: "cells", params: { cells: cells.length, columns: width } });
  }
  const agreed = faults.length === 0 ? kind.agreed?.(values) : undefined;
  return { line, name: name ?? "", values, faults, ...agreed };
}
