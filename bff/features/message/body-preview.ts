import { promisify } from "node:util";
import { gunzip, inflate, type InputType, type ZlibOptions } from "node:zlib";
import type { MessageBody } from "#contract/message.ts";
import { MAX_DECOMPRESSED } from "../../rocketmq/codec/compression.ts";

/** Most of a body that a page gets; the rest is in the download. */
export const PREVIEW_BYTES = 256 * 1024;

type Unpack = (packed: InputType, options: ZlibOptions) => Promise<Buffer>;
const unpackers: Record<"gzip" | "zlib", Unpack> = { gzip: promisify(gunzip), zlib: promisify(inflate) };

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
  truncated: bytes.length > PREVIEW_BYTES,
});

async function unpacked(body: Buffer): Promise<MessageBody["unpacked"]> {
  const format = packingOf(body);
  if (format === undefined) return null;
  try {
    return { format, ...preview(await unpackers[format](body, { maxOutputLength: MAX_DECOMPRESSED })) };
  } catch {
    // The bytes only look packed, or there is too much in them.
    return null;
  }
}

/** The beginning of a body, and of what an application packed into it. */
export async function previewBody(body: Buffer): Promise<MessageBody> {
  return { ...preview(body), unpacked: await unpacked(body) };
}
