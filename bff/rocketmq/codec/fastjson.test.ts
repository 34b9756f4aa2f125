import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capturedFrames } from "../remoting/fixtures/frames.ts";
import { RocketMQError } from "../errors.ts";
import { parseFastjson, parseInSlices, stringifyFastjson } from "./fastjson.ts";
import { ObjectKeyed } from "./json-value.ts";

const keyed = (...entries: ObjectKeyed["entries"]): ObjectKeyed => {
  const map = new ObjectKeyed();
  map.entries.push(...entries);
  return map;
};

const malformed = (message: RegExp): unknown =>
  expect.objectContaining({ code: "MALFORMED_RESPONSE", message: expect.stringMatching(message) as string });

function isRefused(text: string): boolean {
  try {
    parseFastjson(text);
    return false;
  } catch (error) {
    return error instanceof RocketMQError && error.code === "MALFORMED_RESPONSE";
  }
}

describe("what JSON does not know", () => {
  test.each([
    ["bare integer keys", '{0:"a",-1:"b"}', { 0: "a", "-1": "b" }],
    ["objects as keys", '{{"q":1,"t":"T"}:{"o":5},{"q":2}:[]}', keyed([{ q: 1, t: "T" }, { o: 5 }], [{ q: 2 }, []])],
    [
      "object keys inside a field",
      '{"offsetTable":{{"q":1}:0},"tps":0.0}',
      { offsetTable: keyed([{ q: 1 }, 0]), tps: 0 },
    ],
    [
      "longs beyond 2^53",
      '{"max":9223372036854775807,"min":-9223372036854775808}',
      { max: 9223372036854775807n, min: -9223372036854775808n },
    ],
    ["16 digits that a number holds", "[9007199254740991,9007199254740992]", [9007199254740991, 9007199254740992n]],
    [
      "keys that name the prototype",
      '{"__proto__":{"a":1}}',
      Object.defineProperty({}, "__proto__", { value: { a: 1 }, enumerable: true }),
    ],
    ["white space anywhere", ' { 1 : [ 1 , 2 ] , "a" : { } } \n', { 1: [1, 2], a: {} }],
    ["topic names with percent signs and braces in text", '{"%RETRY%g":"{{x}:1}"}', { "%RETRY%g": "{{x}:1}" }],
  ])("%s", (_name, text, expected) => {
    expect(parseFastjson(text)).toEqual(expected);
    expect(parseFastjson(Buffer.from(text))).toEqual(expected);
  });
});

describe("what is refused", () => {
  test.each([
    ["", /ends at position 0/],
    ['{"a":1', /ends at position 6/],
    ['{"a":tru}', /unexpected "t" at position 5/],
    ['{"a":1}x', /unexpected "x" at position 7/],
    ["[1,]", /unexpected "]" at position 3/],
    ['"abc', /string that starts at position 0/],
    ['"a\\qb"', /bad escape at position 2/],
    ['"\\u12g4"', /bad escape at position 1/],
    ["{a:1}", /unexpected "a" at position 1/],
    ["-", /ends at position 1/],
    ["1.", /ends at position 2/],
    ['{"a":{"$ref":"$.b"}}', /reference/],
    ["[".repeat(70), /nested deeper than 64 at position 64/],
  ])("%s", (text, message) => {
    expect(() => parseFastjson(text)).toThrow(malformed(message));
  });

  test("more entries of one object or list than any table has", () => {
    const most = `[${"1,".repeat(262_143)}1]`;
    expect(parseFastjson(most)).toHaveLength(262_144);
    expect(() => parseFastjson(`[${"1,".repeat(262_144)}1]`)).toThrow(malformed(/more than 262144 entries/));
    const keyed = (count: number) => `{${Array.from({ length: count }, (_, n) => `{"q":${n}}:1`).join(",")}}`;
    expect(() => parseFastjson(keyed(262_145))).toThrow(malformed(/more than 262144 entries/));
  });

  test("a long string with escapes that JSON does not have", () => {
    const long = "at x\\n".repeat(100_000);
    expect(parseFastjson(`"${long}"`)).toBe("at x\n".repeat(100_000));
    expect(() => parseFastjson(`"${long}\\v"`)).toThrow(malformed(/a string of 600004 characters/));
  });

  test("more lists than memory has room for, though the body is short", () => {
    const text = `[${`[${"[],".repeat(250_000)}[]],`.repeat(4)}[]]`;
    expect(() => parseFastjson(text)).toThrow(malformed(/more than 1000000 objects and arrays/));
  });

  test.each([
    ["objects", '[{"a":{}},{}]', { maxContainers: 3 }, /more than 3 objects and arrays/],
    ["objects beside what is not JSON", '{1:[{"a":{}},{}]}', { maxContainers: 4 }, /more than 4 objects and arrays/],
    ["values", '[0,"a,b",null]', { maxValues: 3 }, /more than 3 values/],
    ["values beside what is not JSON", '{1:[0,"a,b",null]}', { maxValues: 4 }, /more than 4 values/],
  ])("more %s than the bounds say", (_name, text, bounds, message) => {
    expect(() => parseFastjson(text, bounds)).toThrow(malformed(message));
    const [name, most] = Object.entries(bounds)[0] ?? ["", 0];
    expect(() => parseFastjson(text, { [name]: most + 1 })).not.toThrow();
  });

  test("an integer of more than 1024 digits, which would hold everybody up to be made", () => {
    expect(parseFastjson("9".repeat(1024))).toBe(10n ** 1024n - 1n);
    expect(() => parseFastjson(`[${"9".repeat(1025)}]`)).toThrow(malformed(/an integer of 1025 digits at position 1/));
  });

  test("a string of escapes that never ends is refused before anything of it is made", () => {
    for (const escape of ["\\n", '\\"', "\\\\", "\\q"])
      expect(() => parseFastjson(`{"a":"${escape.repeat(200_000)}`)).toThrow(malformed(/position 5 and never ends/));
  });

  test("long texts are read in steps, however few they are", () => {
    const text = `[${Array.from({ length: 20 }, () => `"${"\\n".repeat(30_000)}"`).join(",")}]`;
    expect([...parseInSlices(text)].length).toBeGreaterThanOrEqual(18);
    expect(parseFastjson(text)).toEqual(JSON.parse(text));
  });

  test("a body over the limit of characters", () => {
    expect(() => parseFastjson("[1,2,3]", { maxLength: 6 })).toThrow(malformed(/over the limit of 6/));
  });
});

describe("properties", () => {
  test("strict JSON reads as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const longs = /\d{16}/.test(text);
        fc.pre(!longs && !text.includes("$ref"));
        expect(parseFastjson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("strict JSON reads the same inside a body that is not", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!text.includes("$ref"));
        expect(parseFastjson(`{1:${text}}`)).toEqual({ "1": parseFastjson(text) });
      }),
    );
  });

  test("nesting is counted by brackets, not by those within strings", () => {
    const closing = JSON.stringify(`\\"${"]".repeat(20)}`);
    const deep = `${`[${closing},`.repeat(12)}1${"]".repeat(12)}`;
    expect(() => parseFastjson(deep, { maxDepth: 11 })).toThrow(malformed(/nested deeper than 11/));
    expect(parseFastjson(deep, { maxDepth: 12 })).toEqual(JSON.parse(deep));
  });

  test("any long keeps its value", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(BigInt(parseFastjson(value.toString()) as number | bigint)).toBe(value);
      }),
    );
  });

  test("a body that was cut anywhere is refused as malformed", () => {
    const bodies = capturedFrames
      .map(({ frame }) => frame.toString("utf8", 8 + frame.readUIntBE(5, 3)))
      .filter((body) => body !== "");
    for (const body of bodies) {
      expect(() => parseFastjson(body)).not.toThrow();
      const ends = Array.from({ length: Math.min(body.length, 800) }, (_, end) => end);
      expect(ends.filter((end) => !isRefused(body.slice(0, end)))).toEqual([]);
    }
  });

  test("what is written is strict JSON and reads back", () => {
    expect(
      stringifyFastjson({ offset: 9223372036854775807n, name: "退款\n", list: [1, undefined, null], gone: undefined }),
    ).toBe('{"offset":9223372036854775807,"name":"退款\\n","list":[1,null,null]}');
  });
});
