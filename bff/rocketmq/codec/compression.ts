import { promisify } from "node:util";
import { deflate, inflateSync } from "node:zlib";
import { Decompress } from "fzstd";
import { RocketMQError } from "../errors.ts";
import { decompressLz4Frame } from "./lz4.ts";
import { SysFlag } from "./sys-flag.ts";

/** Largest body that is decompressed, in bytes; above it a body counts as unreadable, so that a small message cannot fill the memory. */
export const MAX_DECOMPRESSED = 10 * 1024 * 1024;

const ZSTD_WINDOW_LIMIT = 64 * 1024 * 1024;
const PIECE = 16 * 1024;

/** How a body was compressed. */
export type CompressionType = "zlib" | "lz4" | "zstd";

/** The compression that a message's sysFlag names; undefined when the body is not compressed. Brokers and clients of 4.x write no type and mean zlib. */
export function compressionOf(sysFlag: number): CompressionType | undefined {
  if (!(sysFlag & SysFlag.COMPRESSED)) return undefined;
  const type = sysFlag & SysFlag.COMPRESSION_MASK;
  if (type === SysFlag.COMPRESSION_LZ4) return "lz4";
  return type === SysFlag.COMPRESSION_ZSTD ? "zstd" : "zlib";
}

/** The decoder allocates the frame's window at once, so a frame that asks for a huge one is refused by its header. Source: RFC 8878, 3.1.1.1. */
function zstdWindow(source: Buffer): number {
  const descriptor = source.readUInt8(4);
  if (!(descriptor & 0x20)) {
    const window = source.readUInt8(5);
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const size = descriptor >> 6;
  if (size === 0) return source.readUInt8(at);
  if (size === 1) return source.readUInt16LE(at) + 256;
  return size === 2 ? source.readUInt32LE(at) : Number(source.readBigUInt64LE(at));
}

function decompressZstd(source: Buffer, limit: number): Buffer {
  if (zstdWindow(source) > ZSTD_WINDOW_LIMIT) throw new RangeError("window too large");
  const pieces: Buffer[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > limit) throw new RangeError(`more than ${limit} bytes`);
    pieces.push(Buffer.from(piece));
  });
  for (let at = 0; at < source.length; at += PIECE) {
    stream.push(source.subarray(at, at + PIECE), at + PIECE >= source.length);
  }
  return Buffer.concat(pieces, length);
}

/** Decompresses a body; throws MALFORMED_RESPONSE when it is broken or would pass `limit` bytes. */
export function decompressBody(body: Buffer, type: CompressionType, limit = MAX_DECOMPRESSED): Buffer {
  try {
    if (type === "lz4") return decompressLz4Frame(body, limit);
    if (type === "zstd") return decompressZstd(body, limit);
    return inflateSync(body, { maxOutputLength: limit });
  } catch (cause) {
    throw new RocketMQError("MALFORMED_RESPONSE", `the body cannot be decompressed (${type}): ${String(cause)}`, {
      cause,
    });
  }
}

const deflateAsync = promisify<Buffer, { level: number }, Buffer>(deflate);

/** Compresses a body with zlib at the Java client's level, off the main thread; every broker and client since 3.x reads it. */
export function compressZlib(body: Buffer): Promise<Buffer> {
  return deflateAsync(body, { level: 5 });
}
