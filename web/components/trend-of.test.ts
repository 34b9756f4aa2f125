import { expect, test } from "vitest";
import type { Curves } from "#contract/curves.ts";
import { trendOf } from "./trend-of.ts";

const T0 = 1_800_000_000_000;
const curves = (byTopic: Record<string, (number | null)[]>): Curves => ({
  from: T0,
  step: 60_000,
  more: false,
  series: Object.entries(byTopic).map(([topic, values]) => ({ metric: "producer_tps", labels: { topic }, values })),
});

test("the trend of a name says its lowest, its highest, its last, and of when that is", () => {
  expect(trendOf(curves({ orders: [3, 1, 2, null] }), "orders")).toEqual({
    values: [3, 1, 2, null],
    min: 1,
    max: 3,
    since: undefined,
    last: 2,
    lastAt: T0 + 120_000,
  });
});

test("where not the whole hour is known it says since when, and all lines of a page begin with the first of them", () => {
  const page = curves({ orders: [null, null, 5, 6], payments: [null, 1, 1, 1] });
  expect(trendOf(page, "orders")).toMatchObject({ values: [null, 5, 6], min: 5, since: T0 + 120_000 });
  expect(trendOf(page, "payments")).toMatchObject({ values: [1, 1, 1], since: T0 + 60_000 });
});

test("a name of which nothing is known has no trend, which is not one at 0; one that was not asked for is not said to be so", () => {
  const page = curves({ idle: [0, 0], unknown: [null, null] });
  expect(trendOf(page, "idle")).toMatchObject({ min: 0, max: 0, last: 0 });
  expect(trendOf(page, "unknown")).toBeNull();
  expect(trendOf(page, "of the page before")).toBeUndefined();
});
