import { RocketMQError } from "../errors.ts";
import { ONEWAY_FLAG, REQUEST_LANGUAGE, REQUEST_VERSION, RESPONSE_FLAG, type RemotingCommand } from "./command.ts";
import { binaryHeader, jsonHeader, MAX_HEADER_LENGTH } from "./header.ts";

/** Largest frame that servers and the Java client accept, in bytes. */
export const MAX_FRAME_LENGTH = 16_777_216;

const PREFIX = 8;
const EMPTY = Buffer.alloc(0);
/** Bytes that are set aside for a frame on its word alone; more is as much again as has come. */
const TRUSTED = 1_048_576;

/** A frame: length, serialize type 0 (JSON) and header length, header, body. Source: RemotingCommand.java. */
export function encodeFrame(header: string, body: Buffer = EMPTY): Buffer {
  const headerLength = Buffer.byteLength(header);
  const frame = Buffer.allocUnsafe(PREFIX + headerLength + body.length);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt32BE(headerLength, 4);
  frame.write(header, PREFIX);
  frame.set(body, PREFIX + headerLength);
  return frame;
}

/** Header of a request. */
export function requestHeader(
  code: number,
  opaque: number,
  extFields: Readonly<Record<string, string>> = {},
  oneway = false,
): string {
  return JSON.stringify({
    code,
    extFields,
    flag: oneway ? ONEWAY_FLAG : 0,
    language: REQUEST_LANGUAGE,
    opaque,
    version: REQUEST_VERSION,
  });
}

/** Header of an answer to a request of the server. */
export function responseHeader(
  code: number,
  opaque: number,
  extFields: Readonly<Record<string, string>> = {},
  remark?: string,
): string {
  return JSON.stringify({
    code,
    extFields,
    flag: RESPONSE_FLAG,
    language: REQUEST_LANGUAGE,
    opaque,
    remark,
    version: REQUEST_VERSION,
  });
}

/** Cuts a byte stream into commands; whole frames inside a chunk are not copied. */
export class FrameDecoder {
  readonly #maxLength: number;
  /** Start of a frame whose rest has not come. */
  #partial: Buffer = EMPTY;
  /** Bytes of that frame with its length, once that is known. */
  #wanted = 4;
  #filled = 0;
  #frames = 0;

  constructor(maxLength = MAX_FRAME_LENGTH) {
    this.#maxLength = maxLength;
  }

  /** Hands over each command completed by the chunk. Throws NOT_ROCKETMQ before the first good frame, MALFORMED_RESPONSE after it. */
  push(chunk: Buffer, onCommand: (command: RemotingCommand) => void): void {
    let at = this.#filled > 0 ? this.#resume(chunk, onCommand) : 0;
    while (chunk.length - at >= 4) {
      const end = at + 4 + this.#frameLength(chunk, at);
      if (end > chunk.length) break;
      onCommand(this.#decode(chunk, at, end));
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  /** Fills the partial frame; returns where in the chunk the next one starts. */
  #resume(chunk: Buffer, onCommand: (command: RemotingCommand) => void): number {
    let at = 0;
    if (this.#filled < 4) {
      at = this.#fill(chunk, 0);
      if (this.#filled < 4) return at;
      this.#wanted = 4 + this.#frameLength(this.#partial, 0);
    }
    at += this.#fill(chunk, at);
    if (this.#filled < this.#wanted) return at;
    const frame = this.#partial;
    this.#forget();
    onCommand(this.#decode(frame, 0, frame.length));
    return at;
  }

  #keep(chunk: Buffer, at: number): void {
    this.#wanted = chunk.length - at < 4 ? 4 : 4 + this.#frameLength(chunk, at);
    this.#fill(chunk, at);
  }

  /** Copies what the frame still lacks; its memory grows with what has come, not with what was announced. */
  #fill(chunk: Buffer, at: number): number {
    const filled = this.#filled + Math.min(this.#wanted - this.#filled, chunk.length - at);
    if (filled > this.#partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#wanted, Math.max(TRUSTED, filled, this.#partial.length * 2)));
      this.#partial.copy(grown, 0, 0, this.#filled);
      this.#partial = grown;
    }
    const taken = chunk.copy(this.#partial, this.#filled, at, at + filled - this.#filled);
    this.#filled = filled;
    // At once: the rest of such a frame is not worth being read.
    if (filled >= PREFIX) this.#headerLength(this.#partial, 0);
    return taken;
  }

  #forget(): void {
    this.#partial = EMPTY;
    this.#filled = 0;
    this.#wanted = 4;
  }

  #frameLength(buffer: Buffer, at: number): number {
    const length = buffer.readUInt32BE(at);
    if (length < 4 || length > this.#maxLength) throw this.#refuse(`a frame of ${length} bytes`);
    return length;
  }

  #headerLength(buffer: Buffer, at: number): number {
    const length = buffer.readUIntBE(at + 5, 3);
    if (length > MAX_HEADER_LENGTH) throw this.#refuse(`a header of ${length} bytes`);
    return length;
  }

  #decode(buffer: Buffer, at: number, end: number): RemotingCommand {
    const type = buffer[at + 4];
    const headerLength = this.#headerLength(buffer, at);
    const bodyAt = at + PREFIX + headerLength;
    if (bodyAt > end) throw this.#refuse(`a header of ${headerLength} bytes in a frame of ${end - at - 4}`);
    const body = bodyAt === end ? EMPTY : buffer.subarray(bodyAt, end);
    const command = this.#command(type, buffer, at + PREFIX, bodyAt, body);
    this.#frames++;
    return command;
  }

  #command(type: number | undefined, buffer: Buffer, start: number, end: number, body: Buffer): RemotingCommand {
    if (type !== 0 && type !== 1) throw this.#refuse(`serialize type ${type}`);
    try {
      const header =
        type === 0 ? jsonHeader(buffer.toString("utf8", start, end)) : binaryHeader(buffer.subarray(start, end));
      return {
        code: header.code,
        opaque: header.opaque,
        flag: header.flag,
        version: header.version,
        language: header.language,
        remark: header.remark,
        extFields: header.extFields,
        body,
      };
    } catch (error) {
      throw this.#refuse(
        `a header that cannot be read (${error instanceof Error ? error.message.slice(0, 200) : String(error)})`,
        error,
      );
    }
  }

  #refuse(what: string, cause?: unknown): RocketMQError {
    return this.#frames === 0
      ? // What some other service sent is not told on.
        new RocketMQError("NOT_ROCKETMQ", "The server does not speak RocketMQ's protocol", { cause })
      : new RocketMQError("MALFORMED_RESPONSE", `The server sent ${what}`, { cause });
  }
}
