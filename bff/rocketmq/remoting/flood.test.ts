import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { RemotingClient } from "./client.ts";
import { encodeFrame, FrameDecoder, requestHeader, responseHeader } from "./frame.ts";

vi.setConfig({ testTimeout: 60_000 });

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that does something odd with the first request, and a client of it. */
async function peer(onRequest: (socket: Socket, opaques: readonly number[]) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const decoder = new FrameDecoder();
    const opaques: number[] = [];
    socket.on("data", (chunk: Buffer) => {
      decoder.push(chunk, ({ opaque }) => opaques.push(opaque));
      onRequest(socket, opaques);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new RemotingClient({ timeoutMs: 50_000, connectTimeoutMs: 50_000 });
  closers.push(() => {
    client.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { client, address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

function frames(header: string, count: number): Buffer {
  return Buffer.concat(Array<Buffer>(count).fill(encodeFrame(header)));
}

/** Writes for as long as the other side stays. */
function flood(socket: Socket, bytes: Buffer): void {
  socket.removeAllListeners("data");
  socket.pause();
  const go = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", go);
  go();
}

const left = (why: RegExp): unknown =>
  expect.objectContaining({ code: "MALFORMED_RESPONSE", message: expect.stringMatching(why) as string });

test.each([
  ["requests", requestHeader(999, 1)],
  ["answers", responseHeader(0, 2_000_000_000, {})],
])("a server that sends %s without end that nobody asked for is left", async (_name, header) => {
  const bytes = frames(header, 200);
  const { client, address, sockets } = await peer((socket) => flood(socket, bytes));
  const before = process.memoryUsage().rss;
  await expect(client.invoke(address, { code: 1 })).rejects.toEqual(left(/more than 5000 frames in a second/));
  await vi.waitFor(() => expect([...sockets].every(({ destroyed }) => destroyed)).toBe(true), { timeout: 10_000 });
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test("a server that has requests answered and does not read the answers is left", async () => {
  const bytes = frames(requestHeader(39, 1), 1000);
  const { client, address } = await peer((socket) => {
    socket.removeAllListeners("data");
    socket.pause();
    socket.write(bytes);
  });
  const body = Buffer.alloc(64 * 1024);
  client.onRequest(39, () => ({ code: 0, body }));
  await expect(client.invoke(address, { code: 1 })).rejects.toEqual(left(/does not read the answers/));
});

test("requests beyond what is served at once are answered busy, and those served before them in time", async () => {
  const answered: number[] = [];
  const { client, address } = await peer((socket, opaques) => {
    if (opaques.length !== 1) return;
    socket.removeAllListeners("data");
    const decoder = new FrameDecoder();
    socket.on("data", (chunk: Buffer) => decoder.push(chunk, ({ code }) => answered.push(code)));
    socket.write(frames(requestHeader(39, 1), 1030));
  });
  const release: (() => void)[] = [];
  client.onRequest(39, () => new Promise((resolve) => release.push(() => resolve({ code: 0 }))));
  client.invoke(address, { code: 1 }).catch(() => undefined);
  await vi.waitFor(() => expect(answered).toEqual([2, 2, 2, 2, 2, 2]), { timeout: 10_000 });
  for (const done of release) done();
  await vi.waitFor(() => expect(answered).toHaveLength(1030), { timeout: 10_000 });
});

test("late answers to requests that were given up are not held against a server", async () => {
  const count = 12_000;
  let seen = 0;
  const { client, address, sockets } = await peer((socket, opaques) => {
    seen = opaques.length;
    if (seen < count) return;
    for (const opaque of opaques) socket.write(encodeFrame(responseHeader(0, opaque)));
  });
  const given = new AbortController();
  const up = Array.from({ length: count - 1 }, () => client.invoke(address, { code: 1 }, { signal: given.signal }));
  const settled = Promise.allSettled(up);
  await vi.waitFor(() => expect(seen).toBe(count - 1), { timeout: 20_000 });
  given.abort();
  expect((await settled).every(({ status }) => status === "rejected")).toBe(true);
  expect((await client.invoke(address, { code: 1 })).code).toBe(0);
  expect(sockets.size).toBe(1);
});
