import { constants, createGunzip, createInflate } from "node:zlib";
import type { BodyHead } from "#contract/message.ts";
import { beginningOfPieces, unpackBody } from "../../rocketmq/codec/compression.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { packingOf } from "./body-preview.ts";

/** Of a body that a list shows. */
const HEAD_BYTES = 1024;
/** Most that is read for it of what is packed with zlib or gzip. */
const PACKED_BYTES = 16 * HEAD_BYTES;
/** A body in a format that is only unpacked whole is left to its own page above this. */
const WHOLE_MAX = 64 * 1024;

/** The first bytes of what was packed; no more of it is unpacked, however small a body makes how much. Throws where all of it is there and does not end. */
function inflatedHead(packed: Buffer, format: "gzip" | "zlib"): Promise<Buffer> {
  const inflate = format === "gzip" ? createGunzip : createInflate;
  const finishFlush = packed.length > PACKED_BYTES ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const stream = inflate({ chunkSize: HEAD_BYTES, finishFlush });
  stream.end(packed.subarray(0, PACKED_BYTES));
  return beginningOfPieces(stream as AsyncIterable<Buffer>, HEAD_BYTES);
}

type Stored = Pick<StoredMessage, "compression" | "storedBody">;

async function producerBytes({ compression, storedBody }: Stored): Promise<Buffer> {
  if (compression === undefined) return storedBody;
  if (compression === "zlib") return inflatedHead(storedBody, "zlib");
  return unpackBody(storedBody, compression, WHOLE_MAX);
}

/** The beginning of a body, of what the application packed into it where it did; null where it is too costly, or cannot be unpacked. */
export async function headOf(message: Stored): Promise<BodyHead | null> {
  try {
    const bytes = await producerBytes(message);
    const packing = packingOf(bytes);
    const inner = packing && (await inflatedHead(bytes, packing).catch(() => undefined));
    // What begins as if it was packed and gives nothing was not.
    const read = inner !== undefined && inner.length > 0 ? inner : bytes;
    // What was inflated fills the head where there is more.
    return { base64: read.subarray(0, HEAD_BYTES).toString("base64"), cut: read.length >= HEAD_BYTES };
  } catch {
    return null;
  }
}
