import { RocketMQError } from "../errors.ts";
import { ObjectKeyed, type JsonValue } from "./fastjson.ts";

/** Decoder of a value: unknown fields are ignored, a wrong type is MALFORMED_RESPONSE with its path. */
export interface Shape<T> {
  readonly decode: (value: JsonValue | undefined) => T;
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

  constructor(expected: string, value: JsonValue | undefined) {
    super(expected);
    this.expected = expected;
    this.found = value === undefined ? "nothing" : describe(value);
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
    if (!(error instanceof Mismatch)) throw error;
    throw new RocketMQError(
      "MALFORMED_RESPONSE",
      `${what}${error.path}: expected ${error.expected}, found ${error.found}`,
    );
  }
}

const integerText = /^-?\d+$/;

/** A string. */
export const str: Shape<string> = {
  decode(value) {
    if (typeof value === "string") return value;
    throw new Mismatch("a string", value);
  },
};

/** A Java int. Ext fields carry it as text. */
export const int: Shape<number> = {
  decode(value) {
    if (typeof value === "number" && Number.isInteger(value)) return value;
    if (typeof value === "string" && integerText.test(value)) return Number(value);
    throw new Mismatch("an int", value);
  },
};

/** A Java long, always bigint. */
export const long: Shape<bigint> = {
  decode(value) {
    if (typeof value === "bigint") return value;
    if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
    if (typeof value === "string" && integerText.test(value)) return BigInt(value);
    throw new Mismatch("a long", value);
  },
};

/** A Java long that is below 2^53 by nature: times, counts of configuration. Larger ones lose precision. */
export const num: Shape<number> = {
  decode(value) {
    if (typeof value === "number") return value;
    if (typeof value === "bigint" || (typeof value === "string" && integerText.test(value))) return Number(value);
    throw new Mismatch("a number", value);
  },
};

/** A Java double. */
export const double: Shape<number> = {
  decode(value) {
    if (typeof value === "number" || typeof value === "bigint") return Number(value);
    if (typeof value === "string" && (value === "NaN" || (value !== "" && !Number.isNaN(Number(value)))))
      return Number(value);
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

/** Anything, as parsed. */
export const anyJson: Shape<JsonValue | undefined> = { decode: (value) => value };

/** A field that may be absent or null; with a default it is never undefined. */
export function opt<T>(shape: Shape<T>): OptionalShape<T | undefined>;
export function opt<T>(shape: Shape<T>, fallback: T): OptionalShape<T>;
export function opt<T>(shape: Shape<T>, fallback?: T): OptionalShape<T | undefined> {
  return {
    optional: true,
    decode: (value) => (value === undefined || value === null ? fallback : shape.decode(value)),
  };
}

/** A list or set; absent reads as empty. */
export function list<T>(shape: Shape<T>): Shape<T[]> {
  return {
    decode(value) {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value)) throw new Mismatch("an array", value);
      let index = 0;
      try {
        const items: T[] = [];
        for (; index < value.length; index++) items.push(shape.decode(value[index]));
        return items;
      } catch (error) {
        throw within(index, error);
      }
    },
  };
}

/** A map with string keys; absent reads as empty. */
export function map<T>(shape: Shape<T>): Shape<Map<string, T>> {
  return mapOf((key) => key, shape);
}

/** A map with int keys, bare or quoted; absent reads as empty. */
export function intMap<T>(shape: Shape<T>): Shape<Map<number, T>> {
  return mapOf((key) => int.decode(key), shape);
}

function mapOf<K, T>(keyOf: (key: string) => K, shape: Shape<T>): Shape<Map<K, T>> {
  return {
    decode(value) {
      const result = new Map<K, T>();
      if (value === undefined || value === null) return result;
      if (typeof value !== "object" || Array.isArray(value) || value instanceof ObjectKeyed)
        throw new Mismatch("a map", value);
      let at = "";
      try {
        for (at of Object.keys(value)) result.set(keyOf(at), shape.decode(value[at]));
      } catch (error) {
        throw within(at, error);
      }
      return result;
    },
  };
}

/** A map with object keys, as pairs; absent and `{}` read as empty. */
export function entries<K, T>(key: Shape<K>, shape: Shape<T>): Shape<[K, T][]> {
  return {
    decode(value) {
      if (value === undefined || value === null) return [];
      if (!(value instanceof ObjectKeyed)) {
        if (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0) return [];
        throw new Mismatch("an object-keyed map", value);
      }
      let index = 0;
      try {
        return value.entries.map(([entryKey, entry], at) => {
          index = at;
          return [key.decode(entryKey), shape.decode(entry)];
        });
      } catch (error) {
        throw within(index, error);
      }
    },
  };
}

/** An object with these fields. */
export function obj<F extends Fields>(fields: F): Shape<InferFields<F>> {
  const pairs = Object.entries(fields);
  return {
    decode(value) {
      if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof ObjectKeyed) {
        throw new Mismatch("an object", value);
      }
      const result: Record<string, unknown> = {};
      let at = "";
      try {
        for (const [key, shape] of pairs) {
          at = key;
          result[key] = shape.decode(value[key]);
        }
      } catch (error) {
        throw within(at, error);
      }
      return result as InferFields<F>;
    },
  };
}
