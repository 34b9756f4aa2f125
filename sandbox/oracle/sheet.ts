/** What one side says of one thing: values by field, nested as they belong together. */
export type Cell = string | number | boolean | null;
export interface Sheet {
  readonly [field: string]: Cell | undefined | Sheet;
}

/** A field that one side has and the other has not. */
export const ABSENT = "(absent)";

/** Every value under its path, `broker-a.0.maxOffset`. */
export function flatten(sheet: Sheet, prefix = "", into = new Map<string, Cell>()): Map<string, Cell> {
  for (const [field, value] of Object.entries(sheet)) {
    const path = prefix + field;
    if (value === undefined) continue;
    if (value === null || typeof value !== "object") into.set(path, value);
    else flatten(value, `${path}.`, into);
  }
  return into;
}

/** A sheet of rows by the name that each of them has. */
export const byKey = <T>(items: readonly T[], key: (item: T) => string, of: (item: T) => Sheet | Cell): Sheet =>
  Object.fromEntries(items.map((item) => [key(item), of(item)]));

/** Of a set of names each is a check of its own. */
export const nameSet = (names: Iterable<string>): Sheet => Object.fromEntries([...names].map((name) => [name, true]));

export interface Difference {
  what: string;
  subject: string;
  field: string;
  console: Cell;
  oracle: Cell;
}

function isBetween(value: Cell, one: Cell, other: Cell): boolean {
  const numbers = [value, one, other].map((cell) => (cell === null || cell === ABSENT ? Number.NaN : Number(cell)));
  const [at = Number.NaN, a = Number.NaN, b = Number.NaN] = numbers;
  return (a <= at && at <= b) || (b <= at && at <= a);
}

/**
 * Fields in which the console differs from what the oracle said before and after it was asked. What moved in between
 * may be either of the two or, being a number, lie between them; what did not move is equal or differs.
 */
export function differing(
  shown: ReadonlyMap<string, Cell>,
  before: ReadonlyMap<string, Cell>,
  after: ReadonlyMap<string, Cell>,
): { field: string; console: Cell; oracle: Cell }[] {
  const fields = new Set([...shown.keys(), ...before.keys()]);
  return [...fields].flatMap((field) => {
    const at = (side: ReadonlyMap<string, Cell>) => side.get(field) ?? (side.has(field) ? null : ABSENT);
    const [console, first, last] = [at(shown), at(before), at(after)];
    const agrees = console === first || console === last || (first !== last && isBetween(console, first, last));
    return agrees ? [] : [{ field, console, oracle: last }];
  });
}
