import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { MAX_DECOMPRESSED } from "../../rocketmq/codec/compression.ts";
import { PREVIEW_BYTES, previewBody } from "./body-preview.ts";

const textOf = (base64: string | undefined) => Buffer.from(base64 ?? "", "base64").toString();

test("a small body is shown whole", async () => {
  const body = await previewBody(Buffer.from("order 1"));
  expect(textOf(body.base64)).toBe("order 1");
  expect(body).toMatchObject({ size: 7, truncated: false, unpacked: null });
});

test("a large body is cut, and its whole size told", async () => {
  const body = await previewBody(Buffer.alloc(PREVIEW_BYTES + 1, "a"));
  expect(textOf(body.base64)).toHaveLength(PREVIEW_BYTES);
  expect(body).toMatchObject({ size: PREVIEW_BYTES + 1, truncated: true });
});

test.each([
  ["gzip", gzipSync],
  ["zlib", deflateSync],
] as const)("what an application packed with %s is unpacked beside it", async (format, pack) => {
  const body = await previewBody(pack('{"order":1}'));
  expect(body.unpacked).toMatchObject({ format, size: 11, truncated: false });
  expect(textOf(body.unpacked?.base64)).toBe('{"order":1}');
});

test("bytes that only look packed are left as they are", async () => {
  expect((await previewBody(Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x01]))).unpacked).toBeNull();
  expect((await previewBody(Buffer.from("x\u009cnot zlib", "latin1"))).unpacked).toBeNull();
});

test("of a small body that unpacks to more than the limit the beginning is shown", async () => {
  const { unpacked } = await previewBody(gzipSync(Buffer.alloc(32 * 1024 * 1024, "a")));
  expect(unpacked).toMatchObject({ format: "gzip", size: MAX_DECOMPRESSED, isLarger: true, truncated: true });
  expect(textOf(unpacked?.base64)).toBe("a".repeat(PREVIEW_BYTES));
});
