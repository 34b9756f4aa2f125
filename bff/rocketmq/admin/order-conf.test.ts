import { expect, test } from "vitest";
import { parseOrderConf } from "./order-conf.ts";

test.each([
  ["broker-a:4;broker-b:8", { "broker-a": 4, "broker-b": 8 }],
  ["a:b:2", { "a:b": 2 }],
  ["", {}],
  [undefined, {}],
  ["broken;:3;x:y;broker-a:1", { "broker-a": 1 }],
])("%s is read as the queues of each broker", (value, queues) => {
  expect(Object.fromEntries(parseOrderConf(value))).toEqual(queues);
});
