import { expect, test } from "vitest";
import type { GroupOffset } from "../../rocketmq/admin/group-offsets.ts";
import { longestOf, oldestUnacked, oldestUnconsumed } from "./lag-figures.ts";
import { placeKey, readyAt, type Ready } from "./ready-times.ts";

const queue = (more: Partial<GroupOffset>): GroupOffset => ({
  topic: "orders",
  brokerName: "a",
  queueId: 0,
  minOffset: null,
  maxOffset: 100n,
  committed: 10n,
  pullOffset: 40n,
  lastTimestamp: 0,
  ...more,
});

test.each([
  ["the message at the committed offset is the oldest that is not acknowledged", {}, 10n, 40n],
  ["nothing is on its way where no more was pulled than committed", { pullOffset: 10n }, undefined, 10n],
  ["all that there is was pulled", { pullOffset: 100n }, 10n, undefined],
  ["the pulled offset that a reset left behind is not before the committed one", { committed: 60n }, undefined, 60n],
  ["an offset beyond the end is of no message", { committed: 120n, pullOffset: 130n }, undefined, undefined],
  ["a broker before 5.0 tells of no pulled offset", { pullOffset: undefined }, undefined, undefined],
  ["a queue without an offset has neither", { committed: null, minOffset: 0n }, undefined, undefined],
])("%s", (_, more, unacked, unconsumed) => {
  expect(oldestUnacked(queue(more))?.offset).toBe(unacked);
  expect(oldestUnconsumed(queue(more))?.offset).toBe(unconsumed);
});

const place = (queueId: number) => ({ topic: "orders", brokerName: "a", queueId, offset: 10n });
const found = (entries: [number, Ready | null][]) =>
  new Map(entries.map(([queueId, ready]) => [placeKey(place(queueId)), ready]));
const now = 1_000_000;

test("the longest wait is of the message that was ready first, and says where it is", () => {
  const ready = found([
    [0, { offset: 10n, readyAt: now - 500 }],
    [1, { offset: 12n, readyAt: now - 9000 }],
  ]);
  expect(longestOf([place(0), place(1)], ready, { now, whole: true })).toEqual({
    ms: 9000,
    atLeast: false,
    oldest: { brokerName: "a", queueId: 1, offset: "12", readyAt: now - 9000 },
  });
});

test.each([
  ["0 where no message waits", [], [], true, { ms: 0, atLeast: false }],
  ["0 where those that waited have gone meanwhile", [0], [[0, null]], true, { ms: 0 }],
  ["unknown and not 0 where a broker did not tell of its queues", [], [], false, { ms: null }],
  ["unknown and not 0 where the message could not be read", [0], [], true, { ms: null }],
  [
    "at least as long as what was read",
    [0, 1],
    [[0, { offset: 10n, readyAt: now - 5 }]],
    true,
    { ms: 5, atLeast: true },
  ],
  [
    "0 for a message that a broker's clock has ready in the future",
    [0],
    [[0, { offset: 10n, readyAt: now + 5 }]],
    true,
    { ms: 0 },
  ],
] as [string, number[], [number, Ready | null][], boolean, object][])("a wait is %s", (_, queues, ready, whole, is) => {
  expect(longestOf(queues.map(place), found(ready), { now, whole })).toMatchObject(is);
});

test.each([
  ["when it was stored", {}, 5000],
  ["when it was due, stored a little later", { TIMER_OUT_MS: "4000" }, 4000],
  ["when it was stored, where it says of another time that is yet to come", { TIMER_OUT_MS: "9000" }, 5000],
  ["when it was stored, where what it says is no time", { TIMER_OUT_MS: "soon" }, 5000],
])("a message is ready %s", (_, properties, at) => {
  expect(readyAt({ storeTimestamp: 5000, properties: new Map(Object.entries(properties)) })).toBe(at);
});
