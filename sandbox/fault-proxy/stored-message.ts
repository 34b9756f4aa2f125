const MAGIC = 0xda_a3_20_a7;

export const COMPRESSED = 0x1;
export const LZ4 = 0x1_00;
export const ZSTD = 0x2_00;
export const ZLIB = 0x3_00;
/** A batch whose messages lie in the body of one record. */
export const INNER_BATCH = 0x80 | 0x40;

export interface StoredMessageParts {
  topic: string;
  queueOffset?: bigint;
  sysFlag?: number;
  body?: Buffer;
  properties?: Buffer | string;
  storedAt?: bigint;
}

const int = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
const long = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const short = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
const host = Buffer.concat([Buffer.from([127, 0, 0, 1]), int(1234)]);

/** A record of a commit log. Layout: MessageDecoder.java. */
export function storedMessage(parts: StoredMessageParts): Buffer {
  const { queueOffset = 0n, sysFlag = 0, body = Buffer.from("hello"), storedAt = 1_700_000_000_000n } = parts;
  const topic = Buffer.from(parts.topic);
  const properties = Buffer.from(parts.properties ?? "");
  const rest = Buffer.concat([
    int(MAGIC),
    int(0), // CRC of the body
    int(0), // queue
    int(0), // flag
    long(queueOffset),
    long(queueOffset * 100n), // place in the commit log
    int(sysFlag),
    long(storedAt), // born
    host,
    long(storedAt),
    host,
    int(0), // times consumed again
    long(0n), // prepared transaction
    int(body.length),
    body,
    Buffer.from([topic.length]),
    topic,
    short(properties.length),
    properties,
  ]);
  return Buffer.concat([int(4 + rest.length), rest]);
}
