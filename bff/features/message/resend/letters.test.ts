import { expect, test } from "vitest";
import { originalTopicOf, rangesAt, wasPopped } from "./letters.ts";

const letter = (properties: Record<string, string>) => ({ properties: new Map(Object.entries(properties)) });

test("a dead letter goes back to the topic that it was first sent to, whatever retry topic it came from", () => {
  const pushed = letter({ RETRY_TOPIC: "orders", REAL_TOPIC: "%RETRY%g" });
  expect([originalTopicOf(pushed, "g"), wasPopped(pushed, "g")]).toEqual(["orders", false]);
  for (const retryTopic of ["%RETRY%g_orders", "%RETRY%g+orders"]) {
    const popped = letter({ RETRY_TOPIC: retryTopic });
    expect([originalTopicOf(popped, "g"), wasPopped(popped, "g")]).toEqual(["orders", true]);
  }
  expect(originalTopicOf(letter({ DLQ_ORIGIN_TOPIC: "orders" }), "g")).toBe("orders");
});

test("of a dead letter that does not say where it came from nobody guesses", () => {
  expect(originalTopicOf(letter({}), "g")).toBeUndefined();
  expect(originalTopicOf(letter({ REAL_TOPIC: "%RETRY%g" }), "g")).toBeUndefined();
  expect(originalTopicOf(letter({ RETRY_TOPIC: "%RETRY%g" }), "g")).toBeUndefined();
  expect(originalTopicOf(letter({ RETRY_TOPIC: "%RETRY%g_" }), "g")).toBeUndefined();
  expect(originalTopicOf(letter({ RETRY_TOPIC: "%RETRY%other_orders" }), "g")).toBeUndefined();
});

test("a place that was named twice is read once", () => {
  const place = { brokerName: "b", queueId: 0, queueOffset: "7" };
  expect(rangesAt("g", [place, { ...place, queueOffset: "9" }, place])).toEqual([
    { topic: "%DLQ%g", brokerName: "b", queueId: 0, from: 7n, to: 8n },
    { topic: "%DLQ%g", brokerName: "b", queueId: 0, from: 9n, to: 10n },
  ]);
});
