import { RocketMQError } from "../errors.ts";
import { isSilence, isUnreached } from "./fan-out.ts";

/** Whom to ask of a broker. */
export interface ReplicaAddrs {
  brokerName: string;
  master?: string;
  slaves: readonly string[];
}

const SYSTEM_BUSY = 2;
/** Long enough for those who wait in line behind a request that timed out. */
const SILENT_MS = 1000;

export const noMaster = (brokerName: string): RocketMQError =>
  new RocketMQError("NO_MASTER", `${brokerName} has no master now`);

/** The addresses of a broker, as a route tells them. */
export function replicaAddrs(brokerName: string, brokerAddrs: ReadonlyMap<number, string>): ReplicaAddrs {
  const slaves = [...brokerAddrs].filter(([id]) => id !== 0).map(([, addr]) => addr);
  return { brokerName, master: brokerAddrs.get(0), slaves };
}

/** Asks the master of a broker, and its slaves in turn while nobody reaches it. */
export class Replicas {
  /** Who let a request or a connection time out: of a thousand queues only the first few wait for a server that hangs. */
  readonly #silent = new Map<string, { error: RocketMQError; until: number }>();

  /** Throws NO_MASTER when nobody may be asked, else what the master said, or the slave that did answer. */
  async ask<V>({ brokerName, master, slaves }: ReplicaAddrs, ask: (addr: string) => Promise<V>): Promise<V> {
    let failure = master === undefined ? noMaster(brokerName) : undefined;
    for (const addr of master === undefined ? slaves : [master, ...slaves]) {
      try {
        return await this.#askOne(addr, ask);
      } catch (error) {
        if (!(error instanceof RocketMQError)) throw error;
        // A slave that may not be read answers "busy"; what matters to people is that the master is gone.
        const passesOn = isUnreached(error) || (failure !== undefined && error.responseCode === SYSTEM_BUSY);
        if (!passesOn) throw error;
        failure ??= error;
      }
    }
    throw failure ?? noMaster(brokerName);
  }

  async #askOne<V>(addr: string, ask: (addr: string) => Promise<V>): Promise<V> {
    const silent = this.#silent.get(addr);
    if (silent !== undefined && performance.now() < silent.until) throw silent.error;
    try {
      return await ask(addr);
    } catch (error) {
      if (error instanceof RocketMQError && isSilence(error))
        this.#silent.set(addr, { error, until: performance.now() + SILENT_MS });
      throw error;
    }
  }
}
