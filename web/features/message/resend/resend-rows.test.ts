import { expect, test } from "vitest";
import { hourOf, readRow } from "./resend-rows.ts";

const place = { brokerName: "broker-a", queueId: 0, queueOffset: "7" };
const data = { letter: { topic: "%DLQ%g", ...place }, target: "%RETRY%g", msgId: "id", sentTo: place };

test("what was sent lies where it was sent to, unless its broker made it a dead letter at once", () => {
  expect(readRow({ data, code: "SEND_OK" }).sentTo).toEqual({ topic: "%RETRY%g", ...place });
  expect(readRow({ data, code: "deadAtOnce" }).sentTo).toEqual({ topic: "%DLQ%g", ...place });
  expect(readRow({ data: { letter: data.letter }, code: "alreadySent" })).toEqual({
    letter: data.letter,
    sentTo: undefined,
    msgId: undefined,
  });
});

test("a moment is of the hour that it lies in", () => {
  expect(hourOf(7_200_000)).toBe(7_200_000);
  expect(hourOf(7_199_999)).toBe(3_600_000);
});
