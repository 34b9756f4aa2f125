import { deflateRawSync, constants, deflateSync } from "node:zlib";
import { keyed, pulled } from "../good-answers.ts";
import type { Scenario } from "../scripted-broker.ts";
import type { Answer } from "../answer.ts";
import { COMPRESSED, INNER_BATCH, LZ4, storedMessage, ZLIB, ZSTD, type StoredMessageParts } from "../stored-message.ts";

const GB = 1e9;
const PIECE = 1 << 20;
const ADLER = 65_521;

const repeated = (count: number, bytes: Buffer) => Buffer.concat(Array.from({ length: count }, () => bytes));

/** The raw deflate stream of about so many zeros: pieces that end at a byte and refer to nothing before them. */
function deflated(total: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(PIECE), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([repeated(Math.ceil(total / PIECE), piece), deflateRawSync(Buffer.alloc(0))]);
}

function zlibBomb(total: number): Buffer {
  const size = Math.ceil(total / PIECE) * PIECE;
  const adler = Buffer.alloc(4);
  adler.writeUInt32BE((size % ADLER) * 0x1_0000 + 1);
  return Buffer.concat([Buffer.from([0x78, 0xda]), deflated(total), adler]);
}

const gzipBomb = (total: number) =>
  Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]), deflated(total), Buffer.alloc(8)]);

/** One LZ4 frame of blocks of 4 MB zeros. */
function lz4Bomb(total: number): Buffer {
  const size = 4 * PIECE;
  const rest = size - 1 - 4 - 15 - 5;
  const lengths = [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
  const block = Buffer.from([0x1f, 0, 1, 0, ...lengths, 0x50, 0, 0, 0, 0, 0]);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(block.length);
  const blocks = repeated(Math.ceil(total / size), Buffer.concat([prefix, block]));
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]), blocks, Buffer.alloc(4)]);
}

/** A zstd frame of blocks that each repeat one byte `size` times; its window is 2^windowLog. */
function zstdBomb(windowLog: number, blocks: number, size: number): Buffer {
  const headers = Array.from({ length: blocks }, (_, n) => {
    const header = (size << 3) | (1 << 1) | (n === blocks - 1 ? 1 : 0);
    return Buffer.from([header & 255, (header >> 8) & 255, (header >> 16) & 255, 0]);
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3]), ...headers]);
}

/** Every message of every queue and every key has this body and so on. */
function everyMessage(make: () => Omit<StoredMessageParts, "topic">): Scenario {
  return () => {
    let made: Omit<StoredMessageParts, "topic"> | undefined;
    const parts = () => (made ??= make());
    return {
      answers: {
        11: pulled(1, (topic, queueOffset) => storedMessage({ ...parts(), topic, queueOffset })),
        12: ({ ext }) => ({
          body: storedMessage({ properties: keyed(ext["key"]), ...parts(), topic: ext["topic"] ?? "t" }),
        }),
        33: () => ({ body: storedMessage({ ...parts(), topic: "t" }) }),
      },
    };
  };
}

/** So many of these messages at once, whatever was asked for. */
function tooMany(count: number, make: () => Omit<StoredMessageParts, "topic">): Scenario {
  return () => {
    let made: Omit<StoredMessageParts, "topic"> | undefined;
    const all = (topic: string, more: Partial<StoredMessageParts>) =>
      repeated(count, storedMessage({ ...(made ??= make()), ...more, topic }));
    return {
      answers: {
        11: pulled(1, (topic, queueOffset) => all(topic, { queueOffset })),
        12: ({ ext }) => ({ body: all(ext["topic"] ?? "t", { properties: keyed(ext["key"]) }) }),
        33: () => ({ body: all("t", {}) }),
      },
    };
  };
}

/** A record of nothing but its length: the smallest in an inner batch. */
function innerRecords(count: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeInt32BE(record.length, 0);
  return deflateSync(repeated(count, record), { level: 9 });
}

const batch = COMPRESSED | ZLIB | INNER_BATCH;

const pulling =
  (answer: Answer): Scenario =>
  () => ({
    answers: { 11: answer, 30: () => ({ ext: { offset: "9223372036854775000" } }) },
  });

/** Nothing found, and another place to go on at. */
const onwards = (next: (at: bigint) => bigint): Scenario =>
  pulling(({ ext }) => ({
    code: 20,
    ext: {
      nextBeginOffset: String(next(BigInt(ext["queueOffset"] ?? 0))),
      minOffset: "0",
      maxOffset: "9223372036854775807",
    },
  }));

function brokenRecord(break_: (record: Buffer) => void): Scenario {
  const broken = (topic: string, queueOffset: bigint) => {
    const record = storedMessage({ topic, queueOffset, properties: "KEYS\u0001k\u0002" });
    break_(record);
    return record;
  };
  return () => ({
    answers: {
      11: pulled(1, broken),
      12: ({ ext }) => ({ body: broken(ext["topic"] ?? "t", 0n) }),
      33: () => ({ body: broken("t", 0n) }),
    },
  });
}

const AT_BODY_LENGTH = 84;

/** Bodies that unpack to far more than they are, batches, and messages that nobody asked for. */
export const messageScenarios: Readonly<Record<string, Scenario>> = {
  "a zlib body of 1 GB": everyMessage(() => ({ body: zlibBomb(GB), sysFlag: COMPRESSED })),
  "an LZ4 body of 1 GB": everyMessage(() => ({ body: lz4Bomb(GB), sysFlag: COMPRESSED | LZ4 })),
  "a zstd body of 1 GB": everyMessage(() => ({ body: zstdBomb(17, 8000, 131_072), sysFlag: COMPRESSED | ZSTD })),
  "a zstd body with a window of 64 MB": everyMessage(() => ({
    body: zstdBomb(26, 128, 80_000),
    sysFlag: COMPRESSED | ZSTD,
  })),
  "a zstd body of 60,000 blocks": everyMessage(() => ({ body: zstdBomb(17, 60_000, 1), sysFlag: COMPRESSED | ZSTD })),
  "a gzip body of 1 GB": everyMessage(() => ({ body: gzipBomb(GB) })),
  "300 inner batches of 10 MB each": tooMany(300, () => ({ body: zlibBomb(9 * PIECE), sysFlag: batch })),
  "8 inner batches of 450,000 records each": tooMany(8, () => ({ body: innerRecords(450_000), sysFlag: batch })),
  "an inner batch of 1 GB": everyMessage(() => ({ body: zlibBomb(GB), sysFlag: batch })),
  "an inner batch with a record of negative length": everyMessage(() => ({
    body: deflateSync(Buffer.alloc(64, 0xff)),
    sysFlag: batch,
  })),
  "200,000 messages where 64 were asked for": tooMany(200_000, () => ({ body: Buffer.alloc(0) })),
  "60,000 empty properties in each message": tooMany(200, () => ({ properties: Buffer.alloc(60_000, 2) })),
  "60,000 names without a value in each message": everyMessage(() => ({ properties: Buffer.alloc(60_000, 1) })),
  "20,000 keys of a message": everyMessage(() => ({ properties: `KEYS\u0001${"k ".repeat(20_000)}\u0002` })),
  "a body of 40 MB": everyMessage(() => ({ body: Buffer.alloc(40e6, "x") })),
  "a body of 40 MB of nested JSON": everyMessage(() => ({ body: Buffer.alloc(40e6, "[") })),
  "a queue that goes on for ever": onwards((at) => at + 1n),
  "a queue that goes back": onwards((at) => at - 1n),
  "a queue that stays": onwards((at) => at),
  "a queue that leaps beyond a long": onwards(() => 99_999_999_999_999_999_999_999_999n),
  "a record that claims 2 GB": brokenRecord((record) => void record.writeInt32BE(0x7fff_ffff, 0)),
  "a record of negative length": brokenRecord((record) => void record.writeInt32BE(-1, 0)),
  "a record of no length": brokenRecord((record) => void record.writeInt32BE(0, 0)),
  "a record with a body of negative length": brokenRecord((record) => void record.writeInt32BE(-5, AT_BODY_LENGTH)),
  "a record with a body of 2 GB": brokenRecord((record) => void record.writeInt32BE(0x7fff_ffff, AT_BODY_LENGTH)),
  "a record of an unknown kind": brokenRecord((record) => void record.writeInt32BE(1, 4)),
};
