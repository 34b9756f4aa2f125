import { promisify } from "node:util";
import { createInflate, deflate, inflate } from "node:zlib";
import { Decompress } from "fzstd";
import pLimit from "p-limit";
import { RocketMQError } from "../errors.ts";
import { Slices } from "../slices.ts";
import { lz4Blocks } from "./lz4.ts";
import { SysFlag } from "./sys-flag.ts";
import { TooMuch } from "./too-much.ts";

/** Largest body that is decompressed as a whole, in bytes, so that a small message cannot fill the memory. */
export const MAX_DECOMPRESSED = 10 * 1024 * 1024;

/** Most that is decompressed piece by piece. */
const MAX_IN_PIECES = 256 * 1024 * 1024;

/** A body that would pass a limit once it is unpacked; its bytes may be in order. */
export class BodyTooLarge extends RocketMQError {}

const ZSTD_MAGIC = 0xfd2fb528;
/** Block type of one byte that is repeated. */
const ZSTD_RUN = 1;
const ZSTD_LEAST_WINDOW_LOG = 10;
/** Writers make a block of some 128 KiB. */
const ZSTD_BLOCKS_MAX = 65_536;
/** Bytes of window that the decoder may move in all: about a second. */
const ZSTD_MOVED_MAX = 8 * 1024 ** 3;

/** How a body was compressed. */
export type CompressionType = "zlib" | "lz4" | "zstd";

/** The compression that a message's sysFlag names; undefined when the body is not compressed. Brokers and clients of 4.x write no type and mean zlib. */
export function compressionOf(sysFlag: number): CompressionType | undefined {
  if (!(sysFlag & SysFlag.COMPRESSED)) return undefined;
  const type = sysFlag & SysFlag.COMPRESSION_MASK;
  if (type === SysFlag.COMPRESSION_LZ4) return "lz4";
  return type === SysFlag.COMPRESSION_ZSTD ? "zstd" : "zlib";
}

/**
 * Window and header length of the frame. The decoder allocates the window at once and moves it for each block, so one that is wider than
 * all that may come out is made narrower in `source`: no match reaches beyond what is there. Source: RFC 8878, 3.1.1.1.
 */
function narrowZstdHeader(source: Buffer, limit: number): { window: number; length: number } {
  if (source.readUInt32LE(0) !== ZSTD_MAGIC) throw new RangeError("no zstd frame");
  const descriptor = source.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  const sizeAt = (single ? 5 : 6) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const sizeFlag = descriptor >> 6;
  const length = sizeAt + ([single ? 1 : 0, 2, 4, 8][sizeFlag] ?? 0);
  if (!single) {
    const widest = Math.ceil(Math.log2(limit)) - ZSTD_LEAST_WINDOW_LOG;
    if (source.readUInt8(5) >> 3 >= widest) source.writeUInt8(widest << 3, 5);
    const window = source.readUInt8(5);
    const base = 2 ** (ZSTD_LEAST_WINDOW_LOG + (window >> 3));
    return { window: base + (base / 8) * (window & 7), length };
  }
  if (sizeFlag === 0) return { window: source.readUInt8(sizeAt), length };
  if (sizeFlag === 1) return { window: source.readUInt16LE(sizeAt) + 256, length };
  const window = sizeFlag === 2 ? source.readUInt32LE(sizeAt) : Number(source.readBigUInt64LE(sizeAt));
  return { window, length };
}

/**
 * Where each block of the frame ends. Refuses by its headers alone what would cost much: the decoder moves the whole window for each block,
 * and looks at no limit.
 */
function cheapZstdBlocks(source: Buffer, limit: number): number[] {
  const { window, length } = narrowZstdHeader(source, limit);
  if (window > 2 * Math.min(limit, MAX_DECOMPRESSED)) throw new TooMuch("too wide a window");
  const most = Math.min(ZSTD_BLOCKS_MAX, ZSTD_MOVED_MAX / window);
  const ends: number[] = [];
  let at = length;
  for (let last = false; !last;) {
    if (ends.length >= most) throw new TooMuch("too many blocks");
    const block = source.readUIntLE(at, 3);
    last = (block & 1) !== 0;
    at += 3 + (((block >> 1) & 3) === ZSTD_RUN ? 1 : block >> 3);
    ends.push(at);
  }
  const checksum = source.readUInt8(4) & 0x04 ? 4 : 0;
  if (at + checksum < source.length) throw new RangeError("more than one frame");
  return ends;
}

/** Block by block, since one body may take most of a second. */
async function* zstdBlocks(body: Buffer, limit: number): AsyncGenerator<Buffer, void> {
  const source = Buffer.from(body);
  const ends = cheapZstdBlocks(source, limit);
  const slices = new Slices();
  let pieces: Buffer[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > limit) throw new TooMuch(`more than ${limit} bytes`);
    pieces.push(Buffer.from(piece));
  });
  let at = 0;
  for (const end of ends) {
    const last = end === ends.at(-1);
    stream.push(source.subarray(at, last ? source.length : end), last);
    at = end;
    yield* pieces;
    pieces = [];
    await slices.pause();
  }
}

async function* inflated(body: Buffer, limit: number): AsyncGenerator<Buffer, void> {
  const stream = createInflate();
  stream.end(body);
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > limit) throw new TooMuch(`more than ${limit} bytes`);
    yield piece;
  }
}

const inPieces = { zlib: inflated, lz4: lz4Blocks, zstd: zstdBlocks };

const isTooMuch = (cause: unknown) =>
  cause instanceof TooMuch || (cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");

function refusal(type: CompressionType, cause: unknown): RocketMQError {
  const why = `the body cannot be decompressed (${type}): ${String(cause)}`;
  return new (isTooMuch(cause) ? BodyTooLarge : RocketMQError)("MALFORMED_RESPONSE", why, { cause });
}

/** A body piece by piece, of which only one, and what the next may refer to, is in memory. Throws as `unpackBody` does. */
export async function* unpackInPieces(
  body: Buffer,
  type: CompressionType,
  limit = MAX_IN_PIECES,
): AsyncGenerator<Buffer, void> {
  const slices = new Slices();
  try {
    for await (const piece of inPieces[type](body, limit)) {
      yield piece;
      await slices.pause();
    }
  } catch (cause) {
    throw refusal(type, cause);
  }
}

/** The first bytes of what comes in pieces; no more is asked for. */
export async function beginningOfPieces(pieces: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const taken: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    taken.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return Buffer.concat(taken).subarray(0, most);
}

const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);
/** Each takes its window. */
const oneZstd = pLimit(1);

/** Unpacks a body without holding up others; throws MALFORMED_RESPONSE when it is broken, as BodyTooLarge when it would pass `limit` bytes. */
export async function unpackBody(body: Buffer, type: CompressionType, limit = MAX_DECOMPRESSED): Promise<Buffer> {
  try {
    if (type === "lz4") return Buffer.concat([...lz4Blocks(body, limit)]);
    if (type === "zstd") return await oneZstd(() => beginningOfPieces(zstdBlocks(body, limit), Infinity));
    return await inflateAsync(body, { maxOutputLength: limit });
  } catch (cause) {
    throw refusal(type, cause);
  }
}

const deflateAsync = promisify<Buffer, { level: number }, Buffer>(deflate);

/** Compresses a body with zlib at the Java client's level, off the main thread; every broker and client since 3.x reads it. */
export function compressZlib(body: Buffer): Promise<Buffer> {
  return deflateAsync(body, { level: 5 });
}
