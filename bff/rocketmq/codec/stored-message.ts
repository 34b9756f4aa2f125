import { crc32 } from "node:zlib";
import { RocketMQError } from "../errors.ts";
import { compressionOf, unpackBody, type CompressionType } from "./compression.ts";
import { formatIp } from "./message-id.ts";
import { decodeProperties, MessageConst } from "./properties.ts";
import { TIME_MAX } from "./shape.ts";
import { SysFlag } from "./sys-flag.ts";

const MAGIC_V1 = 0xdaa320a7;
const MAGIC_V2 = 0xdaa320ab;
const MAGIC_BLANK = 0xcbd43194;
const AT_QUEUE_ID = 12;
const AT_FLAG = 16;
const AT_QUEUE_OFFSET = 20;
const AT_PHYSICAL_OFFSET = 28;
const AT_SYS_FLAG = 36;
const AT_BORN_TIMESTAMP = 40;
const AT_BORN_HOST = 48;
const SMALLEST = 91;
const INNER_BATCH = SysFlag.INNER_BATCH | SysFlag.NEED_UNWRAP;

interface Host {
  text: string;
  hex: string;
}

const hosts = new Map<number, Host>();
const HOSTS_KEPT = 4096;

function readHostBytes(bytes: Buffer, at: number, v6: boolean): Host {
  const end = at + (v6 ? 16 : 4);
  const ip = formatIp(bytes.subarray(at, end));
  return {
    text: `${v6 ? `[${ip}]` : ip}:${bytes.readInt32BE(end)}`,
    hex: bytes.toString("hex", at, end + 4).toUpperCase(),
  };
}

/** Messages of a batch come from few hosts, so their texts are made once; ip and port fit exactly into a double. */
function readHost(bytes: Buffer, at: number, v6: boolean): Host {
  const port = v6 ? 0 : bytes.readUInt32BE(at + 4);
  if (v6 || port > 0xffff) return readHostBytes(bytes, at, v6);
  const key = bytes.readUInt32BE(at) * 0x1_0000 + port;
  const known = hosts.get(key);
  if (known) return known;
  const host = readHostBytes(bytes, at, v6);
  if (hosts.size >= HOSTS_KEPT) hosts.clear();
  hosts.set(key, host);
  return host;
}

const HEX_BYTES = Array.from({ length: 256 }, (_, n) => n.toString(16).toUpperCase().padStart(2, "0"));
const hexByte = (n: number) => HEX_BYTES[n & 255] ?? "";
const hex32 = (n: number) => hexByte(n >>> 24) + hexByte(n >>> 16) + hexByte(n >>> 8) + hexByte(n);

/** UTF-8 text; ASCII, which nearly all is, takes the cheaper way. */
function readText(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if ((bytes[i] ?? 0) > 127) return bytes.toString("utf8", start, end);
  }
  return bytes.toString("latin1", start, end);
}

/** A time that no Date holds, which a client or broker may have made up, is the furthest that one does. */
function readTime(bytes: Buffer, at: number): number {
  const time = bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
  return time > TIME_MAX ? TIME_MAX : time < -TIME_MAX ? -TIME_MAX : time;
}

/** Some bytes of a larger buffer. */
export interface Part {
  bytes: Buffer;
  start: number;
  length: number;
}

/** A record of an inner batch, within its unpacked body. */
export interface InnerRecord {
  flag: number;
  body: Part;
  properties: Part;
}

/**
 * A message as a broker stores it, read from its bytes when asked: it keeps a view of them, so copy what must outlive the frame.
 * Layout: MessageDecoder.java.
 */
export class StoredMessage {
  readonly topic: string;
  /** Name of the broker that gave it, when whoever decoded it said so. */
  readonly brokerName?: string;
  /** Bits of `SysFlag`. */
  readonly sysFlag: number;
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #bodyPart: Part;
  readonly #propertyPart: Part;
  readonly #inner?: { index: number; flag: number };
  #propertyMap?: Map<string, string>;
  #unpacking?: Promise<Buffer>;

  constructor(
    head: { bytes: Buffer; at: number; sysFlag: number; topic: string; brokerName?: string },
    body: Part,
    properties: Part,
    inner?: { index: number; flag: number },
  ) {
    this.#bytes = head.bytes;
    this.#at = head.at;
    this.sysFlag = head.sysFlag;
    this.topic = head.topic;
    this.brokerName = head.brokerName;
    this.#bodyPart = body;
    this.#propertyPart = properties;
    this.#inner = inner;
  }

  /** Bytes that the record takes in the commit log; for a message of an inner batch, those of the whole batch. */
  get storeSize(): number {
    return this.#bytes.readInt32BE(this.#at);
  }
  /** CRC-32 of the stored body without its sign bit. */
  get bodyCrc(): number {
    return this.#bytes.readInt32BE(this.#at + 8);
  }
  get queueId(): number {
    return this.#bytes.readInt32BE(this.#at + AT_QUEUE_ID);
  }
  /** The application's own int. */
  get flag(): number {
    return this.#inner?.flag ?? this.#bytes.readInt32BE(this.#at + AT_FLAG);
  }
  get queueOffset(): bigint {
    const first = this.#bytes.readBigInt64BE(this.#at + AT_QUEUE_OFFSET);
    return this.#inner ? first + BigInt(this.#inner.index) : first;
  }
  /** Offset in the commit log. */
  get physicalOffset(): bigint {
    return this.#bytes.readBigInt64BE(this.#at + AT_PHYSICAL_OFFSET);
  }
  /** Milliseconds since the epoch, by the producer's clock. */
  get bornTimestamp(): number {
    return readTime(this.#bytes, this.#at + AT_BORN_TIMESTAMP);
  }
  /** `ip:port` of the producer; IPv6 in brackets. */
  get bornHost(): string {
    return readHost(this.#bytes, this.#at + AT_BORN_HOST, (this.sysFlag & SysFlag.BORN_HOST_V6) !== 0).text;
  }
  /** Milliseconds since the epoch, by the broker's clock. */
  get storeTimestamp(): number {
    return readTime(this.#bytes, this.#storeTimestampAt);
  }
  /** `ip:port` of the broker that stored it; IPv6 in brackets. */
  get storeHost(): string {
    return this.#storeHostParts.text;
  }
  get reconsumeTimes(): number {
    return this.#bytes.readInt32BE(this.#afterStoreHost);
  }
  get preparedTransactionOffset(): bigint {
    return this.#bytes.readBigInt64BE(this.#afterStoreHost + 4);
  }

  /** Body as stored: compressed when `compression` is set. */
  get storedBody(): Buffer {
    const { bytes, start, length } = this.#bodyPart;
    return bytes.subarray(start, start + length);
  }
  /** Bytes of the body as stored. */
  get storedBodySize(): number {
    return this.#bodyPart.length;
  }
  get compression(): CompressionType | undefined {
    return this.#inner ? undefined : compressionOf(this.sysFlag);
  }
  /** Body as the producer gave it, unpacked once; throws MALFORMED_RESPONSE when it cannot be. */
  unpackedBody(): Promise<Buffer> {
    const type = this.compression;
    this.#unpacking ??= type ? unpackBody(this.storedBody, type) : Promise.resolve(this.storedBody);
    return this.#unpacking;
  }
  /** Whether the stored body still has the checksum that was stored with it. */
  get bodyIntact(): boolean {
    return this.#inner !== undefined || (crc32(this.storedBody) & 0x7fff_ffff) === this.bodyCrc;
  }

  get properties(): ReadonlyMap<string, string> {
    if (!this.#propertyMap) {
      const { bytes, start, length } = this.#propertyPart;
      this.#propertyMap = decodeProperties(readText(bytes, start, start + length));
    }
    return this.#propertyMap;
  }
  /** UNIQ_KEY that the client gave, else the offsetMsgId. */
  get msgId(): string {
    return this.properties.get(MessageConst.UNIQ_KEY) ?? this.offsetMsgId;
  }
  /** Store host and physical offset in upper-case hex: what RPCs 33, 309 and 323 want. */
  get offsetMsgId(): string {
    const at = this.#at + AT_PHYSICAL_OFFSET;
    return this.#storeHostParts.hex + hex32(this.#bytes.readUInt32BE(at)) + hex32(this.#bytes.readUInt32BE(at + 4));
  }
  get tags(): string | undefined {
    return this.properties.get(MessageConst.TAGS);
  }
  /** Keys separated by spaces. */
  get keys(): string | undefined {
    return this.properties.get(MessageConst.KEYS);
  }

  /** Whether its body is a batch of messages, as batch topics store them. */
  get isInnerBatch(): boolean {
    return !this.#inner && (this.sysFlag & INNER_BATCH) === INNER_BATCH;
  }

  /** The message that is the record with that index in the unpacked body. */
  innerMessage({ flag, body, properties }: InnerRecord, index: number): StoredMessage {
    const { sysFlag, topic, brokerName } = this;
    const head = { bytes: this.#bytes, at: this.#at, sysFlag, topic, brokerName };
    return new StoredMessage(head, body, properties, { index, flag });
  }

  get #storeTimestampAt(): number {
    return this.#at + AT_BORN_HOST + (this.sysFlag & SysFlag.BORN_HOST_V6 ? 20 : 8);
  }
  get #storeHostParts(): Host {
    return readHost(this.#bytes, this.#storeTimestampAt + 8, (this.sysFlag & SysFlag.STORE_HOST_V6) !== 0);
  }
  get #afterStoreHost(): number {
    return this.#storeTimestampAt + (this.sysFlag & SysFlag.STORE_HOST_V6 ? 28 : 16);
  }
}

function malformed(why: string): RocketMQError {
  return new RocketMQError("MALFORMED_RESPONSE", `stored message: ${why}`);
}

/** Whether bytes begin as a stored message does, well or torn. */
export const beginsMessage = (bytes: Buffer): boolean =>
  bytes.length >= 8 && [MAGIC_V1, MAGIC_V2].includes(bytes.readUInt32BE(4));

/** Messages of one reply. */
export interface DecodedMessages {
  messages: StoredMessage[];
  /** There are more than were asked for. */
  more: boolean;
}

interface DecodeOptions {
  brokerName?: string;
  /** Messages at most. */
  most?: number;
  onBroken?: (queueOffset: bigint) => void;
}

/** What the messages of a reply share: the broker, and nearly always the topic, kept with the place of its bytes. */
interface Shared {
  start: number;
  length: number;
  topic: string;
  readonly brokerName?: string;
}

function readTopic(bytes: Buffer, start: number, length: number, memo: Shared): string {
  let same = length === memo.length;
  for (let i = 0; same && i < length; i++) same = bytes[start + i] === bytes[memo.start + i];
  if (!same) {
    memo.topic = readText(bytes, start, start + length);
    memo.start = start;
    memo.length = length;
  }
  return memo.topic;
}

function decodeMessage(bytes: Buffer, at: number, total: number, topicLengthBytes: 1 | 2, memo: Shared): StoredMessage {
  const end = at + total;
  const sysFlag = bytes.readInt32BE(at + AT_SYS_FLAG);
  const hostBytes = (sysFlag & SysFlag.BORN_HOST_V6 ? 20 : 8) + (sysFlag & SysFlag.STORE_HOST_V6 ? 20 : 8);
  // born time, hosts, store time, reconsume times, prepared transaction offset
  const bodyLengthAt = at + AT_BORN_HOST + hostBytes + 20;
  if (bodyLengthAt + 4 > end) throw malformed("too short for its flags");
  const bodyLength = bytes.readInt32BE(bodyLengthAt);
  const bodyAt = bodyLengthAt + 4;
  const topicLengthAt = bodyAt + bodyLength;
  if (bodyLength < 0 || topicLengthAt + topicLengthBytes > end) throw malformed("body beyond its end");
  const topicLength = topicLengthBytes === 1 ? bytes.readUInt8(topicLengthAt) : bytes.readUInt16BE(topicLengthAt);
  const topicAt = topicLengthAt + topicLengthBytes;
  const propertiesLengthAt = topicAt + topicLength;
  if (propertiesLengthAt + 2 > end) throw malformed("topic beyond its end");
  const propertiesLength = bytes.readUInt16BE(propertiesLengthAt);
  if (propertiesLengthAt + 2 + propertiesLength > end) throw malformed("properties beyond its end");
  return new StoredMessage(
    { bytes, at, sysFlag, topic: readTopic(bytes, topicAt, topicLength, memo), brokerName: memo.brokerName },
    { bytes, start: bodyAt, length: bodyLength },
    { bytes, start: propertiesLengthAt + 2, length: propertiesLength },
  );
}

/**
 * Decodes concatenated stored messages (bodies of RPCs 11, 12, 33, 39, 309), `most` of them at most; fillers are skipped.
 * Throws MALFORMED_RESPONSE on bytes that are no messages, and on a torn one: brokers give whole ones only (GetMessageResult.java,
 * QueryMessageResult.java), and whoever passed over it would show less than there is. Source: MessageDecoder.java.
 */
export function decodeMessages(bytes: Buffer, brokerName?: string, most = Infinity): DecodedMessages {
  return decodeEach(bytes, { brokerName, most });
}

/**
 * The same, where a record that does not hold together within its bounds is told by its queue offset, and those after it are read: for whoever
 * says what could not be.
 */
export function decodeEach(
  bytes: Buffer,
  { brokerName, most = Infinity, onBroken }: DecodeOptions = {},
): DecodedMessages {
  const messages: StoredMessage[] = [];
  const memo: Shared = { start: 0, length: 0, topic: "", brokerName };
  let at = 0;
  while (at < bytes.length) {
    if (messages.length >= most) return { messages, more: true };
    const room = bytes.length - at;
    if (room < 8) throw malformed(`torn after ${room} bytes`);
    const total = bytes.readInt32BE(at);
    const magic = bytes.readUInt32BE(at + 4);
    const isMessage = magic === MAGIC_V1 || magic === MAGIC_V2;
    if (!isMessage && magic !== MAGIC_BLANK) throw malformed(`magic ${magic.toString(16)}`);
    if (total < (isMessage ? SMALLEST : 8)) throw malformed(`size ${total}`);
    if (isMessage && total > room) throw malformed(`torn after ${room} of ${total} bytes`);
    if (isMessage) {
      try {
        messages.push(decodeMessage(bytes, at, total, magic === MAGIC_V1 ? 1 : 2, memo));
      } catch (error) {
        if (onBroken === undefined) throw error;
        onBroken(bytes.readBigInt64BE(at + AT_QUEUE_OFFSET));
      }
    }
    at += total;
  }
  return { messages, more: false };
}
