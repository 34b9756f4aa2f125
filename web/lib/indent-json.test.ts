import { describe, expect, it } from "vitest";
import { indentJson } from "./indent-json.ts";

describe("JSON of a message body", () => {
  it("is indented without rounding a long", () => {
    expect(indentJson('{"id":9223372036854775807,"a":[1,{}],"s":"x, {y}: \\"z\\""}')).toBe(
      '{\n  "id": 9223372036854775807,\n  "a": [\n    1,\n    {}\n  ],\n  "s": "x, {y}: \\"z\\""\n}',
    );
  });

  it("is left alone when it is none", () => {
    expect(indentJson("hello {")).toBeUndefined();
    expect(indentJson('{"a":')).toBeUndefined();
  });
});
