import pLimit, { type LimitFunction } from "p-limit";
import { inSlices } from "../slices.ts";

/** Large replies that are read at the same time, of all peers of the console: each may take 250 MB while it is read. */
const AT_ONCE = 1;

const turns = pLimit(AT_ONCE);
/** Those of one peer wait for each other first, so that whoever sends many holds up the others by one. */
const byPeer = new Map<string, LimitFunction>();

/** Reads a large reply in slices when its turn has come. */
export async function readLarge<T>(
  steps: Generator<void, T>,
  { addr, signal }: { addr: string; signal?: AbortSignal },
): Promise<T> {
  const own = byPeer.get(addr) ?? pLimit(1);
  byPeer.set(addr, own);
  try {
    return await own(() =>
      turns(() => {
        signal?.throwIfAborted();
        return inSlices(steps, signal);
      }),
    );
  } finally {
    if (own.activeCount + own.pendingCount === 0) byPeer.delete(addr);
  }
}
