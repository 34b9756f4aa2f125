import { expect, test } from "vitest";
import { answered } from "./judge.ts";
import type { Sheet } from "./sheet.ts";

/** A side that says one thing after the other, and the last one from then on. */
function says(...answers: Sheet[]) {
  let asked = 0;
  return () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? {});
}

test("what appears while both are asked is judged when it has appeared", async () => {
  const whole = { a: { offset: "5" }, b: { offset: "7" } };
  const half = { a: { offset: "5" }, b: { offset: null } };
  const right = await answered({ oracle: says({}, whole), console: says(half, whole) });
  expect(right.found).toEqual([]);
  const wrong = await answered({ oracle: says({}, whole), console: says(half) });
  expect(wrong.found).toEqual([{ field: "b.offset", console: null, oracle: "7" }]);
});

test("what differs while nothing moves is a difference at once", async () => {
  const found = [{ field: "offset", console: "5", oracle: "7" }];
  expect(
    await answered({ oracle: says({ offset: "7" }), console: says({ offset: "5" }, { offset: "7" }) }),
  ).toMatchObject({
    found,
  });
});

test("what differs and stands still is a difference at once, whatever moves beside it", async () => {
  const look = (end: string) => ({ offset: "7", end });
  const wrongOnce = says({ offset: "5", end: "1" }, { offset: "7", end: "2" });
  expect(await answered({ oracle: says(look("1"), look("2")), console: wrongOnce })).toMatchObject({
    found: [{ field: "offset", console: "5", oracle: "7" }],
  });
});

test("what never stands still and never agrees is a difference", async () => {
  let end = 100;
  const moving = () => Promise.resolve({ offset: String(end++) });
  expect(await answered({ oracle: moving, console: says({ offset: "5" }) })).toMatchObject({
    found: [{ field: "offset", console: "5" }],
  });
});
