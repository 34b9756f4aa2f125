import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Credentials } from "./conf.ts";

// It speaks the protocol on its own, so that the sandbox does not lean on the client it is there to test.

const UPDATE_BROKER_CONFIG = 25;
const GET_BROKER_RUNTIME_INFO = 28;
const GET_BROKER_CLUSTER_INFO = 106;
const TIMEOUT_MS = 3_000;

interface Request {
  code: number;
  body?: string;
  credentials?: Credentials;
}

/** The fields of a request that has no others. */
function signed(body: string, { accessKey, secretKey }: Credentials): Record<string, string> {
  const content = `${accessKey}${body}`;
  return { AccessKey: accessKey, Signature: createHmac("sha1", secretKey).update(content).digest("base64") };
}

function frame({ code, body = "", credentials }: Request): Buffer {
  const extFields = credentials ? signed(body, credentials) : undefined;
  const header = JSON.stringify({ code, language: "OTHER", version: 399, opaque: 1, flag: 0, extFields });
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(4 + Buffer.byteLength(header) + Buffer.byteLength(body), 0);
  sizes.writeUInt32BE(Buffer.byteLength(header), 4);
  return Buffer.concat([sizes, Buffer.from(header), Buffer.from(body)]);
}

async function readFrame(socket: Socket): Promise<string> {
  let seen = Buffer.alloc(0);
  for await (const chunk of socket) {
    if (Buffer.isBuffer(chunk)) seen = Buffer.concat([seen, chunk]);
    if (seen.length >= 4 && seen.length >= 4 + seen.readUInt32BE(0)) return seen.toString();
  }
  throw new Error("closed without an answer");
}

async function ask(addr: string, request: Request, ca?: string): Promise<string> {
  const [host = "", port = ""] = addr.split(":");
  const target = { host, port: Number(port) };
  const socket = ca === undefined ? connectTcp(target) : connectTls({ ...target, ca });
  try {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer from ${addr} in ${TIMEOUT_MS} ms`)));
    await once(socket, ca === undefined ? "connect" : "secureConnect");
    socket.write(frame(request));
    return await readFrame(socket);
  } finally {
    socket.destroy();
  }
}

/** What a name server says of its cluster (code 106), as raw text. */
export function clusterInfoText(addr: string, ca?: string): Promise<string> {
  return ask(addr, { code: GET_BROKER_CLUSTER_INFO }, ca);
}

interface Access {
  ca?: string;
  credentials?: Credentials;
}

/** Whether a broker tells its figures (code 28), which it cannot in the first second after its start. */
export async function tellsRuntime(addr: string, { ca, credentials }: Access): Promise<boolean> {
  const answer = await ask(addr, { code: GET_BROKER_RUNTIME_INFO, credentials }, ca);
  return /"code":0\b/.test(answer);
}

/**
 * Makes a broker register with its name servers now: it does when told its permission, be it the one it has (code 25).
 * By itself a broker of 5.x registers at its start with those that it has reached by then, often none, and ten seconds later with all.
 */
export async function registerBroker(addr: string, permission: string, { ca, credentials }: Access): Promise<void> {
  await ask(addr, { code: UPDATE_BROKER_CONFIG, body: `brokerPermission=${permission}`, credentials }, ca);
}
