import { expect, test } from "vitest";
import type { TraceDelivery, TraceSend } from "#contract/trace.ts";
import { axisOf, lanesOf, placeOn } from "./trace-steps.ts";

const send: TraceSend = {
  at: 1000,
  recordedAt: 6000,
  group: "shop",
  topic: "orders",
  tags: null,
  keys: [],
  type: "normal",
  msgIds: ["ID"],
  offsetMsgId: null,
  storeHost: null,
  bodySize: 1,
  cost: 10,
  success: true,
  client: "10.0.0.1:1",
};
const delivery: TraceDelivery = {
  requestId: "r",
  attempt: 0,
  beganAt: 1050,
  endedAt: 1100,
  ended: true,
  cost: 25,
  success: true,
  context: "success",
  client: "10.0.0.2:1",
  recordedAt: 6000,
};
const nothing = { sends: [], ends: [], recalls: [], stored: null, groups: [] };
const stored = { topic: "orders", brokerName: "broker-a", queueId: 0, queueOffset: "0", at: 1005 };

test("the producer and the broker come first, then each group, all on one axis that counts from the send", () => {
  const lanes = lanesOf({ ...nothing, sends: [send], stored, groups: [{ group: "billing", deliveries: [delivery] }] });
  expect(lanes.map(({ kind, group, steps }) => [kind, group, steps.map((step) => step.kind)])).toEqual([
    ["producer", "shop", ["send", "stored"]],
    ["group", "billing", ["delivery"]],
  ]);
  expect(axisOf(lanes)).toEqual({ origin: 1000, from: 1000, to: 1100 });
});

test("a delivery lasts as long as its records say, since its cost is an average of those delivered at once", () => {
  const [lane] = lanesOf({ ...nothing, groups: [{ group: "g", deliveries: [delivery] }] });
  expect(lane?.steps).toMatchObject([{ at: 1050, until: 1100, cost: 25 }]);
  const [old] = lanesOf({ ...nothing, groups: [{ group: "g", deliveries: [{ ...delivery, endedAt: null }] }] });
  expect(old?.steps).toMatchObject([{ at: 1050, until: 1075 }]);
});

test("a negative cost is drawn back from where it began, and marked", () => {
  const lanes = lanesOf({ ...nothing, sends: [{ ...send, cost: -100 }], stored });
  const axis = axisOf(lanes);
  expect(axis).toEqual({ origin: 1000, from: 900, to: 1005 });
  const step = lanes[0]?.steps[0];
  expect(step).toMatchObject({ cost: -100, until: 900 });
  if (axis === undefined || step === undefined) throw new Error("no step");
  expect(placeOn(axis, step)).toMatchObject({ left: 0, turned: true });
});

test("a delivery without an end goes on to the end of the axis, and one without a beginning stands at its end", () => {
  const open = { ...delivery, endedAt: null, ended: false, cost: null, success: null };
  const endOnly = { ...delivery, requestId: "e", beganAt: null, attempt: null };
  const lanes = lanesOf({ ...nothing, sends: [send], groups: [{ group: null, deliveries: [open, endOnly] }] });
  const axis = axisOf(lanes);
  const [first, second] = lanes[1]?.steps ?? [];
  if (axis === undefined || first === undefined || second === undefined) throw new Error("no steps");
  expect(placeOn(axis, first)).toEqual({ left: 50, width: 50, turned: false });
  expect(placeOn(axis, second)).toEqual({ left: 100, width: 0, turned: false });
});

test("what tells no time at all has no axis, and a single moment has one that is a millisecond long", () => {
  expect(axisOf(lanesOf({ ...nothing, sends: [{ ...send, at: null }] }))).toBeUndefined();
  expect(axisOf(lanesOf({ ...nothing, stored }))).toEqual({ origin: 1005, from: 1005, to: 1006 });
});
