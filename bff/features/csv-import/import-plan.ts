import type { ImportRow } from "#contract/csv-import.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import type { Values } from "../../cluster/resource-values.ts";
import { brokersOf, type Fault, type ImportKind, type Limits } from "./import-kind.ts";
import type { ReadRow } from "./import-rows.ts";

/** A broker: what it has under the names of the file, or why it did not say. */
export type Site = { brokerName: string } & (
  | { addr: string; has: ReadonlyMap<string, Values>; error?: undefined }
  | { error: FanOutFailure["error"] }
);

/** Where rows go: to the chosen brokers, or to those that they name themselves. */
export interface Sites {
  chosen: readonly Site[];
  all: readonly Site[];
  asFile: boolean;
}

/** What a row does not say may be as it is. */
export const sameValues = (wanted: Values, stored: Values): boolean =>
  Object.entries(stored).every(([column, value]) => wanted[column] === undefined || wanted[column] === value);

/** Why the console makes nothing of a row; `complete` has the defaults too. */
function refusals(
  kind: ImportKind,
  { name, values }: ReadRow,
  complete: Values,
  own: ReadonlySet<string>,
  limits: Limits,
): Fault[] {
  const faults = kind.columns.flatMap((column): Fault[] => {
    const value = values[column.name];
    const wrong = value === undefined ? undefined : column.refuses?.(value, limits);
    if (wrong === undefined || value === undefined) return [];
    return [{ key: wrong.fault, column: column.name, params: { ...wrong.params, value: value.slice(0, 80) } }];
  });
  if (own.has(name)) faults.push({ key: "name.reserved", params: {} });
  return faults.length > 0 ? faults : (kind.check?.(complete) ?? []);
}

/** What would become of a row; what may be on one broker alone must not be on another either. */
function planRow(
  kind: ImportKind,
  row: ReadRow,
  { chosen, all, asFile }: Sites,
  own: ReadonlySet<string>,
  limits: Limits,
): ImportRow {
  const named = asFile ? brokersOf(row.values) : undefined;
  const sites = named === undefined ? chosen : all.filter(({ brokerName }) => named.includes(brokerName));
  const unknown = named?.filter((name) => !all.some(({ brokerName }) => brokerName === name)) ?? [];
  const complete = { ...kind.defaults(row.values), ...row.values };
  const onOne = named === undefined && kind.onOneBroker?.(complete) === true;
  const stored: ImportRow["stored"] = [];
  const createOn: string[] = [];
  for (const site of onOne ? all : sites) {
    const values = site.error === undefined ? site.has.get(row.name) : undefined;
    if (values !== undefined) stored.push({ brokerName: site.brokerName, values });
    else if (sites.includes(site)) createOn.push(site.brokerName);
  }
  if (onOne && stored.length > 0) createOn.length = 0;
  const differs = stored.some(({ values }) => !sameValues(row.values, values));
  const faults = [...row.faults];
  if (unknown.length > 0) faults.push({ key: "brokers", column: "BrokerName", params: { value: unknown.join(", ") } });
  if (createOn.length > 0 && !differs) {
    faults.push(...refusals(kind, row, complete, own, limits));
    if (onOne && createOn.length > 1) faults.push({ key: "orderBrokers", params: { value: createOn.join(", ") } });
  }
  const state = faults.length > 0 ? "invalid" : differs ? "differs" : createOn.length === 0 ? "exists" : "create";
  return state === "create"
    ? { ...row, values: complete, faults, state, stored, createOn }
    : { ...row, faults, state, stored, createOn: [] };
}

/** What would become of each row: of two that say something of one name on one broker the first counts that can. */
export function planRows(
  kind: ImportKind,
  rows: readonly ReadRow[],
  sites: Sites,
  own: ReadonlySet<string>,
  limits: Limits,
): ImportRow[] {
  const earlier = new Map<string, ImportRow[]>();
  const isElsewhere = ({ values }: ImportRow, other: ImportRow): boolean => {
    const [here, there] = sites.asFile ? [brokersOf(values), brokersOf(other.values)] : [];
    return here !== undefined && there !== undefined && !here.some((name) => there.includes(name));
  };
  return rows.map((row) => {
    const planned = planRow(kind, row, sites, own, limits);
    if (planned.state === "invalid") return planned;
    const before = earlier.get(row.name) ?? [];
    const first = before.find((other) => !isElsewhere(planned, other));
    if (first !== undefined) {
      const faults = [{ key: "duplicate", params: { line: first.line } }];
      return { ...planned, state: "invalid", faults, createOn: [] };
    }
    earlier.set(row.name, [...before, planned]);
    return planned;
  });
}
