import { expect, test } from "vitest";
import { messageIdsIn, spellingsOf } from "./message-id.ts";

const A = "7F0000010BB818B4AAC2123456780000";
const B = "7f0000010bb818b4aac2123456780001";
const GRPC = "01A0B1C2D3E4F51F2C0AFE1D2B00000007";
const V6 = "FE80000000000000000000000000000100002A9F4000000000000001";

test.each([
  ["an id alone", A, [A]],
  ["an id with quotes and a trailing comma", `"${A}",`, [A]],
  ["an id in brackets", `[ '${GRPC}' ];`, [GRPC]],
  ["the joined ids of a batch", `${A},${B}`, [A, B]],
  ["one id twice", `${A} ${A}`, [A]],
  ["a list in JSON", `["${A}", "${V6}"]`, [A, V6]],
  ["a line of a log", `SendResult [sendStatus=SEND_OK, msgId=${A}, offsetMsgId=${B}, queueOffset=3]`, [A, B]],
  ["an id of an application's own making", `order-${A}`, [`order-${A}`]],
  ["text that is none", " a b, ", ["a b"]],
  ["nothing", ' "", ', [""]],
])("%s gives the ids in it", (_, copied, ids) => {
  expect(messageIdsIn(copied)).toEqual(ids);
});

test("hex may be stored in capitals or as it is, and other text only as it is", () => {
  expect(spellingsOf(B)).toEqual([B.toUpperCase(), B]);
  expect(spellingsOf(A)).toEqual([A]);
  expect(spellingsOf("order-b")).toEqual(["order-b"]);
});
