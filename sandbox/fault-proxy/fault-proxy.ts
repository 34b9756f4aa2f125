import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { deliver, type Fault } from "./faults.ts";
import { onFrames, parsed } from "./wire.ts";

export interface FaultProxy {
  /** `host:port` to be reached at. */
  addr: string;
  /** What happens from now on to answers that are under way or come later; none without. */
  fail(...faults: Fault[]): void;
  stop(): Promise<void>;
}

const RESPONSE = 1;

/** Codes of the requests that a connection waits for an answer to, by opaque. */
type Asked = Map<number, number>;

/**
 * Stands before a real name server or broker and does harm to its answers, frame by frame; requests are handed on as they are. Of several
 * faults the first one that is about the request's code is done. `rewrite` changes every answer first.
 */
export async function startFaultProxy(
  upstream: string,
  rewrite: (whole: Buffer) => Buffer = (whole) => whole,
): Promise<FaultProxy> {
  const [host = "", port = ""] = upstream.split(":");
  const sockets = new Set<Socket>();
  let faults: readonly Fault[] = [];

  function answered(asker: Socket, asked: Asked, whole: Buffer): void {
    const { flag, opaque } = parsed(whole).header;
    const code = asked.get(opaque);
    const isAnswer = (flag & RESPONSE) !== 0;
    if (isAnswer) asked.delete(opaque);
    const about = (fault: Fault) => fault.codes === undefined || (code !== undefined && fault.codes.includes(code));
    deliver(asker, rewrite(whole), isAnswer ? faults.find(about) : undefined);
  }

  const server = createServer((asker) => {
    const real = connect({ host, port: Number(port) });
    const asked: Asked = new Map();
    for (const [one, other] of [
      [asker, real],
      [real, asker],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    onFrames(asker, (whole) => {
      const { opaque, code } = parsed(whole).header;
      asked.set(opaque, code);
      real.write(whole);
    });
    onFrames(real, (whole) => answered(asker, asked, whole));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    addr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (...next) => void (faults = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
