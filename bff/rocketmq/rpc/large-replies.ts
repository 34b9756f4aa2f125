import pLimit, { type LimitFunction } from "p-limit";
import { orAborted } from "../remoting/abort.ts";
import { inSlices } from "../slices.ts";

/** Large replies that are read at the same time, of all peers of the console: each may take 250 MB while it is read. */
const AT_ONCE = 1;

const turns = pLimit(AT_ONCE);

/** Large replies of the peers of one cluster. They wait for each other first, so that it holds up other clusters by one, whatever number of addresses it has. */
export class LargeReplies {
  readonly #turn = pLimit(1);
  /** Those of one peer wait for each other before that, so that whoever sends many holds up the others by one. */
  readonly #byPeer = new Map<string, LimitFunction>();

  /** Reads a large reply in slices when its turn has come. */
  async read<T>(steps: Generator<void, T>, { addr, signal }: { addr: string; signal?: AbortSignal }): Promise<T> {
    const own = this.#byPeer.get(addr) ?? pLimit(1);
    this.#byPeer.set(addr, own);
    const read = () => {
      signal?.throwIfAborted();
      return inSlices(steps, signal);
    };
    const drop = () => {
      if (own.activeCount + own.pendingCount === 0) this.#byPeer.delete(addr);
    };
    return orAborted(own(() => this.#turn(() => turns(read))).finally(drop), signal);
  }
}
