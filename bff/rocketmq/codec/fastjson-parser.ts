import { RocketMQError } from "../errors.ts";
import { ObjectKeyed, type JsonObject, type JsonValue } from "./json-value.ts";

export interface FastjsonLimits {
  /** Nesting of objects and arrays. Default 64. */
  maxDepth?: number;
  /** Characters. Default 64 Mi. */
  maxLength?: number;
  /** Values of any kind: each takes up to 40 bytes of memory beside its text. Default 4 million, twice what the largest table of topics has. */
  maxValues?: number;
  /** Entries of one object or array. Default 262,144. */
  maxEntries?: number;
  /** Objects and arrays: two bytes of text become up to 100 of memory. Default 1 million. */
  maxContainers?: number;
}

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const LOWER_U = 0x75;

/** Where the string that goes on at this position ends; -1 where it never does. */
export function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

/** Longer ones with an escape are read by the engine, which knows those of JSON alone: stacks and texts, never names. */
const LONGEST_ESCAPED = 65_536;

function engineString(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch (cause) {
    throw malformed(`a string of ${literal.length} characters that is none in JSON`, cause);
  }
}

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

/** An object or array of which the rest is still to be read. */
type Open = { outer: Open | undefined; entries: number } & (
  | { kind: "object"; value: JsonObject; key: string }
  | { kind: "keyed"; value: ObjectKeyed; key: JsonValue | undefined }
  | { kind: "array"; value: JsonValue[] }
);

/** Values between two steps: some tenths of a millisecond. */
const STEP = 1024;
/** Characters between two steps, where values are long. */
const STEP_LENGTH = 16_384;
/** Digits of an integer: no long has more than 19, and making a bigint takes the square of them. */
const LONGEST_INTEGER = 1024;

/** Keeps what is under way in a list of its own instead of the stack, so that it can stop anywhere. */
export class FastjsonParser {
  readonly #text: string;
  readonly #bounds: Required<FastjsonLimits>;
  #at = 0;
  #depth = 0;
  #values = 0;
  #containers = 0;
  #inner: Open | undefined;

  constructor(text: string, bounds: Required<FastjsonLimits>) {
    this.#text = text;
    this.#bounds = bounds;
  }

  *document(): Generator<void, JsonValue> {
    for (let steppedAt = 0; ;) {
      if (++this.#values > this.#bounds.maxValues) throw beyond(`more than ${this.#bounds.maxValues} values`);
      if (this.#values % STEP === 0 || this.#at - steppedAt > STEP_LENGTH) {
        steppedAt = this.#at;
        yield;
      }
      let value = this.#begin();
      while (value !== undefined) {
        const inner = this.#inner;
        if (inner === undefined) {
          if (!Number.isNaN(this.#peek())) throw this.#unexpected();
          return value;
        }
        value = this.#add(inner, value) ? undefined : inner.value;
      }
    }
  }

  /** Next character code that is not white space; NaN at the end. */
  #peek(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || (code >= 0x09 && code <= 0x0d)) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  /** A whole value, or undefined when it is an object or array whose first value is to be read now. */
  #begin(): JsonValue | undefined {
    const code = this.#peek();
    if (code === QUOTE) return this.#string();
    if (code === OPEN_BRACE) return this.#beginObject();
    if (code === OPEN_BRACKET) return this.#beginArray();
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.#number();
    return this.#word();
  }

  #enter(): void {
    const { maxDepth, maxContainers } = this.#bounds;
    if (++this.#depth > maxDepth) throw beyond(`nested deeper than ${maxDepth} at position ${this.#at}`);
    if (++this.#containers > maxContainers) throw beyond(`more than ${maxContainers} objects and arrays`);
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #beginObject(): JsonObject | undefined {
    this.#enter();
    const first = this.#peek();
    const outer = this.#inner;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      this.#inner = { outer, entries: 0, kind: "keyed", value: new ObjectKeyed(), key: undefined };
      return undefined;
    }
    if (first === CLOSE_BRACE) {
      this.#leave();
      return {};
    }
    this.#inner = { outer, entries: 0, kind: "object", value: {}, key: this.#keyAndColon() };
    return undefined;
  }

  #beginArray(): JsonValue[] | undefined {
    this.#enter();
    if (this.#peek() === CLOSE_BRACKET) {
      this.#leave();
      return [];
    }
    this.#inner = { outer: this.#inner, entries: 0, kind: "array", value: [] };
    return undefined;
  }

  /** Adds a value to what it is in; false when that is whole now. */
  #add(inner: Open, value: JsonValue): boolean {
    if (inner.kind === "keyed") {
      if (inner.key === undefined) {
        inner.key = value;
        this.#expect(COLON);
        return true;
      }
      inner.value.entries.push([inner.key, value]);
      inner.key = undefined;
    } else if (inner.kind === "array") inner.value.push(value);
    // Assigning would set the prototype.
    else if (inner.key === "__proto__")
      Object.defineProperty(inner.value, inner.key, { value, enumerable: true, configurable: true, writable: true });
    else inner.value[inner.key] = value;
    if (++inner.entries > this.#bounds.maxEntries) throw beyond(`more than ${this.#bounds.maxEntries} entries`);
    if (this.#peek() === COMMA) {
      this.#at++;
      if (inner.kind === "object") inner.key = this.#keyAndColon();
      return true;
    }
    if (this.#peek() !== (inner.kind === "array" ? CLOSE_BRACKET : CLOSE_BRACE)) throw this.#unexpected();
    this.#leave();
    if (inner.kind === "object" && "$ref" in inner.value)
      throw malformed(`a reference ($ref) that ends at position ${this.#at}`);
    this.#inner = inner.outer;
    return false;
  }

  #keyAndColon(): string {
    const key = this.#key();
    this.#expect(COLON);
    return key;
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
    const end = closingQuote(text, backslash);
    if (end === -1) throw malformed(`a string that starts at position ${start - 1} and never ends`);
    if (end - start > LONGEST_ESCAPED) {
      this.#at = end + 1;
      return engineString(text.slice(start - 1, end + 1));
    }
    // Joined and not added up: a text of additions keeps thirty bytes for each.
    const parts: string[] = [];
    let from = start;
    let at = backslash;
    while (at < end) {
      if (text.charCodeAt(at) !== BACKSLASH) {
        at++;
        continue;
      }
      parts.push(text.slice(from, at));
      if (text.charCodeAt(at + 1) === LOWER_U) {
        parts.push(this.#unicode(at));
        at += 6;
      } else {
        parts.push(this.#escape(at));
        at += 2;
      }
      from = at;
    }
    this.#at = end + 1;
    parts.push(text.slice(from, end));
    return parts.join("");
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
    if (digits > LONGEST_INTEGER) throw malformed(`an integer of ${digits} digits at position ${start}`);
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

/** What would pass a limit; it may be in order. */
export class BeyondLimits extends RocketMQError {}

export function beyond(what: string): BeyondLimits {
  return new BeyondLimits("MALFORMED_RESPONSE", `The body cannot be read: ${what}`);
}

export function malformed(what: string, cause?: unknown): RocketMQError {
  return new RocketMQError("MALFORMED_RESPONSE", `The body cannot be read: ${what}`, { cause });
}
