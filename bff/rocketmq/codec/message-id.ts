import { randomBytes } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { RocketMQError } from "../errors.ts";

const HEX = /^[0-9a-fA-F]+$/;

function malformed(id: string): RocketMQError {
  return new RocketMQError("MALFORMED_MESSAGE_ID", `not a message id: ${JSON.stringify(id.slice(0, 80))}`);
}

/** Text of an IP address given by its 4 or 16 bytes; IPv6 is compressed as in RFC 5952. */
export function formatIp(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(i).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The 4 or 16 bytes of an IP address; undefined when the text is none. */
export function parseIp(ip: string): Buffer | undefined {
  if (isIPv4(ip)) return Buffer.from(ip.split(".").map(Number));
  if (!isIPv6(ip) || ip.includes("%")) return undefined;
  const plain = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [left = "", right] = plain.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array.from({ length: right === undefined ? 0 : 8 - head.length - tail.length }, () => "0");
  const bytes = Buffer.alloc(16);
  [...head, ...zeros, ...tail].forEach((group, i) => bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2));
  return bytes;
}

/** What an offsetMsgId holds: the broker's store address and the physical offset in its commit log. */
export interface OffsetMsgId {
  host: string;
  port: number;
  offset: bigint;
}

/** Decodes an offsetMsgId: hex of ip (4 or 16 bytes), port (int32), offset (int64). Source: MessageDecoder.decodeMessageId. Throws MALFORMED_MESSAGE_ID. */
export function decodeOffsetMsgId(id: string): OffsetMsgId {
  if ((id.length !== 32 && id.length !== 56) || !HEX.test(id)) throw malformed(id);
  const bytes = Buffer.from(id, "hex");
  const ipLength = bytes.length - 12;
  const port = bytes.readInt32BE(ipLength);
  const offset = bytes.readBigInt64BE(ipLength + 4);
  if (port < 0 || port > 65_535 || offset < 0n) throw malformed(id);
  return { host: formatIp(bytes.subarray(0, ipLength)), port, offset };
}

/** Encodes an offsetMsgId in upper-case hex. Source: MessageDecoder.createMessageId. Throws MALFORMED_MESSAGE_ID when `host` is no IP address. */
export function encodeOffsetMsgId({ host, port, offset }: OffsetMsgId): string {
  const ip = parseIp(host);
  if (!ip) throw malformed(`${host}:${port}`);
  const tail = Buffer.alloc(12);
  tail.writeInt32BE(port, 0);
  tail.writeBigInt64BE(offset, 4);
  return Buffer.concat([ip, tail]).toString("hex").toUpperCase();
}

/** What a client's message id (UNIQ_KEY) holds. */
export interface UniqKey {
  /** `remoting`: ip and monthly clock; `grpc`: MAC address and clock since 2021. */
  kind: "remoting" | "grpc";
  /** IP address, or MAC address for `grpc`. */
  source: string;
  pid: number;
  /** Milliseconds since the epoch; right to the client's time zone, and for `remoting` the latest month that is not in the future. */
  time: number;
  counter: number;
}

const GRPC_EPOCH = Date.UTC(2021, 0, 1);

function monthStart(time: number, months = 0): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth() + months, 1).getTime();
}

/**
 * Decodes a UNIQ_KEY: hex of ip, pid (int16), class loader (int32), milliseconds of the month (int32), counter (int16); or a gRPC client's
 * version 1, MAC (6 bytes), pid (int16), seconds since 2021 (int32), counter (int32). Source: MessageClientIDSetter.java. Throws MALFORMED_MESSAGE_ID.
 */
export function decodeUniqKey(id: string, now = Date.now()): UniqKey {
  if (!HEX.test(id)) throw malformed(id);
  const bytes = Buffer.from(id, "hex");
  if (id.length === 34 && bytes[0] === 1) {
    return {
      kind: "grpc",
      source: bytes.toString("hex", 1, 7).replace(/(..)(?=.)/g, "$1:"),
      pid: bytes.readUInt16BE(7),
      time: GRPC_EPOCH + bytes.readUInt32BE(9) * 1000,
      counter: bytes.readUInt32BE(13),
    };
  }
  if (id.length !== 32 && id.length !== 56) throw malformed(id);
  const ipLength = bytes.length - 12;
  const span = bytes.readUInt32BE(ipLength + 6);
  const inThisMonth = monthStart(now) + span;
  return {
    kind: "remoting",
    source: formatIp(bytes.subarray(0, ipLength)),
    pid: bytes.readUInt16BE(ipLength),
    time: inThisMonth > now ? monthStart(now, -1) + span : inThisMonth,
    counter: bytes.readUInt16BE(ipLength + 10),
  };
}

function ownIp(): Buffer {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address, family, internal } of addresses ?? []) {
      if (family === "IPv4" && !internal) return parseIp(address) ?? Buffer.from([127, 0, 0, 1]);
    }
  }
  return Buffer.from([127, 0, 0, 1]);
}

const hex8 = (n: number) => n.toString(16).toUpperCase().padStart(8, "0");
const COUNTER_HEX = Array.from({ length: 0x1_00_00 }, (_, n) => n.toString(16).toUpperCase().padStart(4, "0"));

/** Makes unique client message ids (UNIQ_KEY) in the layout of the Java client, so that its tools can read their time. */
export class UniqKeyGenerator {
  readonly #prefix: string;
  #start = 0;
  #nextStart = 0;
  #counter = 0;
  #lastTime = -1;
  #timed = "";

  constructor() {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(process.pid & 0xffff, 0);
    // Java puts its class loader's hash here: it keeps two producers of one process apart, which random bytes do as well.
    randomBytes(4).copy(head, 2);
    this.#prefix = Buffer.concat([ownIp(), head]).toString("hex").toUpperCase();
  }

  next(now = Date.now()): string {
    if (now !== this.#lastTime) this.#tick(now);
    this.#counter = (this.#counter + 1) & 0xffff;
    return this.#timed + (COUNTER_HEX[this.#counter] ?? "");
  }

  #tick(now: number): void {
    if (now >= this.#nextStart || now < this.#start) {
      this.#start = monthStart(now);
      this.#nextStart = monthStart(now, 1);
    }
    this.#lastTime = now;
    this.#timed = this.#prefix + hex8(now - this.#start);
  }
}
