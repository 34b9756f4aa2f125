import { expect, test } from "vitest";
import { hoursOf } from "./timed.ts";

test("messages are counted by the hour in which they are due", () => {
  const hour = 3_600_000;
  expect(hoursOf([{ dueAt: 5 * hour + 1 }, { dueAt: 2 * hour }, { dueAt: 6 * hour - 1 }])).toEqual([
    { from: 2 * hour, count: 1 },
    { from: 5 * hour, count: 2 },
  ]);
});
