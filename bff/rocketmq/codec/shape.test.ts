import { describe, expect, test } from "vitest";
import { parseFastjson } from "./fastjson.ts";
import { bool, decodeShape, double, entries, int, intMap, list, long, map, num, obj, opt, str } from "./shape.ts";

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
