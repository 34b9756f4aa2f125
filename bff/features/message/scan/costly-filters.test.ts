import { expect, test } from "vitest";
import { Problem } from "../../../base/problem.ts";
import { CostlyFilters } from "./costly-filters.ts";

const EXPRESSION = 'body.text.matches("^(a+)+$")';
const tooCostly = expect.objectContaining({ code: "SCAN_TOO_COSTLY" }) as unknown;

function refusalOf(costly: CostlyFilters, expression: string): unknown {
  try {
    costly.filterOf(expression);
    return undefined;
  } catch (error) {
    return error;
  }
}

test("an expression that took too long is refused for ten minutes, however it is written", () => {
  let now = 0;
  const costly = new CostlyFilters(() => now);
  costly.ended(costly.filterOf(EXPRESSION), new Problem("SCAN_TOO_COSTLY"));
  for (const written of [EXPRESSION, `${EXPRESSION} `, `( ${EXPRESSION})`])
    expect(refusalOf(costly, written)).toEqual(tooCostly);
  expect(refusalOf(costly, 'body.text.matches("^a+$")')).toBeUndefined();
  now = 10 * 60_000;
  expect(refusalOf(costly, EXPRESSION)).toBeUndefined();
});

test("a scan that ended for another reason refuses nothing", () => {
  const costly = new CostlyFilters(() => 0);
  costly.ended(costly.filterOf(EXPRESSION), new Problem("SCAN_EXPIRED"));
  expect(refusalOf(costly, EXPRESSION)).toBeUndefined();
});
