import { expect, test } from "vitest";
import type { ConsumerRunningInfo, ProcessQueueInfo } from "../rocketmq/rpc/group.ts";
import { clientInfoOf, compareSubscriptions } from "./client-info.ts";

const client = (subscriptions: Record<string, string>, type = "TAG") =>
  Object.entries(subscriptions).map(([topic, expression]) => ({ topic, expression, type }));

test("clients that say the same agree", () => {
  expect(compareSubscriptions([client({ T: "*", U: "x || y" }), client({ U: "x || y", T: "*" })])).toEqual([
    { topic: "T", difference: null },
    { topic: "U", difference: null },
  ]);
});

test("a topic that only one subscribes to, other tags and another order of tags are told apart", () => {
  expect(compareSubscriptions([client({ T: "*", U: "x || y", V: "x" }), client({ U: "y||x", V: "x || y" })])).toEqual([
    { topic: "T", difference: "missing" },
    { topic: "U", difference: "order" },
    { topic: "V", difference: "expression" },
  ]);
});

test("the same text as a tag and as SQL is a difference", () => {
  expect(compareSubscriptions([client({ T: "x" }), client({ T: "x" }, "SQL92")])).toEqual([
    { topic: "T", difference: "expression" },
  ]);
});

const ofAQueue: ProcessQueueInfo = {
  commitOffset: 0n,
  cachedMsgMinOffset: 0n,
  cachedMsgMaxOffset: 0n,
  cachedMsgCount: 0,
  cachedMsgSizeInMiB: 0,
  transactionMsgCount: 0,
  locked: false,
  tryUnlockTimes: 0,
  lastLockTimestamp: 0,
  droped: false,
  lastPullTimestamp: 0,
  lastConsumeTimestamp: 0,
};

const running = (topics: number, queues: number): ConsumerRunningInfo => ({
  properties: new Map(),
  subscriptionSet: Array.from({ length: topics }, (_, n) => ({
    topic: `T${n}`,
    subString: "*",
    tagsSet: [],
    codeSet: [],
    subVersion: 0n,
    expressionType: "TAG",
    classFilterMode: false,
  })),
  mqTable: Array.from({ length: queues }, (_, queueId) => [{ topic: "T", brokerName: "b", queueId }, ofAQueue]),
  mqPopTable: [],
  statusTable: new Map(),
  userConsumerInfo: new Map(),
  jstack: undefined,
});

test("of a client that says more than anybody consumes a part is kept, and that it is a part", () => {
  const whole = clientInfoOf(running(1000, 20_000));
  expect([whole.subscriptions.length, whole.queues.length, whole.cut]).toEqual([1000, 20_000, false]);
  for (const info of [clientInfoOf(running(1001, 1)), clientInfoOf(running(1, 20_001))]) expect(info.cut).toBe(true);
  const cut = clientInfoOf(running(5000, 100_000));
  expect([cut.subscriptions.length, cut.queues.length]).toEqual([1000, 20_000]);
});
