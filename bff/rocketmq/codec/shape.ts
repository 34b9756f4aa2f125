import { RocketMQError } from "../errors.ts";
import { atOnce } from "../slices.ts";
import { ObjectKeyed, type JsonObject, type JsonValue } from "./json-value.ts";

/** Decoder of a value: unknown fields are ignored; a wrong type, and more than its bounds allow, is MALFORMED_RESPONSE with its path. */
export interface Shape<T> {
  readonly decode: (value: JsonValue | undefined) => T;
  /** The same a step at a time, where it may be a large table. */
  readonly slices?: (value: JsonValue | undefined) => Generator<void, T>;
}

/** A shape whose field may be absent. */
export interface OptionalShape<T> extends Shape<T> {
  readonly optional: true;
}

/** The type that a shape decodes to. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

export type Fields = Readonly<Record<string, Shape<unknown>>>;
export type InferFields<F extends Fields> = { [K in keyof F]: Infer<F[K]> };

class Mismatch extends Error {
  readonly expected: string;
  readonly found: string;
  path = "";

  constructor(expected: string, value: JsonValue | undefined, found?: string) {
    super(expected);
    this.expected = expected;
    this.found = found ?? (value === undefined ? "nothing" : describe(value));
  }
}

function describe(value: JsonValue): string {
  if (value instanceof ObjectKeyed) return "an object-keyed map";
  if (Array.isArray(value)) return "an array";
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `${typeof value} ${String(value).slice(0, 40)}`;
}

function within(key: string | number, error: unknown): unknown {
  if (error instanceof Mismatch)
    error.path = typeof key === "number" ? `[${key}]${error.path}` : `.${key}${error.path}`;
  return error;
}

/** Decodes a whole body or header; `what` names it in the error. */
export function decodeShape<T>(shape: Shape<T>, value: JsonValue | undefined, what: string): T {
  try {
    return shape.decode(value);
  } catch (error) {
    throw mismatched(error, what);
  }
}

/** The same, a step at a time. */
export function* decodeInSlices<T>(shape: Shape<T>, value: JsonValue | undefined, what: string): Generator<void, T> {
  try {
    return yield* steps(shape, value);
  } catch (error) {
    throw mismatched(error, what);
  }
}

function mismatched(error: unknown, what: string): unknown {
  if (!(error instanceof Mismatch)) return error;
  return new RocketMQError(
    "MALFORMED_RESPONSE",
    `${what}${error.path}: expected ${error.expected}, found ${error.found}`,
  );
}

/** Entries between two steps. Each is decoded at once: what is within it has its own bounds. */
const STEP = 256;

function* steps<T>(shape: Shape<T>, value: JsonValue | undefined): Generator<void, T> {
  return shape.slices === undefined ? shape.decode(value) : yield* shape.slices(value);
}

/** A shape of what may have many entries. */
const stepwise = <T>(slices: (value: JsonValue | undefined) => Generator<void, T>): Shape<T> => ({
  decode: (value) => atOnce(slices(value)),
  slices,
});

const integerText = /^-?\d{1,20}$/;

const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;
/** The furthest moment from 1970 that a Date can hold, in ms. */
export const TIME_MAX = 8.64e15;
/** Characters of a string whose row says nothing else. */
const STR_MAX = 65_536;
/** Entries of a list or map whose row says nothing else. */
const ENTRIES_MAX = 65_536;
const KEY_MAX = 2048;
/** Entries of what grows with a cluster: topics, groups, offsets, clients. Several such tables fit into a heap of 512 MB at the same time. */
export const TABLE_MAX = 200_000;

/** A string of at most so many characters. */
export function text(max: number): Shape<string> {
  return {
    decode(value) {
      if (typeof value !== "string") throw new Mismatch("a string", value);
      if (value.length > max) throw new Mismatch(`at most ${max} characters`, value, `${value.length}`);
      return value;
    },
  };
}

/** A string. */
export const str: Shape<string> = text(STR_MAX);

/** A string for people to read, of which the beginning will do. */
export function beginningOf(max: number): Shape<string> {
  return {
    decode(value) {
      if (typeof value !== "string") throw new Mismatch("a string", value);
      return value.length > max ? `${value.slice(0, max - 1)}…` : value;
    },
  };
}

function integer(expected: string, least: number, most: number): Shape<number> {
  return {
    decode(value) {
      const number = typeof value === "string" && integerText.test(value) ? Number(value) : value;
      if (typeof number === "number" && Number.isInteger(number) && number >= least && number <= most) return number;
      throw new Mismatch(expected, value);
    },
  };
}

/** A Java int. Ext fields carry it as text. */
export const int: Shape<number> = integer("an int", -INT_MAX - 1, INT_MAX);

/** Queues of a topic on one broker: what is done queue by queue must end. */
export const queueNums: Shape<number> = integer("a number of queues up to 65536", 0, 65_536);

/** How many entries a table has in all. */
export const tableSize: Shape<number> = integer(`a size up to ${TABLE_MAX}`, 0, TABLE_MAX);

/** A Java long, always bigint. */
export const long: Shape<bigint> = {
  decode(value) {
    if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
    if (typeof value === "bigint" || (typeof value === "string" && integerText.test(value))) {
      const number = BigInt(value);
      if (number <= LONG_MAX && number >= -LONG_MAX - 1n) return number;
    }
    throw new Mismatch("a long", value);
  },
};

/** A Java long that is below 2^53 by nature: counts, ids, sizes of configuration. */
export const num: Shape<number> = integer("an integer below 2^53", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** A time in ms since the epoch, or a negative mark for none. */
export const epochMs: Shape<number> = integer("a time", -TIME_MAX, TIME_MAX);

/** Far beyond any figure; sums of what is below stay numbers. */
const DOUBLE_MAX = 1e18;

/** A Java double that is a number. */
export const double: Shape<number> = {
  decode(value) {
    const number = typeof value === "bigint" || (typeof value === "string" && value !== "") ? Number(value) : value;
    if (typeof number === "number" && Math.abs(number) <= DOUBLE_MAX) return number;
    throw new Mismatch("a double", value);
  },
};

/** A boolean. */
export const bool: Shape<boolean> = {
  decode(value) {
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    throw new Mismatch("a boolean", value);
  },
};

/** Anything of at most so many values, as parsed. */
export function anyJson(max: number): Shape<JsonValue | undefined> {
  return {
    decode(value) {
      let values = 0;
      const count = (part: JsonValue): void => {
        if (++values > max) throw new Mismatch(`at most ${max} values`, undefined, "more");
        if (typeof part === "string") str.decode(part);
        else if (part instanceof ObjectKeyed) part.entries.forEach((pair) => pair.forEach(count));
        else if (Array.isArray(part)) part.forEach(count);
        else if (typeof part === "object" && part !== null) for (const name in part) count(part[name] ?? null);
      };
      if (value !== undefined) count(value);
      return value;
    },
  };
}

/** A field that may be absent or null; with a default it is never undefined. */
export function opt<T>(shape: Shape<T>): OptionalShape<T | undefined>;
export function opt<T>(shape: Shape<T>, fallback: T): OptionalShape<T>;
export function opt<T>(shape: Shape<T>, fallback?: T): OptionalShape<T | undefined> {
  return {
    optional: true,
    decode: (value) => (value === undefined || value === null ? fallback : shape.decode(value)),
    *slices(value) {
      return value === undefined || value === null ? fallback : yield* steps(shape, value);
    },
  };
}

function assertFew(count: number, max: number): void {
  if (count > max) throw new Mismatch(`at most ${max} entries`, undefined, `${count}`);
}

/** A list or set; absent reads as empty. */
export function list<T>(shape: Shape<T>, max = ENTRIES_MAX): Shape<T[]> {
  return stepwise(function* (value) {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw new Mismatch("an array", value);
    assertFew(value.length, max);
    let index = 0;
    try {
      const items: T[] = [];
      for (; index < value.length; index++) {
        if (index % STEP === STEP - 1) yield;
        items.push(shape.decode(value[index]));
      }
      return items;
    } catch (error) {
      throw within(index, error);
    }
  });
}

const key = text(KEY_MAX);

/** A map with string keys; absent reads as empty. */
export function map<T>(shape: Shape<T>, max = ENTRIES_MAX): Shape<Map<string, T>> {
  return mapOf(key, shape, max);
}

/** An object whose fields somebody else reads. */
export const plain: Shape<JsonObject> = {
  decode(value) {
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ObjectKeyed))
      return value;
    throw new Mismatch("an object", value);
  },
};

/** A plain object of strings, given back as it is; a null is a field that is absent. */
export function stringFields(max: number): Shape<Record<string, string>> {
  return {
    decode(value) {
      const fields = plain.decode(value);
      let count = 0;
      for (const name in fields) {
        const field = fields[name];
        if (field === null) delete fields[name];
        else if (typeof field !== "string") throw within(name.slice(0, 80), new Mismatch("a string", field));
        count++;
      }
      assertFew(count, max);
      return fields as Record<string, string>;
    },
  };
}

/** A map with int keys, bare or quoted; absent reads as empty. */
export function intMap<T>(shape: Shape<T>, max = ENTRIES_MAX): Shape<Map<number, T>> {
  return mapOf(int, shape, max);
}

/** A map whose keys are longs below 2^53, bare or quoted; absent reads as empty. */
export function numMap<T>(shape: Shape<T>, max = ENTRIES_MAX): Shape<Map<number, T>> {
  return mapOf(num, shape, max);
}

function mapOf<K, T>(keyShape: Shape<K>, shape: Shape<T>, max: number): Shape<Map<K, T>> {
  return stepwise(function* (value) {
    const result = new Map<K, T>();
    if (value === undefined || value === null) return result;
    if (typeof value !== "object" || Array.isArray(value) || value instanceof ObjectKeyed)
      throw new Mismatch("a map", value);
    const keys = Object.keys(value);
    assertFew(keys.length, max);
    let at = "";
    try {
      for (at of keys) {
        if (result.size % STEP === STEP - 1) yield;
        result.set(keyShape.decode(at), shape.decode(value[at]));
      }
    } catch (error) {
      throw within(at.slice(0, 80), error);
    }
    return result;
  });
}

/** A map with object keys, as pairs; absent and `{}` read as empty. */
export function entries<K, T>(keyShape: Shape<K>, shape: Shape<T>, max = ENTRIES_MAX): Shape<[K, T][]> {
  return stepwise(function* (value) {
    if (value === undefined || value === null) return [];
    if (!(value instanceof ObjectKeyed)) {
      if (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0) return [];
      throw new Mismatch("an object-keyed map", value);
    }
    assertFew(value.entries.length, max);
    const result: [K, T][] = [];
    try {
      for (const [entryKey, entry] of value.entries) {
        if (result.length % STEP === STEP - 1) yield;
        result.push([keyShape.decode(entryKey), shape.decode(entry)]);
      }
    } catch (error) {
      throw within(result.length, error);
    }
    return result;
  });
}

/** An object with these fields. */
export function obj<F extends Fields>(fields: F): Shape<InferFields<F>> {
  const pairs = Object.entries(fields);
  return {
    decode(value) {
      const object = plain.decode(value);
      const result: Record<string, unknown> = {};
      let at = "";
      try {
        for (const [key, shape] of pairs) {
          at = key;
          result[key] = shape.decode(object[key]);
        }
      } catch (error) {
        throw within(at, error);
      }
      return result as InferFields<F>;
    },
    *slices(value) {
      const object = plain.decode(value);
      const result: Record<string, unknown> = {};
      let at = "";
      try {
        for (const [key, shape] of pairs) {
          at = key;
          result[key] = yield* steps(shape, object[key]);
        }
      } catch (error) {
        throw within(at, error);
      }
      return result as InferFields<F>;
    },
  };
}

/** A shape whose value must hold together besides. */
export function checked<T>(shape: Shape<T>, expected: string, holds: (value: T) => boolean): Shape<T> {
  return stepwise(function* (value) {
    const decoded = yield* steps(shape, value);
    if (!holds(decoded)) throw new Mismatch(expected, value, "more");
    return decoded;
  });
}
