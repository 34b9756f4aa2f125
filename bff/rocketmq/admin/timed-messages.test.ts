import { expect, test } from "vitest";
import { brokerNow, levelOffsets, levelsMs } from "./timed-messages.ts";

test("delay levels are told in words, of which each broker may have its own", () => {
  expect(levelsMs("1s 5s 2m 1h 1d")).toEqual([1000, 5000, 120_000, 3_600_000, 86_400_000]);
  expect(levelsMs("1s soon")[1]).toBeNaN();
});

test("a broker tells of each level that was used how far it is and where it ends", () => {
  const table = new Map([
    ["scheduleMessageOffset_3", "9007199254740993,9007199254740995"],
    ["scheduleMessageOffset_4", "x"],
    ["putTps", "1 2 3"],
  ]);
  expect(levelOffsets(table)).toEqual([{ level: 3, offset: 9007199254740993n, end: 9007199254740995n }]);
});

test("the clock of a broker is when it began and how long it runs", () => {
  const runtime = "[ 1 days, 2 hours, 3 minutes, 4 seconds ]";
  expect(
    brokerNow(
      new Map([
        ["runtime", runtime],
        ["bootTimestamp", "1000000"],
      ]),
    ),
  ).toBe(1_000_000 + 93_784_000);
  expect(brokerNow(new Map([["runtime", runtime]]))).toBeUndefined();
});
