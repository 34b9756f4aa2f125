import { expect, test } from "vitest";
import { firstKnown, sparkLines } from "./spark-lines.ts";

test("a spark line begins its axis at 0, whatever the values", () => {
  expect(sparkLines([100, 50, 100], 20, 12)).toEqual(["0.0,1.0 10.0,6.0 20.0,1.0"]);
  expect(sparkLines([0, 0], 20, 12)).toEqual(["0.0,11.0 20.0,11.0"]);
});

test("what was not sampled is a gap and no 0, and a value between gaps is a dot", () => {
  expect(sparkLines([4, 4, null, 2, null, 0, 4], 60, 12)).toEqual([
    "0.0,1.0 10.0,1.0",
    "30.0,6.0 30.0,6.0",
    "50.0,11.0 60.0,1.0",
  ]);
  expect(sparkLines([null, null], 60, 12)).toEqual([]);
});

test("several lines begin with the first that is known of any", () => {
  expect(
    firstKnown([
      [null, null, 1],
      [null, 0, null],
    ]),
  ).toBe(1);
  expect(firstKnown([[null]])).toBe(-1);
});
