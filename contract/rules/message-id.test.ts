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
  ["a line of a log", `SendResult [sendStatus=SEND_OK, msgId=${A}, queueOffset=3]`, [A]],
  ["an id after its name and a colon", `msgId:${A}`, [A]],
  ["an id after its name in JSON", `{"msgId":"${A}","queueId":0}`, [A]],
  ["an id after its name in JSON within JSON", `{\\"msgId\\":\\"${A}\\"}`, [A]],
  ["an id in parentheses", `(${A})`, [A]],
  ["an id in words in parentheses", `sent (msgId: ${A}).`, [A]],
  ["an id at the end of a sentence", `${A}.`, [A]],
  ["an id before a full-width comma", `${A}，`, [A]],
  ["an id amid Chinese", `消息ID：${A}。`, [A]],
  ["an id before an invisible space", `${A}\u200B`, [A]],
  ["an id after a mark of byte order", `\uFEFF${A}`, [A]],
  ["an id as a number in hex", `0x${A}`, [A]],
  ["an id of an IPv6 host as a number in hex", `0X${V6}`, [V6]],
  ["an id of an application's own making", `order-${A}`, [`order-${A}`]],
  ["an id of an application's own making with a colon", `order:${A}`, [`order:${A}`]],
  ["an id of an application's own making with a full stop", `order.${A}`, [`order.${A}`]],
  ["hex too long for an id", `${V6}0`, [`${V6}0`]],
  ["an invisible mark after an id of an application's own making", "order-1\u200B", ["order-1"]],
  ["text that is none", " a b, ", ["a b"]],
  ["nothing", ' "", ', [""]],
])("%s gives the ids in it", (_, copied, ids) => {
  expect(messageIdsIn(copied)).toEqual(ids);
});

const queue = "messageQueue=MessageQueue [topic=t, brokerName=a, queueId=0], queueOffset=3";
const sent = (ofClient: string, place: string) =>
  `SendResult [sendStatus=SEND_OK, msgId=${ofClient}, offsetMsgId=${place}, ${queue}]`;

test.each([
  ["a message that was sent", sent(A, B), [A], [B]],
  ["messages that were sent one by one", `${sent(A, B)}\n${sent(GRPC, V6)}`, [A, GRPC], [B, V6]],
  ["messages that were sent together", sent(`${A},${GRPC}`, `${B},${V6}`), [A, GRPC], [B, V6]],
  ["a message that was sent in JSON", `{"msgId":"${A}","offsetMsgId":"${B}"}`, [A], [B]],
  ["a message that was sent and has no place", sent(A, "null"), [A], [A]],
  ["a message that was received", `MessageExt [msgId=${B}, toString()=Message{properties={UNIQ_KEY=${A}}]`, [A], [B]],
  ["ids of several messages and one place", sent(`${A},${GRPC}`, B), [A, GRPC, B], [A, GRPC, B]],
])("%s is told once for each: by the client's id with a topic, else by the place", (_, line, withTopic, without) => {
  expect(messageIdsIn(line, "t")).toEqual(withTopic);
  expect(messageIdsIn(line)).toEqual(without);
});

test.each([
  ["spaces", `a${" ".repeat(2_000_000)}b`],
  ["full stops", `a${".".repeat(2_000_000)}b`],
  ["hex digits", "A".repeat(2_000_000)],
  ["marks", `${",;".repeat(1_000_000)}a`],
])("of two million %s the ids are read in no time", (_, copied) => {
  const begun = performance.now();
  messageIdsIn(copied);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test("hex may be stored in capitals or as it is, and other text only as it is", () => {
  expect(spellingsOf(B)).toEqual([B.toUpperCase(), B]);
  expect(spellingsOf(A)).toEqual([A]);
  expect(spellingsOf("order-b")).toEqual(["order-b"]);
});
