import type { Socket } from "node:net";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { withBody } from "./wire.ts";

/** What becomes of an answer on its way; `codes`: only of those to these requests. */
export type Fault = { codes?: readonly number[] } & (
  | { kind: "delay" | "slow" | "reorder"; ms: number }
  | { kind: "drop" | "cut" | "cutHalfway" | "truncate" | "duplicate" | "garbage" }
);

const SLOW_PIECES = 6;
const COPIES = 3;
/** A byte less than half, for the half of two records of one size would be a whole one. */
const half = (bytes: Buffer) => bytes.subarray(0, Math.max(0, (bytes.length >> 1) - 1));
const BODY_AT = (whole: Buffer) => 8 + (whole.readUInt32BE(4) & 0xff_ffff);

/** Answers that wait for others to overtake them. */
const waiting = new WeakMap<Socket, Buffer[]>();

function overtaken(socket: Socket, whole: Buffer, ms: number): void {
  const held = waiting.get(socket) ?? [];
  held.push(whole);
  if (held.length > 1) return;
  waiting.set(socket, held);
  setTimeout(() => {
    waiting.delete(socket);
    for (const one of held.toReversed()) write(socket, one);
  }, ms);
}

/** Ends of what is being written: frames of one connection never mix, however slow one is. */
const writing = new WeakMap<Socket, Promise<void>>();

function write(socket: Socket, bytes: Buffer, pieces = 1, ms = 0): void {
  const size = Math.ceil(bytes.length / pieces);
  const written = (writing.get(socket) ?? Promise.resolve()).then(async () => {
    for (let sent = 0; sent < bytes.length && socket.writable; sent += size) {
      socket.write(bytes.subarray(sent, sent + size));
      if (pieces > 1) await (ms > 0 ? delay(ms / pieces) : setImmediate());
    }
  });
  writing.set(socket, written);
}

/** Hands an answer on to the side that asked, as the fault has it. */
export function deliver(socket: Socket, whole: Buffer, fault: Fault | undefined): void {
  switch (fault?.kind) {
    case undefined:
      return write(socket, whole);
    case "delay":
      return void setTimeout(() => write(socket, whole), fault.ms);
    case "slow":
      return write(socket, whole, SLOW_PIECES, fault.ms);
    case "reorder":
      return overtaken(socket, whole, fault.ms);
    case "drop":
      return;
    case "cut":
      return void socket.destroy();
    case "cutHalfway":
      return void (socket.writable && socket.end(half(whole), () => socket.destroy()));
    case "truncate":
      return write(socket, withBody(whole, half(whole.subarray(BODY_AT(whole)))));
    case "duplicate":
      return write(socket, Buffer.concat(Array.from({ length: COPIES }, () => whole)));
    case "garbage":
      return write(socket, Buffer.alloc(whole.length, 0xa5));
  }
}
