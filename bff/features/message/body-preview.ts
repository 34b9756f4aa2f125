import { promisify } from "node:util";
import { createGunzip, createInflate, gunzip, inflate } from "node:zlib";
import type { MessageBody } from "#contract/message.ts";
import { beginningOfPieces, MAX_DECOMPRESSED } from "../../rocketmq/codec/compression.ts";

const TOO_LARGE = "ERR_BUFFER_TOO_LARGE";

/** Most of a body that a page gets; the rest is in the download. */
export const PREVIEW_BYTES = 256 * 1024;

const whole = { gzip: promisify(gunzip), zlib: promisify(inflate) };
const pieces = { gzip: createGunzip, zlib: createInflate };

/** Packing that the first bytes claim. */
export function packingOf(body: Buffer): "gzip" | "zlib" | undefined {
  if (body.length < 3) return undefined;
  const head = body.readUInt16BE(0);
  if (head === 0x1f8b) return "gzip";
  return body[0] === 0x78 && head % 31 === 0 ? "zlib" : undefined;
}

const preview = (bytes: Buffer) => ({
  base64: bytes.subarray(0, PREVIEW_BYTES).toString("base64"),
  size: bytes.length,
  isLarger: false,
  truncated: bytes.length > PREVIEW_BYTES,
});

/** Of what is too large to be unpacked as a whole. */
const beginning = async (pieces: AsyncIterable<Buffer>) => ({
  base64: (await beginningOfPieces(pieces, PREVIEW_BYTES)).toString("base64"),
  size: MAX_DECOMPRESSED,
  isLarger: true,
  truncated: true,
});

const isTooLarge = (error: unknown) => error instanceof RangeError && "code" in error && error.code === TOO_LARGE;

async function unpacked(body: Buffer): Promise<MessageBody["unpacked"]> {
  const format = packingOf(body);
  if (format === undefined) return null;
  try {
    return { format, ...preview(await whole[format](body, { maxOutputLength: MAX_DECOMPRESSED })) };
  } catch (error) {
    // Else the bytes only look packed.
    return isTooLarge(error) ? { format, ...(await beginning(pieces[format]().end(body))) } : null;
  }
}

/** The beginning of a body, and of what an application packed into it. */
export async function previewBody(body: Buffer): Promise<MessageBody> {
  return { ...preview(body), unpacked: await unpacked(body) };
}

/** The beginning of a body that would be too large once it is unpacked. */
export async function previewPieces(body: AsyncIterable<Buffer>): Promise<MessageBody> {
  return { ...(await beginning(body)), unpacked: null };
}
