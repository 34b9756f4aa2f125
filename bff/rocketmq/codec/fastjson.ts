import { atOnce } from "../slices.ts";
import {
  beyond,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  closingQuote,
  COMMA,
  FastjsonParser,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  type FastjsonLimits,
} from "./fastjson-parser.ts";
import type { JsonValue } from "./json-value.ts";

const DEFAULTS: Required<FastjsonLimits> = {
  maxDepth: 64,
  maxLength: 67_108_864,
  maxValues: 4_000_000,
  maxEntries: 262_144,
  maxContainers: 1_000_000,
};

/** Parses what fastjson 1 and 2 write: JSON, with bare integers and objects as keys. Throws MALFORMED_RESPONSE with the position. */
export const parseFastjson = (input: Buffer | string, limits?: FastjsonLimits): JsonValue =>
  atOnce(parseInSlices(input, limits));

/** Up to this length the engine may read a body: it cannot be interrupted. */
const ENGINE_MAX = 262_144;

/** The same, a step at a time. */
export function* parseInSlices(input: Buffer | string, limits: FastjsonLimits = {}): Generator<void, JsonValue> {
  const text = typeof input === "string" ? input : input.toString("utf8");
  const bounds = { ...DEFAULTS, ...limits };
  const { maxLength } = bounds;
  if (text.length > maxLength) throw beyond(`a body of ${text.length} characters is over the limit of ${maxLength}`);
  const read = text.length <= ENGINE_MAX ? strictJson(text, bounds) : undefined;
  return read === undefined ? yield* new FastjsonParser(text, bounds).document() : read;
}

/** What strict JSON does not have (objects and bare integers as keys), would round, or would take for a value. */
const BEYOND_JSON = /\{\{|[{,]\s*-?\d+\s*:|\d{16}|"\$ref"|"__proto__"/;

/** The engine reads strict JSON, as most large tables are, several times as fast; undefined where it must not or cannot. */
function strictJson(text: string, bounds: Required<FastjsonLimits>): JsonValue | undefined {
  if (BEYOND_JSON.test(text) || mayPassBounds(text, bounds)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** True as well where a string never ends: the parser says where. */
function mayPassBounds(text: string, { maxDepth, maxValues, maxContainers }: Required<FastjsonLimits>): boolean {
  let depth = 0;
  let commas = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at + 1);
      if (at === -1) return true;
    } else if (code === COMMA) commas++;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      containers++;
      if (++depth > maxDepth) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  // Each value is the first of a container, or comes after a comma.
  return containers > maxContainers || commas + containers + 1 > maxValues;
}

/** Writes a body: strict JSON, bigint as a bare integer. */
export function stringifyFastjson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => stringifyFastjson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${stringifyFastjson(field)}`).join(",")}}`;
}
