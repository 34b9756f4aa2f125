import type { ImportRow } from "#contract/csv-import.ts";
import type { Values } from "../../cluster/resource-values.ts";
import { firstOf, type Fault } from "./import-kind.ts";

/** Rows of one name so far. */
interface Earlier {
  first?: ImportRow;
  /** One that names no brokers, and so goes to all. */
  everywhere?: ImportRow;
  readonly at: Map<string, ImportRow>;
  /** The first that is made, and the first of those that may be on one broker only. */
  made?: ImportRow;
  strict?: ImportRow;
}

const earliest = (rows: readonly (ImportRow | undefined)[]): ImportRow | undefined =>
  rows.reduce((first, row) => (first === undefined || (row !== undefined && row.n < first.n) ? row : first), undefined);

/** Names that come more than once in a file, each with what its rows have been so far. */
export class SameNames {
  readonly #earlier = new Map<string, Earlier>();
  readonly #isStrict: (values: Values) => boolean;

  constructor(rows: readonly { name: string }[], isStrict: (values: Values) => boolean) {
    const once = new Set<string>();
    for (const { name } of rows) {
      if (once.has(name)) this.#earlier.set(name, { at: new Map() });
      once.add(name);
    }
    this.#isStrict = isStrict;
  }

  /** Why a row cannot stand beside an earlier one; else it is one of them from now on. */
  faultOf(row: ImportRow, brokers: readonly string[] | undefined): Fault | undefined {
    const earlier = this.#earlier.get(row.name);
    if (earlier === undefined) return undefined;
    const same =
      brokers === undefined
        ? earlier.first
        : earliest([earlier.everywhere, ...brokers.map((name) => earlier.at.get(name))]);
    if (same !== undefined) return { key: "duplicate", params: { line: same.line } };
    const isMade = row.state === "create";
    const isStrict = this.#isStrict(row.values);
    const other = isMade ? (isStrict ? earlier.made : earlier.strict) : undefined;
    if (other !== undefined)
      return { key: "orderBrokers", params: { value: firstOf([...other.createOn, ...row.createOn]) } };
    earlier.first ??= row;
    if (brokers === undefined) earlier.everywhere ??= row;
    for (const name of brokers ?? []) earlier.at.set(name, row);
    if (isMade) earlier.made ??= row;
    if (isMade && isStrict) earlier.strict ??= row;
    return undefined;
  }
}
