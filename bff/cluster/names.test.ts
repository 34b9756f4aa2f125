import { expect, it } from "vitest";
import { ownTopicsOf, topicKindOf } from "./names.ts";

const own = ownTopicsOf([
  { brokerName: "broker-a", cluster: "c1" },
  { brokerName: "broker-b", cluster: "c1" },
]);

it.each([
  ["broker-b", "system"],
  ["c1", "system"],
  ["c1_REPLY_TOPIC", "system"],
  ["order_REPLY_TOPIC", "normal"],
  ["%RETRY%CID_RMQ_SYS_TRANS", "system"],
  ["%RETRY%orders", "retry"],
  ["%DLQ%orders", "dlq"],
  ["orders", "normal"],
])("a topic %s is a %s one", (topic, kind) => expect(topicKindOf(topic, own)).toBe(kind));
