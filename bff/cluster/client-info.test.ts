import { expect, test } from "vitest";
import { compareSubscriptions } from "./client-info.ts";

const client = (subscriptions: Record<string, string>, type = "TAG") =>
  Object.entries(subscriptions).map(([topic, expression]) => ({ topic, expression, type }));

test("clients that say the same agree", () => {
  expect(compareSubscriptions([client({ T: "*", U: "x || y" }), client({ U: "x || y", T: "*" })])).toEqual([
    { topic: "T", difference: null },
    { topic: "U", difference: null },
  ]);
});

test("a topic that only one subscribes to, other tags and another order of tags are told apart", () => {
  expect(compareSubscriptions([client({ T: "*", U: "x || y", V: "x" }), client({ U: "y||x", V: "x || y" })])).toEqual([
    { topic: "T", difference: "missing" },
    { topic: "U", difference: "order" },
    { topic: "V", difference: "expression" },
  ]);
});

test("the same text as a tag and as SQL is a difference", () => {
  expect(compareSubscriptions([client({ T: "x" }), client({ T: "x" }, "SQL92")])).toEqual([
    { topic: "T", difference: "expression" },
  ]);
});
