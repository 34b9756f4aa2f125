import { expect, test } from "vitest";
import { RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { Unread } from "./unread.ts";

const failed = (code: RocketMQErrorCode) => [{ target: "broker-b", error: new RocketMQError(code, "no answer") }];

test("sums are not whole while a master that may have a part fails or vanished; of the listed ones it is missed no more", () => {
  const unread = new Unread();
  expect([unread.isWhole([])("g"), unread.isOfListed([])("g")]).toEqual([true, true]);
  const silent = failed("REQUEST_TIMEOUT");
  expect([unread.isWhole(silent)("g"), unread.isOfListed(silent)("g")]).toEqual([false, false]);
  const gone = failed("BROKER_GONE");
  expect([unread.isWhole(gone)("g"), unread.isOfListed(gone)("g")]).toEqual([false, true]);
});

test("where the table of a master that failed is known, the names that it was not asked for are those that are not whole", async () => {
  const unread = new Unread();
  await unread.table("broker-b", Promise.resolve());
  unread.add(["left"]);
  const isWhole = unread.isWhole(failed("REQUEST_TIMEOUT"));
  expect(["left", "read"].map(isWhole)).toEqual([false, true]);
});
