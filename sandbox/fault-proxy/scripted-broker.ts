import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { goodAnswers } from "./good-answers.ts";
import type { Answer, ScriptedReply, ScriptedRequest } from "./answer.ts";
import { frame, onFrames, parsed } from "./wire.ts";

/** What a peer does otherwise than a good one. */
export interface Script {
  /** By request code. */
  answers?: Readonly<Record<number, Answer>>;
  /** To every other request, instead of the good answer. */
  others?: Answer;
  /** What is done to each frame before it is sent. */
  altered?: (whole: Buffer) => Buffer;
  /** How late every answer is. */
  delayMs?: number;
}

/** A script for a peer at this address. */
export type Scenario = (addr: string) => Script;

export interface ScriptedBroker {
  /** `host:port`: name server, master `b0` of cluster `c`, and all else that it is asked as. */
  addr: string;
  /** How often each request code was asked. */
  calls: ReadonlyMap<number, number>;
  /** What it answers from now on. */
  play(script: Script): void;
  stop(): Promise<void>;
}

const RESPONSE = 1;
const NOT_SUPPORTED = 3;

/** A whole frame that answers a request. */
export function replyTo({ opaque }: ScriptedRequest, reply: ScriptedReply): Buffer {
  const { code = 0, remark, ext = {}, body = "" } = reply;
  const header = { code, flag: RESPONSE, opaque, language: "JAVA", version: 513, remark, extFields: ext };
  return frame(header, typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

/**
 * A peer that is name server and broker at one address and answers from a table: well, unless its script says otherwise.
 * For faults alone: what RocketMQ really answers is asked of real brokers.
 */
export async function startScriptedBroker(scenario: Scenario = () => ({})): Promise<ScriptedBroker> {
  const sockets = new Set<Socket>();
  const calls = new Map<number, number>();
  let playing: Script = {};
  let good: Readonly<Record<number, Answer>> = {};

  function answer(socket: Socket, whole: Buffer): void {
    const { header, body } = parsed(whole);
    if ((header.flag & RESPONSE) !== 0) return;
    const request = { code: header.code, opaque: header.opaque, ext: header.extFields ?? {}, body };
    calls.set(request.code, (calls.get(request.code) ?? 0) + 1);
    const { answers, others, altered = (bytes: Buffer) => bytes, delayMs = 0 } = playing;
    const how = answers?.[request.code] ?? others ?? good[request.code];
    const reply = how === undefined ? { code: NOT_SUPPORTED, remark: "not supported" } : how(request, socket);
    if (reply === undefined) return;
    const bytes = altered(Buffer.isBuffer(reply) ? reply : replyTo(request, reply));
    if (delayMs === 0) socket.write(bytes);
    else setTimeout(() => socket.destroyed || socket.write(bytes), delayMs);
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    onFrames(socket, (whole) => answer(socket, whole));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const addr = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  good = goodAnswers(addr);
  playing = scenario(addr);
  return {
    addr,
    calls,
    play: (next) => void (playing = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
