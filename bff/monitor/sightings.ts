import type { KnownBrokers } from "../cluster/known-brokers.ts";
import type { ClusterRegistry } from "../cluster/registry.ts";
import type { Store } from "../store/store.ts";
import { isListed, listedBefore, see, type Sighting } from "./sighting.ts";
import { engineVersion } from "./totals.ts";

interface Options {
  db: Store;
  clusters: ClusterRegistry;
  known: KnownBrokers;
  now: () => number;
  sampleMs: number;
  onSeen: (instanceId: string, sighting: Sighting) => void;
}

/** Ticks that may be missed before curves show a gap. */
const LONGEST_GAP_TICKS = 2.5;

/** Sees clusters, and keeps what was last seen of each. */
export class Sightings {
  readonly #options: Options;
  readonly #last = new Map<string, Sighting>();
  readonly #underWay = new Map<string, Promise<Sighting>>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** What was last seen, if anything was. */
  last(instanceId: string): Sighting | undefined {
    return this.#last.get(instanceId);
  }

  /** Sees the cluster now; all who ask meanwhile share it. */
  see(instanceId: string): Promise<Sighting> {
    const underWay = this.#underWay.get(instanceId);
    if (underWay !== undefined) return underWay;
    const seeing = this.#see(instanceId).finally(() => {
      if (this.#underWay.get(instanceId) === seeing) this.#underWay.delete(instanceId);
    });
    this.#underWay.set(instanceId, seeing);
    return seeing;
  }

  /** Drops what was seen of an instance: it was removed, or reaches another cluster now. */
  async forget(instanceId: string): Promise<void> {
    this.#last.delete(instanceId);
    this.#underWay.delete(instanceId);
    await this.#options.known.forget(instanceId);
    // Last: made anew, it would remember what is forgotten here.
    this.#options.clusters.drop(instanceId);
  }

  /** What is seen from now on is not kept. */
  stop(): void {
    this.#stopped = true;
  }

  async #see(instanceId: string): Promise<Sighting> {
    const { clusters, known, now, sampleMs, onSeen } = this.#options;
    const cluster = await clusters.get(instanceId);
    const last = this.#last.get(instanceId);
    const previous = last ?? listedBefore(await known.before(instanceId));
    const sighting = await see(cluster, { now, previous, longestGapMs: sampleMs * LONGEST_GAP_TICKS });
    // The way to reach it may have changed meanwhile: then this is of another cluster, or is to be forgotten.
    if (!this.#stopped && (await clusters.get(instanceId)) === cluster && this.#last.get(instanceId) === last) {
      this.#last.set(instanceId, sighting);
      onSeen(instanceId, sighting);
      await known.keep(instanceId, sighting);
      await this.#saveState(instanceId, sighting);
    }
    return sighting;
  }

  async #saveState(id: string, sighting: Sighting): Promise<void> {
    const { state, at } = sighting;
    const brokers = sighting.brokers.filter(isListed);
    const seen =
      brokers.length === 0
        ? {}
        : {
            version: engineVersion(sighting),
            type: brokers.length === 1 ? "single" : "cluster",
            masters: brokers.filter(({ target }) => target.role === "master").length,
            slaves: brokers.filter(({ target }) => target.role === "slave").length,
          };
    await this.#options.db
      .updateTable("instance")
      .set({ state, stateAt: at, ...seen })
      .where("id", "=", id)
      .execute();
  }
}
