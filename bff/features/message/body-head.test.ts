import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { headOf } from "./body-head.ts";

type Stored = Parameters<typeof headOf>[0];

const told = async (storedBody: Buffer | string, compression?: Stored["compression"]) => {
  const head = await headOf({ storedBody: Buffer.from(storedBody), compression });
  return head && { text: Buffer.from(head.base64, "base64").toString(), cut: head.cut };
};

const long = "0123456789".repeat(100_000);

test("a short body is its own beginning, a long one is cut", async () => {
  expect(await told("订单 7")).toEqual({ text: "订单 7", cut: false });
  expect(await told("")).toEqual({ text: "", cut: false });
  expect(await told(long)).toEqual({ text: long.slice(0, 1024), cut: true });
});

test("of a body that the client packed with zlib, and of one that the application packed, the beginning is unpacked", async () => {
  expect(await told(deflateSync("small"), "zlib")).toEqual({ text: "small", cut: false });
  expect(await told(deflateSync(long), "zlib")).toEqual({ text: long.slice(0, 1024), cut: true });
  expect(await told(gzipSync("small"))).toEqual({ text: "small", cut: false });
  expect(await told(deflateSync(gzipSync(long)), "zlib")).toEqual({ text: long.slice(0, 1024), cut: true });
});

test("a body made of little that unpacks to much gives its beginning, and one that only looks packed itself", async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(200 * 1024 * 1024)));
  expect(await told(bomb)).toMatchObject({ cut: true });
  expect(await told(Buffer.from([0x1f, 0x8b, 0, 1, 2]))).toMatchObject({ cut: false });
  for (const formula of ["x^2", "x^y", "x^{2}"]) expect(await told(formula)).toEqual({ text: formula, cut: false });
});

test("what cannot be unpacked has no beginning to show", async () => {
  expect(await told("broken", "zlib")).toBeNull();
  expect(await told("broken", "lz4")).toBeNull();
  expect(await told("broken", "zstd")).toBeNull();
});
