import { TooMuch } from "./too-much.ts";

const MAGIC = 0x184d2204;
const HAS_DICTIONARY_ID = 0x01;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_CONTENT_SIZE = 0x08;
const HAS_BLOCK_CHECKSUM = 0x10;
const STORED_BLOCK = 0x8000_0000;
const MIN_MATCH = 4;
/** The largest block that a frame may name; a larger one would hold everybody up. */
const BLOCK_MAX = 4 * 1024 * 1024;
/** Up to this many bytes a loop is faster than a call of the engine's own copy. */
const SMALL = 32;

/** How far a match reaches back, over blocks too. */
const WINDOW = 65_536;

/** Grows as needed up to a limit, so that a small frame costs little and a bomb is refused early; what was taken out counts. */
class Output {
  #bytes: Buffer;
  readonly #limit: number;
  #taken = 0;
  /** Bytes at the beginning that were taken out and are kept for matches. */
  #kept = 0;
  length = 0;

  constructor(hint: number, limit: number) {
    this.#bytes = Buffer.allocUnsafe(Math.min(hint, limit));
    this.#limit = limit;
  }

  /** What came since it was taken before. */
  take(): Buffer {
    const piece = Buffer.from(this.#bytes.subarray(this.#kept, this.length));
    this.#taken += piece.length;
    this.#kept = Math.min(WINDOW, this.length);
    this.#bytes.copyWithin(0, this.length - this.#kept, this.length);
    this.length = this.#kept;
    return piece;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (this.#taken + needed - this.#kept > this.#limit) throw new TooMuch(`more than ${this.#limit} bytes`);
    if (needed - this.#kept > BLOCK_MAX) throw new TooMuch(`a block of more than ${BLOCK_MAX} bytes`);
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.min(this.#limit + this.#kept, Math.max(needed, this.#bytes.length * 2)));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }

  append(source: Buffer, start: number, end: number): void {
    if (end > source.length) throw new RangeError("cut short");
    this.#reserve(end - start);
    if (end - start > SMALL) source.copy(this.#bytes, this.length, start, end);
    else for (let at = start; at < end; at++) this.#bytes[this.length + at - start] = source[at] ?? 0;
    this.length += end - start;
  }

  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw new RangeError("a match before the start");
    this.#reserve(count);
    const bytes = this.#bytes;
    let from = this.length - distance;
    if (distance >= count && count > SMALL) {
      bytes.copyWithin(this.length, from, from + count);
      this.length += count;
      return;
    }
    for (let left = count; left > 0; left--) bytes[this.length++] = bytes[from++] ?? 0;
  }
}

function decompressBlock(source: Buffer, start: number, end: number, output: Output): void {
  let at = start;
  const extend = (length: number): number => {
    let total = length;
    if (length !== 15) return total;
    for (;;) {
      if (at >= end) throw new RangeError("cut short");
      const more = source.readUInt8(at++);
      total += more;
      if (more !== 255) return total;
    }
  };
  while (at < end) {
    const token = source.readUInt8(at++);
    const literals = extend(token >> 4);
    if (at + literals > end) throw new RangeError("cut short");
    output.append(source, at, at + literals);
    at += literals;
    if (at >= end) return;
    if (at + 2 > end) throw new RangeError("cut short");
    const distance = source.readUInt16LE(at);
    at += 2;
    output.repeat(distance, extend(token & 15) + MIN_MATCH);
  }
}

/**
 * Decompresses one LZ4 frame block by block into at most `limit` bytes; checksums are skipped; throws RangeError on a broken or cut frame, TooMuch
 * on a large one. Source: lz4_Frame_format.md.
 */
export function* lz4Blocks(source: Buffer, limit: number): Generator<Buffer, void> {
  if (source.length < 7 || source.readUInt32LE(0) !== MAGIC) throw new RangeError("no LZ4 frame");
  const flags = source.readUInt8(4);
  if (flags >> 6 !== 1) throw new RangeError("unknown version of the LZ4 frame");
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY_ID ? 4 : 0);
  const output = new Output(Math.min(source.length * 4, BLOCK_MAX), limit);
  for (;;) {
    const head = source.readUInt32LE(at);
    at += 4;
    if (head === 0) break;
    const end = at + (head & ~STORED_BLOCK);
    if (end > source.length) throw new RangeError("cut short");
    if (head >= STORED_BLOCK) output.append(source, at, end);
    else decompressBlock(source, at, end, output);
    at = end + (flags & HAS_BLOCK_CHECKSUM ? 4 : 0);
    yield output.take();
  }
  if (flags & HAS_CONTENT_CHECKSUM && at + 4 > source.length) throw new RangeError("cut short");
}
