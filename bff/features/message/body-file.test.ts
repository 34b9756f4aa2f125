import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { extensionOf, extensionOfBeginning } from "./body-file.ts";

test.each([
  ["json", Buffer.from(' {"订单":1}')],
  ["txt", Buffer.from("{not json}")],
  ["json", Buffer.from(`[${"1,".repeat(500_000)}1]\n`)],
  ["txt", Buffer.alloc(1_000_000, "[")],
  ["txt", Buffer.from("<script>alert(1)</script>")],
  ["gz", gzipSync("packed")],
  ["bin", Buffer.from([0, 1, 2, 255])],
  ["bin", Buffer.from([0xc3, 0x28])],
  ["bin", Buffer.alloc(0)],
] as const)("a body is saved as .%s", (extension, body) => {
  expect(extensionOf(body)).toBe(extension);
});

test.each([
  ["json", Buffer.from(' [{"订单":1},{"订单').subarray(0, -1)],
  ["json", Buffer.from("[1,2,")],
  ["txt", Buffer.from("[INFO] begun")],
  ["txt", Buffer.from("订单").subarray(0, -1)],
  ["bin", Buffer.from([0, 1, 2, 255])],
  ["bin", Buffer.from([0xff, 0xfe, 0xff, 0xff, 0xff, 0xff])],
] as const)("what begins a body is saved as .%s", (extension, head) => {
  expect(extensionOfBeginning(head)).toBe(extension);
});
