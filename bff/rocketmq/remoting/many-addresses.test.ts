import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { RemotingClient, type RemotingClientOptions } from "./client.ts";
import { encodeFrame, FrameDecoder, responseHeader } from "./frame.ts";

vi.setConfig({ testTimeout: 30_000 });
const patience = { timeout: 20_000 };

const closers: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
});

interface Peer {
  address: string;
  /** Connections that the client has ended. */
  ended: number;
}

/** A peer that never closes its side of a connection. */
async function peer(silent = false): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("end", () => (made.ended += 1));
    const decoder = new FrameDecoder();
    socket.on("data", (chunk: Buffer) =>
      decoder.push(chunk, ({ opaque }) => silent || socket.write(encodeFrame(responseHeader(0, opaque, {})))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const made: Peer = { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, ended: 0 };
  return made;
}

const peers = (count: number, silent = false) => Promise.all(Array.from({ length: count }, () => peer(silent)));

function clientOf(options: RemotingClientOptions = {}): RemotingClient {
  const client = new RemotingClient({ timeoutMs: 30_000, connectTimeoutMs: 30_000, ...options });
  closers.push(() => client.close());
  return client;
}

const ask = (client: RemotingClient, { address }: Peer, signal?: AbortSignal) =>
  client.invoke(address, { code: 1 }, { signal });
const endedOf = (all: readonly Peer[]) => all.map(({ ended }) => ended);
const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("connections to addresses that nobody asks any more are closed as others are asked, whatever their servers do", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const gone: string[] = [];
  const client = clientOf({ onDisconnect: (address) => gone.push(address) });
  const [still, ...moved] = await peers(5);
  if (!still) throw new Error("no peer");
  await Promise.all([still, ...moved].map((one) => ask(client, one)));
  vi.advanceTimersByTime(60_000);
  await ask(client, still);
  vi.advanceTimersByTime(60_000);
  await ask(client, await peer());
  await vi.waitUntil(() => gone.length === 4 && endedOf(moved).every((ended) => ended === 1), patience);
  expect(gone.toSorted()).toEqual(moved.map(({ address }) => address).toSorted());
  expect(still.ended).toBe(0);
  // Both ends of two connections, and the ends of the others that their servers keep.
  await vi.waitUntil(() => openSockets() === 2 * 2 + 4, patience);
});

test("a request that takes long keeps its connection", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const client = clientOf({ timeoutMs: 3_600_000 });
  const slow = await peer(true);
  let failed: unknown;
  await client.oneway(slow.address, { code: 1 });
  ask(client, slow).catch((error: unknown) => (failed = error));
  vi.advanceTimersByTime(120_000);
  await ask(client, await peer());
  expect([slow.ended, failed]).toEqual([0, undefined]);
});

test("beyond the most connections of a client, the one that was idle the longest is closed for a new one", async () => {
  const client = clientOf({ maxConnections: 3 });
  const all = await peers(4);
  for (const one of all.slice(0, 3)) await ask(client, one);
  const [first, , , last] = all;
  if (!first || !last) throw new Error("no peer");
  await ask(client, first);
  await ask(client, last);
  await vi.waitUntil(() => endedOf(all).includes(1), patience);
  expect(endedOf(all)).toEqual([0, 1, 0, 0]);
});

test("where all connections of a client are busy a call to another address fails at once, until one of them is not", async () => {
  const client = clientOf({ maxConnections: 2 });
  const [one, two] = await peers(2, true);
  const other = await peer();
  if (!one || !two) throw new Error("no peer");
  const leaving = new AbortController();
  const waiting = [ask(client, one), ask(client, two, leaving.signal)].map((answer) => answer.catch(String));
  await expect(ask(client, other)).rejects.toMatchObject({
    code: "NOT_REACHED",
    address: other.address,
    message: `${other.address} was not reached: all 2 connections of this client are busy`,
  });
  await client.oneway(two.address, { code: 1 });
  leaving.abort();
  await waiting[1];
  await expect(ask(client, other)).resolves.toMatchObject({ code: 0 });
});
