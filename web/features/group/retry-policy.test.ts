import { expect, test } from "vitest";
import { defaultPolicyDraft, draftOfPolicy, formatDelays, parseDelays, policyOf } from "./retry-policy.ts";

test("delays are read in the units people write, a bare number in seconds", () => {
  expect(parseDelays("1s 5S, 2m  1h 250ms 7")).toEqual([1000, 5000, 120_000, 3_600_000, 250, 7000]);
});

test.each(["", "soon", "5x", "-1s", "0s", "8d"])("%j is no delay", (text) => {
  expect(parseDelays(text)).toBeUndefined();
});

test("a delay is written in its largest whole unit", () => {
  expect(formatDelays([1000, 90_000, 7_200_000, 1500])).toBe("1s 90s 2h 1500ms");
});

test("a policy comes back from its form as it went in", () => {
  for (const policy of [
    { type: "default" as const },
    { type: "custom" as const, delays: [1000, 90_000] },
    { type: "exponential" as const, initial: 1000, max: 60_000, multiplier: 3 },
  ]) {
    expect(policyOf(draftOfPolicy(policy))).toEqual(policy);
  }
});

test("an exponential policy whose limit is below its start is none", () => {
  expect(policyOf({ ...defaultPolicyDraft, type: "exponential", initial: "10s", max: "5s" })).toBeUndefined();
});

test.each([0, 1.5, 101, null])("%j multiplies no delay: brokers keep whole numbers from 1 to 100", (multiplier) => {
  expect(policyOf({ ...defaultPolicyDraft, type: "exponential", multiplier })).toBeUndefined();
});
