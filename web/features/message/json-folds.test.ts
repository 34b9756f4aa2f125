import { expect, test } from "vitest";
import { jsonLines, shownLines } from "./json-folds.ts";

const lines = jsonLines(JSON.stringify({ a: { b: [1, 2] }, empty: [], c: "{" }, null, 2));

test("a line that opens knows the line that closes", () => {
  expect(lines.map(({ end }) => end)).toEqual([
    9,
    6,
    5,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("what is folded hides its lines, the closing one too", () => {
  const textOf = (folded: number[]) => shownLines(lines, new Set(folded)).map((index) => lines[index]?.text.trim());
  expect(textOf([1])).toEqual(["{", '"a": {', '"empty": [],', '"c": "{"', "}"]);
  expect(textOf([0])).toEqual(["{"]);
  expect(textOf([])).toHaveLength(lines.length);
});
