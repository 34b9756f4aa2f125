import { describe, expect, it } from "vitest";
import { indentJson } from "./indent-json.ts";

describe("JSON of a message body", () => {
  it("is indented without rounding a long", () => {
    expect(indentJson('{"id":9223372036854775807,"a":[1,{}, [ ]],"s":"x, {y}: \\"z\\""}')).toEqual({
      text: '{\n  "id": 9223372036854775807,\n  "a": [\n    1,\n    {},\n    []\n  ],\n  "s": "x, {y}: \\"z\\""\n}',
      isTooDeep: false,
    });
  });

  it("is left alone when it is none", () => {
    expect(indentJson("hello {")).toBeUndefined();
    expect(indentJson('{"a":')).toBeUndefined();
    expect(indentJson("[".repeat(262_144))).toBeUndefined();
  });

  it("is indented as long as somebody can read it", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
    expect(indentJson(nested(100))?.text?.split("\n")).toHaveLength(201);
    const rows = `[${"[0,1],".repeat(40_000)}[0,1]]`;
    expect(indentJson(rows)?.text?.split("\n")).toHaveLength(4 * 40_001 + 2);
  });

  it.each([
    ["ten thousand brackets in each other", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["objects in each other", `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`],
    ["many short lines far to the right", `${"[".repeat(90)}${"1,".repeat(130_000)}1${"]".repeat(90)}`],
  ])("is given up when it would only grow: %s", (_, source) => {
    expect(indentJson(source)).toEqual({ isTooDeep: true });
  });

  it("may hold one string as long as the body", () => {
    const source = `{"s":"${"\\n[".repeat(87_000)}"}`;
    expect(indentJson(source)?.text?.split("\n")).toHaveLength(3);
  });
});
