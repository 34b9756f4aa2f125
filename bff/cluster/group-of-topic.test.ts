import { expect, test } from "vitest";
import { groupOfTopic, sentToTopic } from "./group-of-topic.ts";

const groups = new Set(["a", "a_b", "a_b_c", "orders"]);

test.each([
  ["a dead letter topic has one owner, whatever is in its name", "%DLQ%a_b_c", [], "a_b_c"],
  ["so has that of a group that is gone", "%DLQ%gone_group", [], "gone_group"],
  ["a name without an underscore is a group's", "%RETRY%gone", [], "gone"],
  ["the retry topic of a group", "%RETRY%a_b_c", [], "a_b_c"],
  ["version 2 says where the group ends", "%RETRY%a_b+c_d", ["c_d", "b+c_d"], "a_b"],
  ["of a group that is gone, too", "%RETRY%gone_group+c", [], "gone_group"],
  ["version 1 of a group and a topic that there are", "%RETRY%orders_paid", ["paid"], "orders"],
  ["of a topic with an underscore", "%RETRY%orders_eu_paid", ["eu_paid"], "orders"],
  ["of a group with one", "%RETRY%a_b_d", ["d"], "a_b"],
  ["a group, and another one with a topic", "%RETRY%a_b_c", ["c"], null],
  ["two groups, each with a topic", "%RETRY%a_b_d_e", ["d_e", "b_d_e"], null],
  ["neither group nor topic", "%RETRY%gone_paid", ["paid"], null],
  ["a topic that is gone", "%RETRY%orders_gone", [], null],
  ["a topic of people", "a_b", ["a_b"], undefined],
] as const)("%s: %s belongs to %4$s", (_, topic, topics, owner) => {
  expect(groupOfTopic(topic, { groups, topics: new Set<string>(topics) })).toBe(owner);
});

test("a popped message was sent to the topic that stands behind its group in the name of its retry topic", () => {
  expect(sentToTopic("%RETRY%a_b_c_d", "a_b")).toBe("c_d");
  expect(sentToTopic("%RETRY%a_b+c_d", "a_b")).toBe("c_d");
  expect(sentToTopic("%RETRY%a_b", "a_b")).toBe("%RETRY%a_b");
  expect(sentToTopic("c_d", "a_b")).toBe("c_d");
});
