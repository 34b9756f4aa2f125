import { expect, test } from "vitest";
import type { GroupOffset } from "../../rocketmq/admin/group-offsets.ts";
import { unownedQueues } from "./consumer.ts";

const queue = (queueId: number, more: Partial<GroupOffset> = {}): GroupOffset => ({
  topic: "orders",
  brokerName: "a",
  queueId,
  maxOffset: 100n,
  minOffset: null,
  committed: 90n,
  pullOffset: 90n,
  lastTimestamp: 0,
  ...more,
});
const has = (...ids: number[]) => ({ queues: ids.map((queueId) => ({ topic: "orders", brokerName: "a", queueId })) });

test("two clients of one id have the same queues, and the others are nobody's, with what waits in them", () => {
  const queues = [queue(0), queue(1), queue(2), queue(3, { committed: null, minOffset: 40n })];
  expect(unownedQueues(queues, [has(0, 1), has(0, 1)])).toEqual([
    { topic: "orders", brokerName: "a", queueId: 2, waiting: "10" },
    { topic: "orders", brokerName: "a", queueId: 3, waiting: "60" },
  ]);
  expect(unownedQueues(queues, [has(0, 1), has(2, 3)])).toEqual([]);
});
