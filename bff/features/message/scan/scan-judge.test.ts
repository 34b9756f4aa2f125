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

test("JSON that passes a limit is told, and not taken for no match", async () => {
  const deep = (depth: number) => Buffer.from(`{"c":"yes","d":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  const many = Buffer.from(`{"c":"yes","d":[${"1,".repeat(262_144)}1]}`);
  const all = [{ body: deep(60) }, { body: deep(70) }, { ...packed, body: deflateSync(deep(70)) }, { body: many }];
  expect(await offsetsOf('body.json.c == "yes"', all)).toEqual({
    hits: [0],
    notJudged: [
      [1, "tooLarge"],
      [2, "tooLarge"],
      [3, "tooLarge"],
    ],
  });
  expect(await offsetsOf("!has(body.json.c)", [{ body: deep(70) }, { body: Buffer.from("[1") }])).toEqual({
    hits: [],
    notJudged: [[0, "tooLarge"]],
  });
});

test("a byte order mark before JSON is none of it", async () => {
  const long = JSON.stringify({ c: "yes", pad: "x".repeat(100_000) });
  const all = ['{"c":"yes"}', long, "\uFEFF"].map((json) => ({ body: Buffer.from(`\uFEFF${json}`) }));
  expect((await offsetsOf('body.json.c == "yes"', all)).hits).toEqual([0, 1]);
});

test("names that the evaluator has a meaning for are names, in long JSON too", async () => {
  const long = JSON.stringify({ constructor: { x: 1 }, pad: [{ a: "x".repeat(100_000) }] });
  expect((await offsetsOf("body.json.constructor.x == 1", [{ body: Buffer.from(long) }])).hits).toEqual([0]);
});

const LARGEST = 1024 * 1024;

test("a body over 1 MiB is not looked into", async () => {
  const all = [{ body: Buffer.alloc(LARGEST, "a") }, { body: Buffer.alloc(LARGEST + 1, "a") }];
  expect(await offsetsOf('body.text.contains("aaa")', all)).toEqual({ hits: [0], notJudged: [[1, "tooLarge"]] });
  expect((await offsetsOf("size > 3", all)).hits).toEqual([0, 1]);
});

test("a pattern that runs out of room on a text is told, and not taken for no match", async () => {
  const all = [{ body: Buffer.alloc(LARGEST, "a") }, { body: Buffer.from("a") }];
  const expression = `body.text.matches("^${"(".repeat(12)}a${")".repeat(12)}*$")`;
  expect(await offsetsOf(expression, all)).toEqual({ hits: [1], notJudged: [[0, "tooLong"]] });
});

/** Seconds of work, however busy the machine is. */
async function cpuOf(work: Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test.each([
  ["a text that nearly is there everywhere", `body.text.contains("ab${"a".repeat(1950)}")`],
  ["one that begins everywhere", `body.text.contains("${"a".repeat(1900)}b")`],
  ["what each message holds itself", "body.text.contains(body.text.trim() == body.text ? props.sought : tag)"],
  ["many texts one after the other", Array.from({ length: 60 }, (_, n) => `body.text.contains("aa${n}")`).join("||")],
  ["texts made anew again and again", `body.text${".upperAscii().lowerAscii()".repeat(20)}.contains("zz")`],
])("looking for %s holds nobody up for long", async (_, expression) => {
  const properties = `sought\u0001${"a".repeat(30_000)}b\u0002`;
  const one = { body: Buffer.alloc(LARGEST, "a"), properties };
  const messages = messagesOf([one, one]);
  expect(await cpuOf(judgeOf(expression).judge(messages))).toBeLessThan(0.35);
});
