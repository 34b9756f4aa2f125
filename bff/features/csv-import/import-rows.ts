import type { ImportRow } from "#contract/csv-import.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { readCsv, type CsvRecord } from "./csv-table.ts";
import { unreadable } from "./import-file.ts";
import type { Fault, ImportColumn, ImportKind, Limits, Values } from "./import-kind.ts";

/** A row of the file before brokers are asked. */
export interface ReadRow {
  n: number;
  line: number;
  name: string;
  values: Values;
  faults: Fault[];
}

export interface ReadTable {
  rows: ReadRow[];
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
  const missing = kind.columns.filter((c) => c.otherwise === undefined && !places.has(c)).map(({ name }) => name);
  if (missing.length > 0) {
    const columns = missing.join(", ");
    throw unreadable("header", `The first line does not have the columns ${columns}.`, { columns });
  }
  return places;
}

/** Characters of a cell that are kept; whatever is right is shorter. */
const CELL_MAX = 255;
const HEADING_MAX = 64;

/** A copy of what may be kept of a cell: a mere part of a text keeps the whole of it in memory. */
const kept = (cell: string, most: number) => Buffer.from(cell.slice(0, most)).toString();

/** Rows of a CSV text with all that is wrong in them, whatever brokers have. */
export async function readRows(kind: ImportKind, text: string, limits: Limits): Promise<ReadTable> {
  const { header, rows } = await readCsv(text);
  const places = placesOf(kind, header);
  if (rows.length === 0) throw unreadable("noRows", "There is no row below the header.");
  const known = new Set(places.values());
  const firstLine = new Map<string, number>();
  return {
    ignoredColumns: header.flatMap((heading, index) =>
      heading === "" || known.has(index) ? [] : [kept(heading, HEADING_MAX)],
    ),
    rows: rows.map((record, index) => {
      const row = readRow(kind, places, header.length, record, limits);
      const first = firstLine.get(row.name);
      if (first === undefined) firstLine.set(row.name, record.line);
      else if (row.name !== "") row.faults.push({ key: "duplicate", params: { line: first } });
      return { ...row, n: index + 1 };
    }),
  };
}

function readRow(
  kind: ImportKind,
  places: ReadonlyMap<ImportColumn, number>,
  width: number,
  { line, cells }: CsvRecord,
  limits: Limits,
): Omit<ReadRow, "n"> {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  let name: string | undefined;
  for (const column of kind.columns) {
    const place = places.get(column);
    const cell = kept((place === undefined ? "" : cells[place]) || (column.otherwise ?? ""), CELL_MAX);
    name ??= cell;
    const read = column.read(cell, limits);
    values[column.name] = "value" in read ? read.value : cell;
    if ("fault" in read) {
      const fault = cell === "" && name !== cell ? "required" : read.fault;
      faults.push({ key: fault, column: column.name, params: { ...read.params, value: cell.slice(0, 80) } });
    }
  }
  if (cells.slice(width).some((cell) => cell !== "")) {
    faults.push({ key: "cells", params: { cells: cells.length, columns: width } });
  }
  if (faults.length === 0) faults.push(...(kind.check?.(values) ?? []));
  return { line, name: name ?? "", values, faults };
}

/** A chosen broker: what it has under the names of the file, or why it did not say. */
export type Site = { brokerName: string } & (
  | { addr: string; has: ReadonlyMap<string, Values>; error?: undefined }
  | { error: FanOutFailure["error"] }
);

export const sameValues = (wanted: Values, stored: Values): boolean =>
  Object.entries(stored).every(([column, value]) => wanted[column] === value);

interface Sites {
  chosen: readonly Site[];
  all: readonly Site[];
}

/** What would become of a row on the chosen brokers; what may be on one alone must not be on another either. */
export function planRow(kind: ImportKind, row: ReadRow, { chosen, all }: Sites, own: ReadonlySet<string>): ImportRow {
  const faults = [...row.faults];
  if (own.has(row.name)) faults.push({ key: "name.reserved", params: {} });
  const onOne = faults.length === 0 && kind.onOneBroker?.(row.values) === true;
  const stored: ImportRow["stored"] = [];
  const createOn: string[] = [];
  for (const site of onOne ? all : chosen) {
    const values = site.error === undefined ? site.has.get(row.name) : undefined;
    if (values !== undefined) stored.push({ brokerName: site.brokerName, values });
    else if (chosen.includes(site)) createOn.push(site.brokerName);
  }
  if (onOne && stored.length > 0) createOn.length = 0;
  if (createOn.length > 1 && onOne) faults.push({ key: "orderBrokers", params: { value: createOn.join(", ") } });
  const differs = stored.some(({ values }) => !sameValues(row.values, values));
  const state = faults.length > 0 ? "invalid" : differs ? "differs" : createOn.length === 0 ? "exists" : "create";
  return { ...row, faults, state, stored, createOn: state === "create" ? createOn : [] };
}
