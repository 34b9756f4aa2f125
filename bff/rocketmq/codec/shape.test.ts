import { describe, expect, test } from "vitest";
import { parseFastjson } from "./fastjson.ts";
import {
  anyJson,
  beginningOf,
  bool,
  checked,
  decodeShape,
  double,
  entries,
  epochMs,
  int,
  intMap,
  list,
  long,
  map,
  num,
  numMap,
  obj,
  opt,
  queueNums,
  str,
  text,
  type Shape,
} from "./shape.ts";

const Row = obj({ name: str, count: opt(int, 7), offset: long, tags: list(str), on: opt(bool) });

describe("shapes", () => {
  test("unknown fields are ignored, absent ones take their default", () => {
    expect(Row.decode(parseFastjson('{"name":"a","offset":1,"later":{"x":1}}'))).toEqual({
      name: "a",
      count: 7,
      offset: 1n,
      tags: [],
      on: undefined,
    });
  });

  test("what is passed on as it came is bounded too, however it is nested", () => {
    const version = parseFastjson('{"counter":{"value":1},"timestamp":1700000000000,"stateVersion":0}');
    expect(anyJson(64).decode(version)).toBe(version);
    expect(anyJson(64).decode(undefined)).toBeUndefined();
    const lists = `[${"[1,2,3],".repeat(20)}[]]`;
    for (const text of [lists, `{"a":${lists}}`, `{{"a":${lists}}:1}`])
      expect(() => anyJson(64).decode(parseFastjson(text))).toThrow("at most 64 values");
    expect(() => anyJson(64).decode("v".repeat(65_537))).toThrow("at most 65536 characters");
  });

  test("longs are bigint whatever their size", () => {
    expect(list(long).decode(parseFastjson("[1,9223372036854775807]"))).toEqual([1n, 9223372036854775807n]);
  });

  test("ext fields carry numbers and booleans as text", () => {
    const shape = obj({ a: int, b: long, c: bool, d: num, e: double });
    expect(shape.decode({ a: "1", b: "-2", c: "true", d: "3", e: "0.5" })).toEqual({
      a: 1,
      b: -2n,
      c: true,
      d: 3,
      e: 0.5,
    });
  });

  test("maps have string, int or object keys", () => {
    expect(map(int).decode(parseFastjson('{"a":1}'))).toEqual(new Map([["a", 1]]));
    expect(intMap(str).decode(parseFastjson('{0:"x","3":"y"}'))).toEqual(
      new Map([
        [0, "x"],
        [3, "y"],
      ]),
    );
    expect(entries(obj({ q: int }), long).decode(parseFastjson('{{"q":1}:5}'))).toEqual([[{ q: 1 }, 5n]]);
    expect(entries(obj({ q: int }), long).decode(parseFastjson("{}"))).toEqual([]);
  });

  test.each([
    [{ name: 1, offset: 1 }, "body.name: expected a string, found number 1"],
    [{ name: "a" }, "body.offset: expected a long, found nothing"],
    [{ name: "a", offset: 1, tags: ["x", null] }, "body.tags[1]: expected a string, found null"],
    [[], "body: expected an object, found an array"],
  ])("a wrong type is told with its path: %j", (value, message) => {
    expect(() => decodeShape(Row, value, "body")).toThrow(
      expect.objectContaining({ code: "MALFORMED_RESPONSE", message }),
    );
  });
});

describe("what a peer says is bounded by its shape", () => {
  const read = (shape: Shape<unknown>, json: string) => decodeShape(shape, parseFastjson(json), "body");
  const refusal = (message: string): unknown => expect.objectContaining({ code: "MALFORMED_RESPONSE", message });

  test.each<[string, Shape<unknown>, string[], string[]]>([
    [
      "an int",
      int,
      ["2147483647", "-2147483648", '"7"'],
      ["2147483648", "-2147483649", "1.5", "1e400", `"${"9".repeat(300)}"`],
    ],
    [
      "a long",
      long,
      ["9223372036854775807", "-9223372036854775808", '"-9223372036854775808"'],
      ["9223372036854775808", '"99999999999999999999999999"', "1e300", "0.5"],
    ],
    ["a number", num, ["9007199254740991", '"3"'], ["9007199254740992", "1e400", "0.5", '"1e400"', '"NaN"']],
    ["a time", epochMs, ["-1", "8640000000000000"], ["8640000000000001", "-9223372036854775808"]],
    ["a double", double, ["0.5", '"1e3"', "-1000000000000000000"], ["1e400", "1e300", '"NaN"', '"Infinity"', '""']],
    ["a number of queues", queueNums, ["0", "65536"], ["-1", "65537", "20000000"]],
    ["a text", text(3), ['"abc"'], ['"abcd"']],
  ])("%s", (_name, shape, good, bad) => {
    for (const json of good) expect(() => read(shape, json), json).not.toThrow();
    for (const json of bad) expect(() => read(shape, json), json).toThrow();
  });

  test.each<[string, Shape<unknown>, string, string]>([
    ["a string", str, JSON.stringify("x".repeat(65_537)), "body: expected at most 65536 characters, found 65537"],
    ["a list", list(int), `[${"0,".repeat(65_536)}0]`, "body: expected at most 65536 entries, found 65537"],
    ["a map", map(int, 1), '{"a":0,"b":0}', "body: expected at most 1 entries, found 2"],
    ["a map by int", intMap(int, 1), '{1:0,"2":0}', "body: expected at most 1 entries, found 2"],
    ["a map by object", entries(int, int, 1), '{{"a":1}:0,{"a":2}:0}', "body: expected at most 1 entries, found 2"],
    [
      "a key",
      map(int),
      `{"${"k".repeat(2049)}":0}`,
      `body.${"k".repeat(80)}: expected at most 2048 characters, found 2049`,
    ],
    ["an int key", intMap(int), '{"2147483648":0}', "body.2147483648: expected an int, found string 2147483648"],
    ["a long key", numMap(int), '{"1.5":0}', "body.1.5: expected an integer below 2^53, found string 1.5"],
  ])("%s has a limit even if its row names none", (_name, shape, json, message) => {
    expect(() => read(shape, json)).toThrow(refusal(message));
  });

  test("more where the row says so", () => {
    expect(read(list(int, 70_000), `[${"0,".repeat(65_536)}0]`)).toHaveLength(65_537);
  });

  test("what is for people to read alone is cut", () => {
    expect(read(beginningOf(4), '"abcde"')).toBe("abc…");
    expect(read(beginningOf(4), '"abcd"')).toBe("abcd");
  });

  test("a value whose parts are too much together is refused", () => {
    const pair = checked(obj({ a: int, b: int }), "at most 3", ({ a, b }) => a + b <= 3);
    expect(read(pair, '{"a":1,"b":2}')).toEqual({ a: 1, b: 2 });
    expect(() => read(pair, '{"a":2,"b":2}')).toThrow(refusal("body: expected at most 3, found more"));
  });
});
