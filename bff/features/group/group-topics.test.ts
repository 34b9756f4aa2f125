import { expect, test } from "vitest";
import { isRetryOrDlqOf } from "./group-topics.ts";

const known = { groups: new Set(["orders", "orders_eu"]), topics: new Set(["paid", "eu_paid"]) };

test.each([
  ["%RETRY%orders", true],
  ["%DLQ%orders", true],
  ["%RETRY%orders+paid", true],
  ["%RETRY%orders_paid", true],
  ["%RETRY%orders_eu", false],
  ["%RETRY%orders_eu_paid", false],
  ["%RETRY%orders_gone", false],
  ["%DLQ%orders_eu", false],
  ["paid", false],
])("whether %s belongs to the group orders: %s", (topic, own) => {
  expect(isRetryOrDlqOf("orders", topic, known)).toBe(own);
});
