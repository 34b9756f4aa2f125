import { RocketMQError } from "../errors.ts";
import { Slices } from "../slices.ts";
import type { InnerRecord, StoredMessage } from "./stored-message.ts";

/** Of all batches in one answer: a body of a megabyte may hold hundreds of thousands of empty records. */
const RECORDS_MAX = 65_536;
const UNPACKED_MAX = 64 * 1024 * 1024;
/** Lengths, magic, checksum and flag of a record. */
const SMALLEST = 22;

const malformed = (why: string) => new RocketMQError("MALFORMED_RESPONSE", `inner batch: ${why}`);

/** Reads client-side records: {totalLength, magic, crc, flag, bodyLength (int32 each), body, propertiesLength (int16), properties}. */
function* records(bytes: Buffer): Generator<InnerRecord> {
  for (let at = 0; at < bytes.length;) {
    const room = bytes.length - at;
    const total = room < SMALLEST ? 0 : bytes.readInt32BE(at);
    const bodyLength = total < SMALLEST || total > room ? -1 : bytes.readInt32BE(at + 16);
    if (bodyLength < 0 || bodyLength > total - SMALLEST) throw malformed("a broken record");
    const propertiesAt = at + 20 + bodyLength;
    const propertiesLength = bytes.readUInt16BE(propertiesAt);
    if (propertiesLength > total - SMALLEST - bodyLength) throw malformed("a broken record");
    yield {
      flag: bytes.readInt32BE(at + 12),
      body: { bytes, start: at + 20, length: bodyLength },
      properties: { bytes, start: propertiesAt + 2, length: propertiesLength },
    };
    at += total;
  }
}

/** How many records there are, as far as their lengths tell. */
function countOf(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at + SMALLEST <= bytes.length; at += Math.max(SMALLEST, bytes.readInt32BE(at))) count += 1;
  return count;
}

/** The messages of one answer with those of inner batches in their place. Throws MALFORMED_RESPONSE when a batch is broken, or there is too much in them together. */
export async function unwrapAll(messages: readonly StoredMessage[]): Promise<readonly StoredMessage[]> {
  if (!messages.some(({ isInnerBatch }) => isInnerBatch)) return messages;
  const slices = new Slices();
  const unwrapped: StoredMessage[] = [];
  let unpacked = 0;
  for (const message of messages) {
    if (!message.isInnerBatch) {
      unwrapped.push(message);
      continue;
    }
    const body = await message.unpackedBody();
    unpacked += body.length;
    if (unpacked > UNPACKED_MAX) throw malformed(`more than ${UNPACKED_MAX} bytes in one answer`);
    if (unwrapped.length + countOf(body) > RECORDS_MAX)
      throw malformed(`more than ${RECORDS_MAX} messages in one answer`);
    let index = 0;
    for (const record of records(body)) {
      unwrapped.push(message.innerMessage(record, index++));
      if (index % 1024 === 0) await slices.pause();
    }
    await slices.pause();
  }
  return unwrapped;
}
