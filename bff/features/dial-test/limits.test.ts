import { expect, test } from "vitest";
import { brokerLimits, limitsOfAll, produceLimit, sizeLimit } from "./limits.ts";
import { ProduceTest } from "#contract/dial-test.ts";

const config = (values: Record<string, string>) => new Map(Object.entries(values));
const five = {
  maxMessageSize: "4194304",
  messageDelayLevel: "1s 5s 10s",
  timerWheelEnable: "true",
  timerMaxDelaySec: "259200",
};

test("the smallest of all brokers counts, with the broker that has it", () => {
  const small = { ...five, maxMessageSize: "65536", messageDelayLevel: "1s 2m", timerMaxDelaySec: "60" };
  const told = [
    { broker: "a", limits: brokerLimits(config(five)) },
    { broker: "b", limits: brokerLimits(config(small)) },
  ];
  expect(limitsOfAll(told, 0)).toEqual({
    maxMessageSize: { value: 65_536, broker: "b" },
    delayLevels: { ms: [1000, 120_000], broker: "b", differ: true },
    timers: true,
    timerMaxDelaySec: { value: 60, broker: "b" },
  });
});

test("what no broker told is unknown and limits nothing, and timers are not promised for one that did not answer", () => {
  const nothing = { maxMessageSize: null, delayLevels: null, timers: null, timerMaxDelaySec: null };
  expect(limitsOfAll([], 1)).toEqual(nothing);
  expect(sizeLimit(nothing, 1e9)).toBeNull();
  expect(limitsOfAll([{ broker: "a", limits: brokerLimits(config(five)) }], 1).timers).toBeNull();
});

test("a broker before 5.0 has no timers, and a level that nobody can read has no length", () => {
  const old = brokerLimits(config({ maxMessageSize: "4194304", messageDelayLevel: "1s soon" }));
  expect(old).toEqual({
    maxMessageSize: 4_194_304,
    delayLevels: [1000, null],
    timers: false,
    timerMaxDelaySec: undefined,
  });
});

test("a body or a delay beyond what a broker takes is named with the setting, whose it is and what was asked", () => {
  const limits = { ...limitsOfAll([{ broker: "a", limits: brokerLimits(config(five)) }], 0), failures: [] };
  const asked = (more: object) => ProduceTest.parse({ instanceId: "i", topic: "t", ...more });
  expect(produceLimit(limits, asked({}), false, 4_194_305)).toMatchObject({ setting: "maxMessageSize", broker: "a" });
  expect(produceLimit(limits, asked({ delayLevel: 4 }), true, 1)).toEqual({
    setting: "messageDelayLevel",
    broker: "a",
    limit: 3,
    asked: 4,
  });
  expect(produceLimit(limits, asked({ delaySeconds: 259_201 }), true, 1)).toMatchObject({
    setting: "timerMaxDelaySec",
  });
  expect(produceLimit(limits, asked({ delayLevel: 3 }), true, 4_194_304)).toBeNull();
});
