import type { ImportRow } from "#contract/csv-import.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { Slices } from "../../rocketmq/slices.ts";
import { remarkCell, type Values } from "../../cluster/resource-values.ts";
import { brokersOf, firstOf, type Fault, type ImportKind, type Limits, type Unfinished } from "./import-kind.ts";
import type { ReadRow } from "./import-rows.ts";
import { SameNames } from "./same-names.ts";

/** A broker: what it has under the names of the file and whether it is too old to keep all of it, or why it did not say. */
export type Site = { brokerName: string } & (
  | { addr: string; has: ReadonlyMap<string, Values>; isOld: boolean; error?: undefined }
  | { error: FanOutFailure["error"] }
);

/** Where rows go: to the chosen brokers, or to those that they name themselves. */
interface Sites {
  chosen: readonly Site[];
  all: readonly Site[];
  asFile: boolean;
}

/** What rows are planned by. */
export interface Ground extends Sites {
  /** Names that are RocketMQ's own. */
  own: ReadonlySet<string>;
  limits: Limits;
  /** What this console keeps as remarks, by name. */
  remarks: ReadonlyMap<string, string>;
  isLeft?: Unfinished["isLeft"] | undefined;
}

/** What a row does not say may be as it is. */
export const sameValues = (wanted: Values, stored: Values): boolean =>
  Object.entries(stored).every(([column, value]) => wanted[column] === undefined || wanted[column] === value);

/** Why the console makes nothing of a row, beside what nobody can read of it; `complete` has the defaults too. */
function refusals(
  kind: ImportKind,
  { name, values, faults: unread }: ReadRow,
  complete: Values,
  { own, limits }: Pick<Ground, "own" | "limits">,
): Fault[] {
  const isUnread = (column: string) => unread.some((fault) => fault.column === column);
  const faults = kind.columns.flatMap((column): Fault[] => {
    const value = isUnread(column.name) ? undefined : values[column.name];
    const wrong = value === undefined ? undefined : column.refuses?.(value, limits);
    if (wrong === undefined || value === undefined) return [];
    return [{ key: wrong.fault, column: column.name, params: { ...wrong.params, value: value.slice(0, 80) } }];
  });
  if (own.has(name)) faults.push({ key: "name.reserved", params: {} });
  return faults.length + unread.length > 0 ? faults : (kind.check?.(complete) ?? []);
}

/** Columns that a broker is too old for, of those in which something would be lost. */
function notKept({ newer }: ImportKind, values: Values, site: Site): ImportRow["notKept"] {
  if (site.error !== undefined || !site.isOld) return [];
  const columns = Object.entries(newer).flatMap(([column, isLost]) => {
    const value = values[column];
    return value !== undefined && isLost(value) ? [column] : [];
  });
  return columns.length === 0 ? [] : [{ brokerName: site.brokerName, columns }];
}

/** What would become of a row; what may be on one broker alone must not be on another either. */
function planRow(kind: ImportKind, row: ReadRow, ground: Ground): ImportRow {
  const { name, values } = row;
  const { chosen, all, asFile } = ground;
  const named = asFile ? brokersOf(values) : undefined;
  const wanted = new Set(named);
  const sites = named === undefined ? chosen : all.filter(({ brokerName }) => wanted.delete(brokerName));
  const goesTo = new Set(sites);
  const complete = { ...kind.defaults(values), ...values };
  const storedAt = (site: Site) => (site.error === undefined ? site.has.get(name) : undefined);
  const isStrict = (of: Values | undefined) => of !== undefined && kind.onOneBroker?.(of) === true;
  const strict = isStrict(complete) || all.some((site) => isStrict(storedAt(site)));
  const anywhere = strict && named === undefined;
  const stored: ImportRow["stored"] = [];
  const createOn: string[] = [];
  const elsewhere: string[] = [];
  for (const site of strict ? all : sites) {
    const there = storedAt(site);
    if (there === undefined) {
      if (goesTo.has(site)) createOn.push(site.brokerName);
    } else if (anywhere || goesTo.has(site)) stored.push({ brokerName: site.brokerName, values: there });
    else elsewhere.push(site.brokerName);
  }
  if (anywhere && stored.length > 0) createOn.length = 0;
  const here = stored.map(({ brokerName }) => brokerName);
  const orderOn = here.filter((brokerName) => ground.isLeft?.(values, brokerName));
  const kept = remarkCell(ground.remarks.get(name) ?? "");
  const remark = here.length > 0 && (values["Remark"] ?? kept) !== kept ? kept : null;
  const differs = remark !== null || stored.some((at) => !sameValues(values, at.values));
  const faults = [...row.faults];
  // Those that are left of the named ones are none of the cluster's.
  if (wanted.size > 0) faults.push({ key: "brokers", column: "BrokerName", params: { value: firstOf([...wanted]) } });
  if (createOn.length > 0 && !differs) {
    faults.push(...refusals(kind, row, complete, ground));
    const on = [...createOn, ...here, ...elsewhere];
    if (strict && on.length > 1) faults.push({ key: "orderBrokers", params: { value: firstOf(on) } });
  }
  const isDone = createOn.length + orderOn.length === 0;
  const state = faults.length > 0 ? "invalid" : differs ? "differs" : isDone ? "exists" : "create";
  const lost = [...goesTo].flatMap((site) => notKept(kind, values, site));
  const planned = { ...row, faults, state, stored, remark, notKept: lost } as const;
  return state === "create"
    ? { ...planned, values: complete, createOn, orderOn }
    : { ...planned, createOn: [], orderOn: [] };
}

/** What would become of each row: of two that say something of one name on one broker the first counts that can. */
export async function planRows(kind: ImportKind, rows: readonly ReadRow[], ground: Ground): Promise<ImportRow[]> {
  const names = new SameNames(rows, (values) => kind.onOneBroker?.(values) === true);
  const slices = new Slices();
  const planned: ImportRow[] = [];
  for (const row of rows) {
    await slices.pause();
    const one = planRow(kind, row, ground);
    const fault =
      one.state === "invalid" ? undefined : names.faultOf(one, ground.asFile ? brokersOf(one.values) : undefined);
    planned.push(fault === undefined ? one : { ...one, state: "invalid", faults: [fault], createOn: [], orderOn: [] });
  }
  return planned;
}
