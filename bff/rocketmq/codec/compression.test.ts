import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RocketMQError } from "../errors.ts";
import {
  beginningOfPieces,
  BodyTooLarge,
  compressionOf,
  compressZlib,
  unpackBody,
  unpackInPieces,
  type CompressionType,
} from "./compression.ts";
import { decodeMessages } from "./stored-message.ts";

const fixtures = JSON.parse(readFileSync(new URL("fixtures/stored-messages.json", import.meta.url), "utf8")) as {
  name: string;
  base64: string;
  expected: { body: string }[];
}[];

function javaCompressed(type: CompressionType): { stored: Buffer; plain: Buffer } {
  const fixture = fixtures.find(({ name }) => name === type);
  const [message] = decodeMessages(Buffer.from(fixture?.base64 ?? "", "base64")).messages;
  return { stored: message?.storedBody ?? Buffer.alloc(0), plain: Buffer.from(fixture?.expected[0]?.body ?? "") };
}

/** 100 MB of zeros as one run in each block: 4 bytes a block. */
function zstdBomb(): Buffer {
  const head = Buffer.from("28b52ffd0050", "hex");
  const block = Buffer.from([((131_072 << 3) | 2) & 255, ((131_072 << 3) >> 8) & 255, (131_072 << 3) >> 16, 0]);
  const last = Buffer.from(block);
  last[0] = (last[0] ?? 0) | 1;
  return Buffer.concat([head, ...Array.from({ length: 799 }, () => block), last]);
}

/** A frame that asks for so large a window, with raw blocks of one byte. */
function zstdFrame(windowDescriptor: number, blocks: number): Buffer {
  const block = Buffer.from([1 << 3, 0, 0, 120]);
  const last = Buffer.from([(1 << 3) | 1, 0, 0, 120]);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, windowDescriptor]);
  return Buffer.concat([head, ...Array.from({ length: blocks - 1 }, () => block), last]);
}
const SMALL_WINDOW = 0;
const WINDOW_64_MIB = 16 << 3;
const WINDOW_1_GIB = 20 << 3;

/** A match of 100 MB over one byte. */
function lz4Bomb(): Buffer {
  const block = Buffer.concat([Buffer.from([0x1f, 65, 1, 0]), Buffer.alloc(400_000, 255), Buffer.from([0])]);
  const head = Buffer.from("04224d18604082", "hex");
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  return Buffer.concat([head, size, block, Buffer.alloc(4)]);
}

describe.each<CompressionType>(["zlib", "lz4", "zstd"])("a body that Java compressed by %s", (type) => {
  const { stored, plain } = javaCompressed(type);

  it("is read", async () => {
    expect(await unpackBody(stored, type)).toEqual(plain);
  });

  it("is refused or whole wherever it is cut: a closing mark or checksum may be missing", async () => {
    const outcomes = Array.from({ length: stored.length }, async (_, cut) => {
      try {
        return (await unpackBody(stored.subarray(0, cut), type)).equals(plain);
      } catch (error) {
        return error instanceof RocketMQError;
      }
    });
    expect((await Promise.all(outcomes)).every(Boolean)).toBe(true);
  });

  it("is refused above the limit, as too large and not as broken", async () => {
    const refused = expect(unpackBody(stored, type, plain.length - 1)).rejects;
    await refused.toBeInstanceOf(BodyTooLarge);
    await refused.toMatchObject({ code: "MALFORMED_RESPONSE" });
    await expect(unpackBody(stored.subarray(0, stored.length / 2), type)).rejects.not.toBeInstanceOf(BodyTooLarge);
    expect(await unpackBody(stored, type, plain.length)).toEqual(plain);
  });

  it("is read in pieces, too, and its beginning without the rest", async () => {
    expect(await beginningOfPieces(unpackInPieces(stored, type), Infinity)).toEqual(plain);
    expect(await beginningOfPieces(unpackInPieces(stored, type), 7)).toEqual(plain.subarray(0, 7));
    const limited = beginningOfPieces(unpackInPieces(stored, type, plain.length - 1), Infinity);
    await expect(limited).rejects.toBeInstanceOf(BodyTooLarge);
  });

  it("never gives anything but bytes or a refusal, whatever byte is wrong", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.length - 1), fc.nat(255), async (at, value) => {
        const bytes = Buffer.from(stored);
        bytes[at] = value;
        try {
          await unpackBody(bytes, type);
        } catch (error) {
          expect(error).toMatchObject({ code: "MALFORMED_RESPONSE" });
        }
      }),
    );
  });
});

it.each([
  ["zlib", deflateSync(Buffer.alloc(100 * 1024 * 1024))],
  ["lz4", lz4Bomb()],
  ["zstd", zstdBomb()],
] as const)("a %s bomb is refused as a whole", async (type, bomb) => {
  await expect(unpackBody(bomb, type)).rejects.toBeInstanceOf(BodyTooLarge);
});

it.each([
  ["zlib", deflateSync(Buffer.alloc(100 * 1024 * 1024))],
  ["zstd", zstdBomb()],
] as const)("a %s bomb comes in pieces that take no room together", async (type, bomb) => {
  const before = process.memoryUsage().arrayBuffers;
  let length = 0;
  let most = 0;
  for await (const piece of unpackInPieces(bomb, type)) {
    length += piece.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(length).toBeGreaterThanOrEqual(100 * 1024 * 1024);
  expect(most).toBeLessThan(64 * 1024 * 1024);
});

it("an LZ4 frame of many blocks comes block by block, though each refers to the one before", async () => {
  // A block of 32 kB of text, then blocks that are one match over it and five bytes to end with.
  const text = randomBytes(32_768).toString("latin1").slice(0, 32_768);
  const first = Buffer.from(text, "latin1");
  const sizeOf = (length: number, stored = false) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(stored ? (length | 0x8000_0000) >>> 0 : length);
    return size;
  };
  const more = 32_768 - 5 - 4 - 15;
  const extended = Buffer.concat([Buffer.alloc(Math.floor(more / 255), 255), Buffer.from([more % 255])]);
  const again = (at: number) =>
    Buffer.concat([Buffer.from([0x0f, 0x00, 0x80]), extended, Buffer.from([0x50]), first.subarray(at, at + 5)]);
  const block = again(32_763);
  const blocks = Array.from({ length: 40 }, () => Buffer.concat([sizeOf(block.length), block]));
  const frame = Buffer.concat([
    Buffer.from("04224d18404082", "hex"),
    sizeOf(first.length, true),
    first,
    ...blocks,
    Buffer.alloc(4),
  ]);
  const pieces: Buffer[] = [];
  for await (const piece of unpackInPieces(frame, "lz4")) pieces.push(piece);
  expect(pieces).toHaveLength(41);
  for (const piece of pieces) expect(piece.equals(first)).toBe(true);
  expect((await unpackBody(frame, "lz4")).length).toBe(41 * 32_768);
});

it("what the producer compresses is read again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      expect(await unpackBody(await compressZlib(Buffer.from(bytes)), "zlib")).toEqual(Buffer.from(bytes));
    }),
  );
});

it("the type is read from the flags, and zlib where none is written", () => {
  expect([0, 0x1, 0x101, 0x201, 0x301, 0x300].map(compressionOf)).toEqual([
    undefined,
    "zlib",
    "lz4",
    "zstd",
    "zlib",
    undefined,
  ]);
});

describe("a zstd body that would cost much to read", () => {
  const refused = async (body: Buffer) => {
    const before = process.cpuUsage();
    await expect(unpackBody(body, "zstd")).rejects.toMatchObject({ code: "MALFORMED_RESPONSE" });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000, "ms of processor time").toBeLessThan(1000);
  };

  it("is read when it is cheap", async () => {
    expect((await unpackBody(zstdFrame(SMALL_WINDOW, 300), "zstd")).toString()).toBe("x".repeat(300));
  });

  it("is refused when a further or a skipped frame comes: its window would be looked at by nobody", async () => {
    await refused(Buffer.concat([zstdFrame(SMALL_WINDOW, 1), zstdFrame(WINDOW_1_GIB, 1)]));
    await refused(Buffer.concat([Buffer.from("502a4d1804000000ffffffff", "hex"), zstdFrame(WINDOW_1_GIB, 1)]));
  });

  it("is refused when its window would be moved for each of many tiny blocks", async () => {
    await refused(zstdFrame(WINDOW_64_MIB, 500_000));
    await refused(zstdFrame(SMALL_WINDOW, 1_000_000));
  });

  it("does not hold up others when it takes long", async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const body = await unpackBody(zstdFrame(WINDOW_64_MIB, 400), "zstd");
    clearInterval(counting);
    expect(body.toString()).toBe("x".repeat(400));
    expect(turns).toBeGreaterThan(5);
  });

  it("takes no more room than what may come out, however wide a window it asks for", async () => {
    const before = process.memoryUsage().arrayBuffers;
    const body = await unpackBody(zstdFrame(WINDOW_1_GIB, 8), "zstd");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 ** 2);
    expect(body.toString()).toBe("x".repeat(8));
  });
});
