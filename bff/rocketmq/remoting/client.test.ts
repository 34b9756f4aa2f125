import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RemotingCommand } from "./command.ts";
import { RemotingClient, type RemotingClientOptions } from "./client.ts";
import { encodeFrame, FrameDecoder, requestHeader, responseHeader } from "./frame.ts";

vi.setConfig({ testTimeout: 30_000 });

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A loopback server of bytes, for what no healthy broker does. */
async function listen(
  onSocket: (socket: Socket) => void,
  port = 0,
): Promise<{ address: string; port: number; stop: () => void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  closers.push(stop);
  const taken = (server.address() as AddressInfo).port;
  return { address: `127.0.0.1:${taken}`, port: taken, stop };
}

function clientOf(options: RemotingClientOptions = {}): RemotingClient {
  const client = new RemotingClient({ timeoutMs: 30_000, connectTimeoutMs: 30_000, ...options });
  closers.push(() => client.close());
  return client;
}

function write(socket: Socket, header: string, body?: Buffer): void {
  socket.write(encodeFrame(header, body));
}

const onCommand = (socket: Socket, handle: (command: RemotingCommand) => void): void => {
  const decoder = new FrameDecoder();
  socket.on("data", (chunk: Buffer) => decoder.push(chunk, handle));
};

const echo = (socket: Socket): void =>
  onCommand(socket, ({ opaque, body }) => write(socket, responseHeader(0, opaque, { seen: String(opaque) }), body));

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("calls", () => {
  test("answers that come in another order reach the calls they belong to", async () => {
    const { address } = await listen((socket) => {
      const held: RemotingCommand[] = [];
      onCommand(socket, (command) => {
        held.push(command);
        if (held.length < 50) return;
        for (const { opaque, body } of held.reverse()) write(socket, responseHeader(0, opaque, {}), body);
      });
    });
    const client = clientOf();
    const bodies = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    const answers = await Promise.all(
      bodies.map((body) => client.invoke(address, { code: 1, body: Buffer.from(body) })),
    );
    expect(answers.map(({ body }) => body.toString())).toEqual(bodies);
  });

  test("large bodies go both ways whole", async () => {
    const { address } = await listen(echo);
    const body = Buffer.alloc(3_000_000, "abc");
    const answers = await Promise.all([1, 2, 3].map(() => clientOf().invoke(address, { code: 1, body })));
    for (const answer of answers) expect(answer.body.equals(body)).toBe(true);
  });

  test("a call that is not answered in time is rejected and the others go on", async () => {
    const { address } = await listen((socket) =>
      onCommand(socket, ({ code: asked, opaque }) => {
        if (asked !== 52) write(socket, responseHeader(0, opaque, {}));
      }),
    );
    const client = clientOf();
    await expect(client.invoke(address, { code: 52 }, { timeoutMs: 30 })).rejects.toEqual(code("REQUEST_TIMEOUT"));
    await expect(client.invoke(address, { code: 1 })).resolves.toMatchObject({ code: 0 });
  });

  test("calls take the connections of an address in turn", async () => {
    let connections = 0;
    const { address } = await listen((socket) => {
      connections++;
      echo(socket);
    });
    const client = clientOf({ connectionsPerAddress: 2 });
    const answers = await Promise.all([1, 2, 3, 4, 5].map((code) => client.invoke(address, { code })));
    expect(answers.map(({ opaque }) => opaque)).toEqual([1, 1, 2, 2, 3]);
    expect(connections).toBe(2);
  });

  test("an aborted call is rejected with the signal's reason", async () => {
    const { address } = await listen(() => undefined);
    const abort = new AbortController();
    const answer = clientOf().invoke(address, { code: 1 }, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
  });

  test("oneway requests carry their flag and get no answer", async () => {
    const seen: Promise<RemotingCommand> = new Promise((resolve) => {
      void listen((socket) => onCommand(socket, resolve)).then(({ address }) =>
        clientOf().oneway(address, { code: 37 }),
      );
    });
    await expect(seen).resolves.toMatchObject({ code: 37, flag: 2 });
  });

  test("closing the client rejects what is in flight", async () => {
    const { address } = await listen(() => undefined);
    const client = clientOf();
    const answer = client.invoke(address, { code: 1 });
    const outcome = expect(answer).rejects.toEqual(code("CONNECTION_LOST"));
    await client.oneway(address, { code: 1 });
    client.close();
    await outcome;
    await expect(client.invoke(address, { code: 1 })).rejects.toEqual(code("CONNECT_FAILED"));
  });
});

describe("requests of the server", () => {
  test("a registered handler answers, others are told that the request is not supported", async () => {
    const answers: Promise<RemotingCommand[]> = new Promise((resolve, reject) => {
      const got: RemotingCommand[] = [];
      listen((socket) => {
        onCommand(socket, (command) => {
          if (command.flag !== 1) return;
          got.push(command);
          if (got.length === 2) resolve(got);
        });
        write(socket, requestHeader(326, 1, { a: "b" }));
        write(socket, requestHeader(40, 2, {}, true));
        write(socket, requestHeader(220, 3));
      }).then(({ address }) => {
        const client = clientOf();
        client.onRequest(326, ({ extFields }) => ({ code: 0, remark: extFields["a"] }));
        return client.oneway(address, { code: 1 });
      }, reject);
    });
    expect((await answers).map(({ opaque, code: answer, remark }) => [opaque, answer, remark])).toEqual(
      expect.arrayContaining([
        [1, 0, "b"],
        [3, 3, "request type 220 not supported"],
      ]),
    );
  });
});

describe("servers that are not there or not RocketMQ", () => {
  test("a refused connection, then a fast refusal while backing off, then well again", async () => {
    const first = await listen(echo);
    const client = clientOf();
    first.stop();
    await expect(client.invoke(first.address, { code: 1 })).rejects.toEqual(code("CONNECT_REFUSED"));
    await expect(client.invoke(first.address, { code: 1 })).rejects.toEqual(code("CONNECT_REFUSED"));
    await listen(echo, first.port);
    await expect
      .poll(() => client.invoke(first.address, { code: 1 }).catch((error: unknown) => error), { timeout: 20_000 })
      .toMatchObject({ code: 0 });
  });

  test("a web server", async () => {
    const { address } = await listen((socket) =>
      socket.on("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    await expect(clientOf().invoke(address, { code: 1 })).rejects.toEqual(code("NOT_ROCKETMQ"));
  });

  test("a TLS port that answers plain text with an alert", async () => {
    const { address } = await listen((socket) =>
      socket.on("data", () => socket.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 70]))),
    );
    await expect(clientOf().invoke(address, { code: 1 })).rejects.toEqual(code("TLS_REQUIRED"));
  });

  test("a server that closes each connection without a word", async () => {
    const { address } = await listen((socket) => socket.destroy());
    await expect(clientOf().invoke(address, { code: 1 })).rejects.toEqual(code("CONNECTION_LOST"));
  });

  test("one that takes no connection in time is not told as one that did not answer", async () => {
    const { address } = await listen(() => undefined);
    const client = clientOf({ tls: {}, connectTimeoutMs: 30 });
    await expect(client.invoke(address, { code: 1 })).rejects.toEqual(code("CONNECT_TIMEOUT"));
  });

  test("a connection that is lost in the middle takes its calls along, and the next call opens another", async () => {
    let connections = 0;
    const { address } = await listen((socket) => {
      if (++connections === 1)
        onCommand(socket, ({ opaque }) =>
          opaque < 3 ? write(socket, responseHeader(0, opaque, {})) : socket.destroy(),
        );
      else echo(socket);
    });
    const client = clientOf();
    await client.invoke(address, { code: 1 });
    await client.invoke(address, { code: 1 });
    const lost = [client.invoke(address, { code: 1 }), client.invoke(address, { code: 1 })];
    expect(
      (await Promise.allSettled(lost)).map(
        (outcome) => outcome.status === "rejected" && (outcome.reason as { code: string }).code,
      ),
    ).toEqual(["CONNECTION_LOST", "CONNECTION_LOST"]);
    await expect(client.invoke(address, { code: 1 })).resolves.toMatchObject({ code: 0 });
    expect(connections).toBe(2);
  });

  test("an address that is none", async () => {
    await expect(clientOf().invoke("nowhere", { code: 1 })).rejects.toEqual(code("CONNECT_FAILED"));
  });
});
