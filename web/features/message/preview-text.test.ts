import { expect, test } from "vitest";
import type { FoundMessage } from "#contract/message.ts";
import { matches, previewOf } from "./preview-text.ts";

const head = (bytes: Uint8Array | string, cut = false) => ({ base64: Buffer.from(bytes).toString("base64"), cut });

test("the beginning of a body is one line of text, in UTF-8 or GBK", () => {
  expect(previewOf(head('{\n  "order": 1\n}'))).toEqual({ kind: "text", text: '{ "order": 1 }' });
  expect(previewOf(head(Buffer.from("b6a9b5a5", "hex")))).toEqual({ kind: "text", text: "订单" });
  // The cut went through a character.
  expect(previewOf(head(Buffer.from("a订").subarray(0, 3), true))).toEqual({ kind: "text", text: "a…" });
});

test("what is no text is said, not shown", () => {
  expect(previewOf(head(Uint8Array.of(0, 1, 2, 255))).kind).toBe("binary");
  expect(previewOf(head("")).kind).toBe("empty");
  expect(previewOf(null).kind).toBe("packed");
});

test("a filter looks at ids, keys, tag, properties and the beginning of the body", () => {
  const message = {
    msgId: "7F0000AB",
    offsetMsgId: "C0A8",
    tags: "PAID",
    keys: ["order-1"],
    properties: "city=北京",
  } as FoundMessage;
  const found = (typed: string) => matches(message, previewOf(head('{"amount": 30}')), typed);
  for (const typed of ["7f0000ab", "c0a8", " paid", "ORDER-1", "city=北", '"amount": 30'])
    expect(found(typed)).toBe(true);
  expect(found("amount=30")).toBe(false);
});
