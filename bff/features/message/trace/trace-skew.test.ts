import { expect, test } from "vitest";
import { skewOf } from "./trace-skew.ts";

const delivery = {
  requestId: "r",
  attempt: 0,
  beganAt: 1000,
  endedAt: 1010,
  ended: true,
  cost: 10,
  success: true,
  context: null,
  client: "10.0.0.1",
  recordedAt: 2000,
};

test("a delivery that ended before it began tells of its client's clock, whether or not the message is stored", () => {
  const back = { ...delivery, endedAt: 400 };
  const skew = [{ kind: "endedBefore", client: "10.0.0.1", byMs: 600 }];
  expect(skewOf([], [delivery, back], [], undefined)).toEqual(skew);
  expect(skewOf([], [delivery, back], [], 900)).toEqual(skew);
  expect(skewOf([], [delivery, { ...delivery, endedAt: null }], [], 900)).toEqual([]);
});
