import { deflateSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import {
  COMPRESSED,
  storedMessage,
  ZLIB,
  type StoredMessageParts,
} from "../../../../sandbox/fault-proxy/stored-message.ts";
import { decodeMessages } from "../../../rocketmq/codec/stored-message.ts";
import { readFilter } from "./scan-filter.ts";
import { ScanJudge } from "./scan-judge.ts";

vi.setConfig({ testTimeout: 30_000 });

const { signal } = new AbortController();

function judgeOf(expression: string): ScanJudge {
  const read = readFilter(expression);
  if ("fault" in read) throw new Error(JSON.stringify(read.fault));
  return new ScanJudge(read.filter, signal);
}

const messagesOf = (all: Partial<StoredMessageParts>[]) =>
  decodeMessages(Buffer.concat(all.map((parts, n) => storedMessage({ topic: "t", queueOffset: BigInt(n), ...parts }))))
    .messages;

async function offsetsOf(expression: string, all: Partial<StoredMessageParts>[]) {
  const { hits, notJudged } = await judgeOf(expression).judge(messagesOf(all));
  return {
    hits: hits.map(({ queueOffset }) => Number(queueOffset)),
    notJudged: notJudged.map(({ message, why }) => [Number(message.queueOffset), why]),
  };
}

const packed = { sysFlag: COMPRESSED | ZLIB };

test("bodies are unpacked where the expression looks at them, and one that cannot be is told", async () => {
  const all = [
    { ...packed, body: deflateSync('{"a":1}') },
    { ...packed, body: Buffer.from("broken") },
    { body: Buffer.from('{"a":1}') },
    { ...packed, body: deflateSync('{"a":2}') },
  ];
  expect(await offsetsOf("body.json.a == 1", all)).toEqual({ hits: [0, 2], notJudged: [[1, "unpack"]] });
  expect(await offsetsOf("queueOffset >= 0", all)).toEqual({ hits: [0, 1, 2, 3], notJudged: [] });
});

test("a body of 20 MB that comes packed is not judged, and never taken for no match", async () => {
  const all = [{ ...packed, body: deflateSync(Buffer.alloc(20 * 1024 * 1024, "x")) }, { body: Buffer.from("xx") }];
  expect(await offsetsOf('body.text.contains("xx")', all)).toEqual({ hits: [1], notJudged: [[0, "tooLarge"]] });
});

test("long JSON is read too", async () => {
  const long = JSON.stringify({ pad: "x".repeat(200_000), id: 7 });
  const all = [{ body: Buffer.from(long) }, { ...packed, body: deflateSync(long) }];
  expect((await offsetsOf("body.json.id == 7", all)).hits).toEqual([0, 1]);
});

test("a pattern that would take for ever on one text holds nobody up, and the others are judged", async () => {
  const bad = { body: Buffer.from(`${"a".repeat(60)}!`) };
  const all = [{ body: Buffer.from("aaa") }, bad, { body: Buffer.from("aa") }];
  expect(await offsetsOf('body.text.matches("^(a+)+$")', all)).toEqual({ hits: [0, 2], notJudged: [[1, "tooLong"]] });
});

test("an expression that takes too long again and again ends the scan", async () => {
  const bad = { body: Buffer.from(`${"a".repeat(60)}!`) };
  const judging = judgeOf('body.text.matches("^(a+)+$")').judge(messagesOf([bad, bad, bad, bad]));
  await expect(judging).rejects.toMatchObject({ code: "SCAN_TOO_COSTLY" });
});
