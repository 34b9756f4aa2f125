import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

const GET_BROKER_CLUSTER_INFO = 106;
const TIMEOUT_MS = 3_000;

function request(code: number): Buffer {
  const header = Buffer.from(JSON.stringify({ code, language: "OTHER", version: 399, opaque: 1, flag: 0 }));
  const frame = Buffer.alloc(8 + header.length);
  frame.writeUInt32BE(4 + header.length, 0);
  frame.writeUInt32BE(header.length, 4);
  header.copy(frame, 8);
  return frame;
}

async function readFrame(socket: Socket): Promise<string> {
  let seen = Buffer.alloc(0);
  for await (const chunk of socket) {
    if (Buffer.isBuffer(chunk)) seen = Buffer.concat([seen, chunk]);
    if (seen.length >= 4 && seen.length >= 4 + seen.readUInt32BE(0)) return seen.toString();
  }
  throw new Error("closed without an answer");
}

/**
 * What a name server says of its cluster (code 106), as raw text.
 * Speaks the protocol on its own, so that the sandbox does not lean on the client it is there to test.
 */
export async function clusterInfoText(addr: string, ca?: string): Promise<string> {
  const [host = "", port = ""] = addr.split(":");
  const target = { host, port: Number(port) };
  const socket = ca === undefined ? connectTcp(target) : connectTls({ ...target, ca });
  try {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer from ${addr} in ${TIMEOUT_MS} ms`)));
    await once(socket, ca === undefined ? "connect" : "secureConnect");
    socket.write(request(GET_BROKER_CLUSTER_INFO));
    return await readFrame(socket);
  } finally {
    socket.destroy();
  }
}
