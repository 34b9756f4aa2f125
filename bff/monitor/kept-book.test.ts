import { expect, test } from "vitest";
import { olderOf } from "./kept-book.ts";

test("of what is kept in several places the oldest counts, and the first that goes; a place that did not tell makes both unknown", () => {
  const [a, b] = [
    { oldestAt: 5, until: 20 },
    { oldestAt: 7, until: 9 },
  ];
  expect(olderOf(a, b)).toEqual({ oldestAt: 5, until: 9 });
  expect(olderOf(a, { ...b, until: null })).toEqual({ oldestAt: 5, until: null });
  expect(olderOf(a, null)).toBeNull();
  expect(olderOf(undefined, b)).toEqual(b);
  expect(olderOf(undefined, null)).toBeNull();
  expect(olderOf(undefined, undefined)).toBeUndefined();
});
