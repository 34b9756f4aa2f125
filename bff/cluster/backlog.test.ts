import { expect, test } from "vitest";
import type { GroupOffset } from "../rocketmq/admin/group-offsets.ts";
import { backlogOf, lagUnknownOf, presentBacklog } from "./backlog.ts";

const queue = (of: Partial<GroupOffset>): GroupOffset => ({
  topic: "T",
  brokerName: "a",
  queueId: 0,
  maxOffset: 0n,
  committed: null,
  minOffset: null,
  pullOffset: undefined,
  lastTimestamp: 0,
  ...of,
});

test("an offset beyond the end is a fault of its own and takes nothing from the backlog of another queue", () => {
  const sums = backlogOf([
    queue({ maxOffset: 10n, committed: 1000n }),
    queue({ queueId: 1, maxOffset: 900n, committed: 0n }),
  ]);
  expect(presentBacklog(sums, true)).toEqual({
    lag: "900",
    neverConsumed: "0",
    neverConsumedQueues: 0,
    beyondEndQueues: 1,
  });
});

test("messages of queues without an offset are a second figure: those that are kept, and no part of the lag", () => {
  const sums = backlogOf([
    queue({ maxOffset: 10n, committed: 4n, lastTimestamp: 100 }),
    queue({ queueId: 1, maxOffset: 2000n, minOffset: 108n }),
    queue({ queueId: 2, maxOffset: 5n, minOffset: 5n }),
  ]);
  expect(presentBacklog(sums, true)).toEqual({
    lag: "6",
    neverConsumed: "1892",
    neverConsumedQueues: 1,
    beyondEndQueues: 0,
  });
  expect(sums.consumedUntil).toBe(100);
});

test("sums of long offsets are never rounded", () => {
  const big = 9_223_372_036_854_775_000n;
  const sums = backlogOf([queue({ maxOffset: big, committed: 1n }), queue({ maxOffset: 7n, committed: 0n })]);
  expect(presentBacklog(sums, true).lag).toBe((big + 6n).toString());
});

test("a group without an offset has no lag, which is not 0, and says why", () => {
  const none = backlogOf([queue({ maxOffset: 3n, minOffset: 0n })]);
  expect(presentBacklog(none, true)).toMatchObject({ lag: null, neverConsumed: "3" });
  expect(lagUnknownOf(none, "CLUSTERING")).toBe("noOffsets");
  expect(lagUnknownOf(none, "BROADCASTING")).toBe("broadcasting");
  expect(lagUnknownOf(undefined, null)).toBe("notRead");
});

test("of sums that a part is missing from, nothing tells nothing", () => {
  const caughtUp = backlogOf([queue({ maxOffset: 3n, committed: 3n })]);
  expect(presentBacklog(caughtUp, true)).toMatchObject({ lag: "0", neverConsumed: "0" });
  expect(presentBacklog(caughtUp, false)).toMatchObject({ lag: null, neverConsumed: null });
});

test("how long ago a group consumed counts only queues that are behind", () => {
  const at = (maxOffset: bigint, lastTimestamp: number) => queue({ maxOffset, committed: 4n, lastTimestamp });
  expect(backlogOf([at(10n, 100), at(4n, 50), at(5n, 0)]).consumedUntil).toBe(100);
});
