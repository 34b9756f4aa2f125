import { expect, test } from "vitest";
import type { GroupOffset } from "../rocketmq/admin/group-offsets.ts";
import { consumedOf, unackedOf } from "./consumed.ts";

const queue = (committed: bigint | null, pullOffset?: bigint): GroupOffset => ({
  brokerName: "a",
  topic: "orders",
  queueId: 0,
  minOffset: 0n,
  maxOffset: 100n,
  committed,
  pullOffset,
  lastTimestamp: 0,
});

test.each([
  ["all of them, where all brokers told", [queue(10n, 15n), queue(20n, 21n), queue(null, 0n)], true, "6"],
  ["none, where nothing is on its way", [queue(10n, 10n)], true, "0"],
  ["at least as many, where a broker did not answer", [queue(10n, 15n)], false, "5"],
  ["unknown and not 0, where it may be with the broker that did not answer", [queue(10n, 10n)], false, null],
  ["unknown, where a broker before 5.0 does not tell", [queue(10n, 15n), queue(20n)], true, null],
])("what is pulled and not acknowledged is %s", (_, queues, whole, unacked) => {
  expect(unackedOf(queues, whole)).toBe(unacked);
});

test.each([
  ["what there is, where offsets lie beyond the end", [queue(2n ** 53n + 11n), queue(1000n), queue(20n)], true, "220"],
  ["at least as many, where a broker did not answer", [queue(1000n)], false, "100"],
  ["unknown and not 0, where no queue has an offset", [queue(null)], true, null],
])("what a group has consumed is %s", (_, queues, whole, consumed) => {
  expect(consumedOf(queues, whole)).toBe(consumed);
});
