import { createServer, type AddressInfo, type Socket } from "node:net";
import { encodeFrame, FrameDecoder, responseHeader } from "../rocketmq/remoting/frame.ts";

export interface ScriptedAnswer {
  code?: number;
  remark?: string;
  /** An object is written as JSON; fastjson's own ways (keys that are objects) need a text. */
  body?: object | string;
  ext?: Record<string, string>;
}

export interface ScriptedPeer {
  addr: string;
  stop: () => Promise<void>;
}

/** A server of a few answers, for faults that a real one does not have on demand; what it leaves out it refuses. */
export async function scriptedPeer(
  answer: (code: number, ext: Readonly<Record<string, string>>) => ScriptedAnswer | undefined,
): Promise<ScriptedPeer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const decoder = new FrameDecoder();
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) =>
      decoder.push(chunk, ({ code, opaque, extFields }) => {
        const { body, remark, ext = {}, ...given } = answer(code, extFields) ?? { code: 3, remark: "not supported" };
        const bytes =
          body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
        socket.write(encodeFrame(responseHeader(given.code ?? 0, opaque, ext, remark), bytes));
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    addr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
