import type { Socket } from "node:net";

export interface ScriptedRequest {
  code: number;
  opaque: number;
  ext: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What is answered: SUCCESS unless it says otherwise; a body that is no text or bytes is written as JSON. */
export interface ScriptedReply {
  code?: number;
  remark?: unknown;
  ext?: Record<string, string>;
  body?: Buffer | string | object;
}

/** A reply, bytes to be sent as they are, or nothing at all. */
export type Answer = (request: ScriptedRequest, socket: Socket) => ScriptedReply | Buffer | undefined;
