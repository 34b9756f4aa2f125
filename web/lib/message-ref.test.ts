import { expect, test } from "vitest";
import { placeOf, refOf } from "./message-ref.ts";

test.each([
  { topic: "orders", brokerName: "broker-a", queueId: 3, queueOffset: "9223372036854775807" },
  { topic: "%RETRY%billing", brokerName: "rack:1@north", queueId: 0, queueOffset: "0" },
])("a place is read back as it was written: $topic on $brokerName", (place) => {
  expect(placeOf(refOf(place))).toEqual(place);
});

test.each(["", "orders", "orders@broker-a", "orders@broker-a:0", "orders@broker-a:0:x", "@broker-a:0:1"])(
  "%j is no place",
  (ref) => expect(placeOf(ref)).toBeUndefined(),
);
