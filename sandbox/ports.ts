import { createServer, type Server } from "node:net";

// Below the range from which Linux and macOS take ports for outgoing connections.
const FIRST_BLOCK = 20_000;
const LAST_BLOCK = 31_900;
const BLOCK = 100;

export interface PortBlock {
  base: number;
  release(): Promise<void>;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server) await close(server);
  return server !== undefined;
}

/**
 * Reserves the ports base+1 … base+size. The base port itself stays open as the reservation:
 * other processes see it taken, and it frees itself when this process dies.
 */
export async function reservePorts(size: number, preferredBase?: number): Promise<PortBlock> {
  const count = (LAST_BLOCK - FIRST_BLOCK) / BLOCK;
  const start = Math.floor(Math.random() * count);
  const bases = Array.from({ length: count }, (_, i) => FIRST_BLOCK + ((start + i) % count) * BLOCK);
  if (size >= BLOCK) throw new Error(`a cluster may use at most ${BLOCK - 1} ports, not ${size}`);
  for (const base of preferredBase === undefined ? bases : [preferredBase, ...bases]) {
    const holder = await listen(base);
    if (!holder) continue;
    const ports = Array.from({ length: size }, (_, i) => base + 1 + i);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return { base, release: () => close(holder) };
    await close(holder);
  }
  throw new Error("no free block of ports found");
}
