import { expect, test } from "vitest";
import { SlotClock } from "./slot-clock.ts";

test("what was measured between two readings holds for the slots that began meanwhile", () => {
  const clock = new SlotClock<string>(60);
  expect(clock.isDue(10)).toBe(true);
  expect(clock.next("a", 10)).toBeUndefined();
  expect(clock.isDue(59)).toBe(false);
  expect(clock.next("b", 59)).toBeUndefined();
  expect(clock.next("c", 190)).toEqual({ before: "a", slots: [0, 60, 120] });
  expect(clock.next("d", 240)).toEqual({ before: "c", slots: [180] });
});

test("over more slots than a mean says something of there are none, nor after a reset", () => {
  const clock = new SlotClock<string>(60);
  clock.next("a", 0);
  expect(clock.next("b", 31 * 60)).toBeUndefined();
  expect(clock.next("c", 32 * 60)).toMatchObject({ before: "b" });
  clock.reset();
  expect(clock.next("d", 33 * 60)).toBeUndefined();
});
