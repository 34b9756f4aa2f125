import { expect, test } from "vitest";
import { recallHandle } from "./recall.ts";

test("a handle is the one that the broker gave the sender", () => {
  const recalled = { topic: "t", brokerName: "broker-a", timerOutMs: 1_796_000_000_000, msgId: "7F00000109A0" };
  expect(Buffer.from(recallHandle(recalled), "base64url").toString()).toBe("v1 t broker-a 1796000000001 7F00000109A0");
});
