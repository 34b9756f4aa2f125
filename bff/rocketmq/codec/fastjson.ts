import { RocketMQError } from "../errors.ts";

/** A body of RocketMQ, parsed: integers of 16 and more digits that a number would round are bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject | ObjectKeyed;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A map whose keys are objects, as fastjson writes it: `{{"topic":"T","queueId":0}:1}`. */
export class ObjectKeyed {
  readonly entries: [JsonValue, JsonValue][] = [];
}

export interface FastjsonLimits {
  /** Nesting of objects and arrays. Default 64. */
  maxDepth?: number;
  /** Characters. Default 64 Mi. */
  maxLength?: number;
  /** Values of any kind: each takes up to 40 bytes of memory beside its text. Default 4 million, twice what the largest table of topics has. */
  maxValues?: number;
  /** Objects and arrays: two bytes of text become up to 100 of memory. Default 1 million. */
  maxContainers?: number;
}

const DEFAULTS: Required<FastjsonLimits> = {
  maxDepth: 64,
  maxLength: 67_108_864,
  maxValues: 4_000_000,
  maxContainers: 1_000_000,
};

/** Parses what fastjson 1 and 2 write: JSON, with bare integers and objects as keys. Throws MALFORMED_RESPONSE with the position. */
export function parseFastjson(input: Buffer | string, limits: FastjsonLimits = {}): JsonValue {
  const text = typeof input === "string" ? input : input.toString("utf8");
  const bounds = { ...DEFAULTS, ...limits };
  const { maxLength } = bounds;
  if (text.length > maxLength) throw malformed(`a body of ${text.length} characters is over the limit of ${maxLength}`);
  return strictJson(text, bounds) ?? new Parser(text, bounds).document();
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
      do at = text.indexOf('"', at + 1);
      while (at !== -1 && isEscaped(text, at));
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

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const LOWER_U = 0x75;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "'": "'",
  "0": "\0",
  v: "\v",
};

// Bodies repeat the same few keys and names thousands of times: making each string anew is most of the cost of reading them.
const LONGEST_KNOWN = 32;
const KNOWN = 8192;
const recent: string[] = Array.from({ length: KNOWN }, () => "");

function known(text: string, start: number, end: number, hash: number): string {
  const slot = (hash ^ (hash >>> 10)) & (KNOWN - 1);
  const candidate = recent[slot] ?? "";
  if (candidate.length === end - start && isAt(text, candidate, start)) return candidate;
  // As the name of a property the engine keeps it apart; a mere slice would keep the whole body in memory.
  const made = Object.keys({ [text.slice(start, end)]: 0 })[0] ?? "";
  recent[slot] = made;
  return made;
}

function isAt(text: string, candidate: string, start: number): boolean {
  for (let index = 0; index < candidate.length; index++) {
    if (candidate.charCodeAt(index) !== text.charCodeAt(start + index)) return false;
  }
  return true;
}

class Parser {
  readonly #text: string;
  readonly #bounds: Required<FastjsonLimits>;
  #at = 0;
  #depth = 0;
  #values = 0;
  #containers = 0;

  constructor(text: string, bounds: Required<FastjsonLimits>) {
    this.#text = text;
    this.#bounds = bounds;
  }

  document(): JsonValue {
    const value = this.#value();
    if (!Number.isNaN(this.#peek())) throw this.#unexpected();
    return value;
  }

  /** Next character code that is not white space; NaN at the end. */
  #peek(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || (code >= 0x09 && code <= 0x0d)) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  #value(): JsonValue {
    if (++this.#values > this.#bounds.maxValues) throw malformed(`more than ${this.#bounds.maxValues} values`);
    const code = this.#peek();
    if (code === QUOTE) return this.#string();
    if (code === OPEN_BRACE) return this.#object();
    if (code === OPEN_BRACKET) return this.#array();
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.#number();
    return this.#word();
  }

  #enter(): void {
    const { maxDepth, maxContainers } = this.#bounds;
    if (++this.#depth > maxDepth) throw malformed(`nested deeper than ${maxDepth} at position ${this.#at}`);
    if (++this.#containers > maxContainers) throw malformed(`more than ${maxContainers} objects and arrays`);
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #object(): JsonObject | ObjectKeyed {
    this.#enter();
    const first = this.#peek();
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.#objectKeyed();
    const object: JsonObject = {};
    if (first === CLOSE_BRACE) {
      this.#leave();
      return object;
    }
    for (;;) {
      const key = this.#key();
      this.#expect(COLON);
      const value = this.#value();
      // Assigning would set the prototype.
      if (key === "__proto__")
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      else object[key] = value;
      if (this.#peek() !== COMMA) break;
      this.#at++;
    }
    if (this.#peek() !== CLOSE_BRACE) throw this.#unexpected();
    this.#leave();
    if ("$ref" in object) throw malformed(`a reference ($ref) that ends at position ${this.#at}`);
    return object;
  }

  #objectKeyed(): ObjectKeyed {
    const keyed = new ObjectKeyed();
    for (;;) {
      const key = this.#value();
      this.#expect(COLON);
      keyed.entries.push([key, this.#value()]);
      if (this.#peek() !== COMMA) break;
      this.#at++;
    }
    if (this.#peek() !== CLOSE_BRACE) throw this.#unexpected();
    this.#leave();
    return keyed;
  }

  #array(): JsonValue[] {
    this.#enter();
    const items: JsonValue[] = [];
    if (this.#peek() === CLOSE_BRACKET) {
      this.#leave();
      return items;
    }
    for (;;) {
      items.push(this.#value());
      if (this.#peek() !== COMMA) break;
      this.#at++;
    }
    if (this.#peek() !== CLOSE_BRACKET) throw this.#unexpected();
    this.#leave();
    return items;
  }

  #key(): string {
    const code = this.#peek();
    if (code === QUOTE) return this.#string();
    const start = this.#at;
    if (code === MINUS) this.#at++;
    const digits = this.#digits();
    if (digits === 0) throw this.#unexpected();
    return this.#text.slice(start, this.#at);
  }

  #string(): string {
    const start = ++this.#at;
    const text = this.#text;
    let hash = 0;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.#escaped(start, at);
      if (at >= text.length) throw malformed(`a string that starts at position ${start - 1} and never ends`);
      hash = (Math.imul(hash, 31) + code) | 0;
      at++;
    }
    this.#at = at + 1;
    return at - start > LONGEST_KNOWN ? text.slice(start, at) : known(text, start, at, hash);
  }

  #escaped(start: number, backslash: number): string {
    const text = this.#text;
    let result = "";
    let from = start;
    let at = backslash;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return result + text.slice(from, at);
      }
      if (at >= text.length) throw malformed(`a string that starts at position ${start - 1} and never ends`);
      if (code !== BACKSLASH) {
        at++;
        continue;
      }
      result += text.slice(from, at);
      if (text.charCodeAt(at + 1) === LOWER_U) {
        result += this.#unicode(at);
        at += 6;
      } else {
        result += this.#escape(at);
        at += 2;
      }
      from = at;
    }
  }

  #unicode(at: number): string {
    const hex = this.#text.slice(at + 2, at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw malformed(`a bad escape at position ${at}`);
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #escape(at: number): string {
    const escape = escapes[this.#text.charAt(at + 1)];
    if (escape === undefined) throw malformed(`a bad escape at position ${at}`);
    return escape;
  }

  #digits(): number {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    while (code >= ZERO && code <= NINE) code = this.#text.charCodeAt(++this.#at);
    return this.#at - start;
  }

  #number(): number | bigint {
    const start = this.#at;
    const negative = this.#text.charCodeAt(start) === MINUS;
    if (negative) this.#at++;
    let code = this.#text.charCodeAt(this.#at);
    let value = 0;
    const digitsAt = this.#at;
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      code = this.#text.charCodeAt(++this.#at);
    }
    const digits = this.#at - digitsAt;
    if (digits === 0) throw this.#unexpected();
    if (code === POINT || code === UPPER_E || code === LOWER_E) return this.#fraction(start, code);
    if (digits < 16) return negative ? -value : value;
    const long = BigInt(this.#text.slice(start, this.#at));
    return long >= Number.MIN_SAFE_INTEGER && long <= Number.MAX_SAFE_INTEGER ? Number(long) : long;
  }

  #fraction(start: number, mark: number): number {
    let code = mark;
    if (code === POINT) {
      this.#at++;
      if (this.#digits() === 0) throw this.#unexpected();
      code = this.#text.charCodeAt(this.#at);
    }
    if (code === UPPER_E || code === LOWER_E) {
      const sign = this.#text.charCodeAt(++this.#at);
      if (sign === MINUS || sign === 0x2b) this.#at++;
      if (this.#digits() === 0) throw this.#unexpected();
    }
    return Number(this.#text.slice(start, this.#at));
  }

  #word(): null | boolean {
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    throw this.#unexpected();
  }

  #expect(code: number): void {
    if (this.#peek() !== code) throw this.#unexpected();
    this.#at++;
  }

  #unexpected(): RocketMQError {
    if (this.#at >= this.#text.length)
      return malformed(`it ends at position ${this.#text.length} in the middle of a value`);
    return malformed(`unexpected ${JSON.stringify(this.#text.charAt(this.#at))} at position ${this.#at}`);
  }
}

const words = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;

function malformed(what: string, cause?: unknown): RocketMQError {
  return new RocketMQError("MALFORMED_RESPONSE", `The body cannot be read: ${what}`, { cause });
}

/** Writes a body: strict JSON, bigint as a bare integer. */
export function stringifyFastjson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => stringifyFastjson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${stringifyFastjson(field)}`).join(",")}}`;
}
