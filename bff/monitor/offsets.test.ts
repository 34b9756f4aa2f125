import { expect, test } from "vitest";
import { byTopicAndGroup, ratesBetween, type Reading } from "./offsets.ts";

const reading = (at: number, byMaster: Record<string, Record<string, number[]>>): Reading => ({
  at,
  byMaster: new Map(
    Object.entries(byMaster).map(([master, names]) => [
      master,
      new Map(
        Object.entries(names).map(([name, offsets]) => [
          name,
          new Map(offsets.map((offset, n) => [n, BigInt(offset)])),
        ]),
      ),
    ]),
  ),
});

test("rates are what queues moved on all masters, a second", () => {
  const before = reading(0, { a: { "T@G": [10, 20] }, b: { "T@G": [0] } });
  const after = reading(2000, { a: { "T@G": [14, 20] }, b: { "T@G": [6] } });
  expect(ratesBetween(before, after)).toEqual(new Map([["T@G", 5]]));
});

test("a queue that was not known before, and one that went back, are no movement; a name without offsets before is not known", () => {
  const before = reading(0, { a: { "T@G": [10], "U@G": [900] } });
  const after = reading(1000, { a: { "T@G": [11, 1_000_000], "U@G": [3], "V@G": [1_000_000] } });
  expect(ratesBetween(before, after)).toEqual(
    new Map<string, number | null>([
      ["T@G", 1],
      ["U@G", 0],
      ["V@G", null],
    ]),
  );
});

test("a name whose offsets came to another master before is known there", () => {
  const before = reading(0, { a: { "T@G": [4] }, b: {} });
  const after = reading(1000, { a: { "T@G": [4] }, b: { "T@G": [9] } });
  const other = reading(1000, { b: { "T@G": [9] }, a: { "T@G": [4] } });
  for (const rates of [ratesBetween(before, after), ratesBetween(before, other)]) {
    expect(rates).toEqual(new Map([["T@G", 0]]));
  }
});

test("while masters come or go there are no rates: their offsets would be a leap", () => {
  const both = reading(0, { a: { T: [1] }, b: { T: [1_000_000] } });
  const one = reading(1000, { a: { T: [2] } });
  const other = reading(2000, { c: { T: [9] } });
  expect(ratesBetween(both, one)).toBeUndefined();
  expect(ratesBetween(one, both)).toBeUndefined();
  expect(ratesBetween(one, other)).toBeUndefined();
});

test("a topic consumed by two groups has the sum of both, and a group that of its topics", () => {
  const rates = new Map([
    ["T@G", 1],
    ["T@H", 2],
    ["%RETRY%G@G", 4],
  ]);
  expect(byTopicAndGroup(rates)).toEqual({
    topics: new Map([
      ["T", 3],
      ["%RETRY%G", 4],
    ]),
    groups: new Map([
      ["G", 5],
      ["H", 2],
    ]),
  });
});

test("a sum of which a part is not known is not known, and those without that part are", () => {
  const rates = new Map([
    ["T@G", 1],
    ["T@H", null],
    ["U@H", 2],
    ["U@I", 3],
  ]);
  expect(byTopicAndGroup(rates)).toEqual({
    topics: new Map<string, number | null>([
      ["T", null],
      ["U", 5],
    ]),
    groups: new Map<string, number | null>([
      ["G", 1],
      ["H", null],
      ["I", 3],
    ]),
  });
});
