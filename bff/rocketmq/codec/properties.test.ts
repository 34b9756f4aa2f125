import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeProperties, encodeProperties, isSystemProperty } from "./properties.ts";

const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\u0001", "").replaceAll("\u0002", ""));

it("any properties come back as they were", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          text.filter((name) => name !== ""),
          text,
        ),
      ),
      (entries) => {
        const properties = new Map(entries);
        expect(decodeProperties(encodeProperties(properties))).toEqual(properties);
      },
    ),
  );
});

it("the last separator may be missing", () => {
  expect([...decodeProperties("TAGS\u0001a\u0002KEYS\u0001k")]).toEqual([
    ["TAGS", "a"],
    ["KEYS", "k"],
  ]);
});

it("a part without a value is skipped and the rest is read", () => {
  expect([...decodeProperties("broken\u0002TAGS\u0001a\u0002tail")]).toEqual([["TAGS", "a"]]);
});

it("any text can be decoded", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "\u0001", "\u0002", "é") }),
      (any) => decodeProperties(any).size >= 0,
    ),
  );
});

it.each([
  ["", "v"],
  ["a\u0001", "v"],
  ["a", "v\u0002"],
])("the property %j = %j is refused", (name, value) => {
  expect(() => encodeProperties([[name, value]])).toThrow(expect.objectContaining({ code: "MESSAGE_ILLEGAL" }));
});

it("knows the broker's own names from an application's", () => {
  expect(["TAGS", "UNIQ_KEY", "__RMQ.TRANSIENT.TOPIC_SYS_FLAG"].every(isSystemProperty)).toBe(true);
  expect(isSystemProperty("city")).toBe(false);
});

it("separators alone are read in one pass: megabytes of them before the last property take no time", () => {
  const text = `${"\u0002".repeat(2_000_000)}KEYS\u0001k\u0002`;
  expect(decodeProperties(text)).toEqual(new Map([["KEYS", "k"]]));
});
