// Frames of its own making, so that what is tested is not tested by its own codec.

import type { Socket } from "node:net";

export interface Header {
  code: number;
  opaque: number;
  flag: number;
  remark?: string;
  extFields?: Record<string, string>;
}

const LENGTH = 4;
const HEADER_LENGTH = 4;
const LONGEST = 100_000_000;

/** A frame with a JSON header: as it is when it is text, else written from the value. */
export function frame(header: object | string, body: Buffer | string = ""): Buffer {
  const head = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const rest = Buffer.from(body);
  const sizes = Buffer.alloc(LENGTH + HEADER_LENGTH);
  sizes.writeUInt32BE(HEADER_LENGTH + head.length + rest.length, 0);
  sizes.writeUInt32BE(head.length, LENGTH);
  return Buffer.concat([sizes, head, rest]);
}

/** A frame of nothing but its two sizes and what follows, true or not. */
export function claimed(length: number, headerLength: number, content: Buffer = Buffer.alloc(0)): Buffer {
  const sizes = Buffer.alloc(LENGTH + HEADER_LENGTH);
  sizes.writeUInt32BE(length >>> 0, 0);
  sizes.writeUInt32BE(headerLength >>> 0, LENGTH);
  return Buffer.concat([sizes, content]);
}

const headerEnd = (whole: Buffer) => LENGTH + HEADER_LENGTH + (whole.readUInt32BE(LENGTH) & 0xff_ffff);

/** Header and body of a whole frame with a JSON header. */
export function parsed(whole: Buffer): { header: Header; body: Buffer } {
  const end = headerEnd(whole);
  const header = JSON.parse(whole.toString("utf8", LENGTH + HEADER_LENGTH, end)) as Header;
  return { header, body: whole.subarray(end) };
}

/** The same frame with another body. */
export function withBody(whole: Buffer, body: Buffer): Buffer {
  const end = headerEnd(whole);
  const result = Buffer.concat([whole.subarray(0, end), body]);
  result.writeUInt32BE(result.length - LENGTH, 0);
  return result;
}

/** Hands on each whole frame that a socket gives; what sends anything else is hung up on, as servers do. */
export function onFrames(socket: Socket, onFrame: (whole: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let seen = 0;
  let wanted = LENGTH;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    seen += chunk.length;
    while (seen >= wanted) {
      const all = Buffer.concat(chunks);
      const size = LENGTH + all.readUInt32BE(0);
      if (size > LONGEST) return void socket.destroy();
      const whole = all.length >= size;
      if (whole) onFrame(all.subarray(0, size));
      chunks = [whole ? all.subarray(size) : all];
      seen = all.length - (whole ? size : 0);
      wanted = whole ? LENGTH : size;
    }
  });
}
