import { expect, test } from "vitest";
import { compareSubscriptions } from "./group-clients.ts";

const client = (clientId: string, subscriptions: Record<string, string> | null, type = "TAG") => ({
  clientId,
  address: "127.0.0.1:1",
  subscriptions:
    subscriptions && Object.entries(subscriptions).map(([topic, expression]) => ({ topic, expression, type })),
  failure: null,
});

test("clients that say the same agree", () => {
  const same = compareSubscriptions([client("a", { T: "*", U: "x || y" }), client("b", { U: "x || y", T: "*" })]);
  expect(same).toEqual({
    consistent: true,
    topics: [
      { topic: "T", difference: null },
      { topic: "U", difference: null },
    ],
  });
});

test("a topic that only one subscribes to, other tags and another order of tags are told apart", () => {
  const { consistent, topics } = compareSubscriptions([
    client("a", { T: "*", U: "x || y", V: "x" }),
    client("b", { U: "y||x", V: "x || y" }),
  ]);
  expect(consistent).toBe(false);
  expect(topics).toEqual([
    { topic: "T", difference: "missing" },
    { topic: "U", difference: "order" },
    { topic: "V", difference: "expression" },
  ]);
});

test("the same text as a tag and as SQL is a difference", () => {
  const { topics } = compareSubscriptions([client("a", { T: "x" }), client("b", { T: "x" }, "SQL92")]);
  expect(topics).toEqual([{ topic: "T", difference: "expression" }]);
});

test("with one client that answered there is nothing to compare", () => {
  expect(compareSubscriptions([client("a", { T: "*" }), client("b", null)]).consistent).toBeNull();
});
