import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { Logger } from "pino";
import type { KnownBrokers } from "../cluster/known-brokers.ts";
import type { ClusterRegistry } from "../cluster/registry.ts";
import { proxyRemotingAddrs } from "../store/proxies.ts";
import type { Store } from "../store/store.ts";
import { clusterSamples } from "./cluster-samples.ts";
import { NameSeries, type Subject } from "./name-series.ts";
import type { Recording } from "./series.ts";
import { SeriesStore } from "./series-store.ts";
import type { Sighting } from "./sighting.ts";
import { Sightings } from "./sightings.ts";
import { StatsSweep, type Watcher } from "./stats-sweep.ts";
import { Subscribers, type Seen } from "./subscribers.ts";

interface Options {
  db: Store;
  clusters: ClusterRegistry;
  known: KnownBrokers;
  log: Logger;
  now: () => number;
  sampleMs: number;
  /** How long samples are kept. */
  keepMs: number;
  /** Most calls a second of a sweep in the background. */
  callsPerSecond: number;
}

/** Instances seen side by side; those that do not answer keep their place for some seconds. */
const AT_ONCE = 16;
/** A dead broker must not hold up the end of the console. */
const STOP_MS = 500;

/** Sees every instance at every tick: its state, its brokers, and what of its series is due. */
export class Monitor {
  /** Figures of every topic and group, without an RPC each on every view. */
  readonly stats: StatsSweep;
  /** What ticks recorded. */
  readonly series: SeriesStore;
  readonly #options: Options;
  readonly #sightings: Sightings;
  readonly #names: NameSeries;
  readonly #subscribers: Subscribers;
  readonly #limit = pLimit(AT_ONCE);
  /** The ticks under way: an instance that answers late misses some and holds up no other. */
  readonly #ticking = new Map<string, Promise<void>>();
  #starting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: Options) {
    const { db, clusters, known, log, now, sampleMs, keepMs, callsPerSecond } = options;
    const failed = (what: string) => (err: unknown, instanceId: string) => log.warn({ err, instanceId }, what);
    const clusterOf = (instanceId: string) => clusters.get(instanceId);
    this.#options = options;
    this.#subscribers = new Subscribers(failed("somebody who was told what was seen failed"));
    const tell = (seen: Seen) => this.#subscribers.tell(seen);
    this.series = new SeriesStore({ db, sampleMs, keepMs });
    this.stats = new StatsSweep({
      clusterOf,
      proxiesOf: (instanceId) => proxyRemotingAddrs(db, instanceId),
      now,
      callsPerSecond,
      tell,
      onError: failed("a sweep failed"),
    });
    this.#names = new NameSeries({ clusterOf, stats: this.stats, now, sampleMs });
    const onSeen = (instanceId: string, sighting: Sighting) => tell({ instanceId, what: "cluster", sighting });
    this.#sightings = new Sightings({ db, clusters, known, now, sampleMs, onSeen });
  }

  /** Ticks at once, then at multiples of the sampling interval, so that points of all instances and of all runs line up. */
  start(): void {
    this.#startTick();
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sightings.stop();
    clearTimeout(this.#timer);
    const ended = async () => {
      await this.#starting;
      await Promise.all(this.#ticking.values());
    };
    await Promise.race([ended(), sleep(STOP_MS, undefined, { ref: false })]);
  }

  /** Calls the listener with all that is seen from now on, until it leaves with what this answers. */
  onSnapshot(listener: (seen: Seen) => unknown): () => void {
    return this.#subscribers.add(listener);
  }

  /** Somebody wants to know of an instance: it is swept often for a while; a topic or group is sampled at every tick for a minute. */
  watch(instanceId: string, by: Watcher, subject?: Subject): void {
    this.stats.watch(instanceId, by);
    if (subject !== undefined) this.#names.watch(instanceId, subject);
  }

  /** What was last seen of an instance; the first time is waited for. */
  async sighting(instanceId: string): Promise<Sighting> {
    return this.#sightings.last(instanceId) ?? this.#sightings.see(instanceId);
  }

  /** What was last seen, if anything was. */
  lastSighting(instanceId: string): Sighting | undefined {
    return this.#sightings.last(instanceId);
  }

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. Its series stay. */
  async forget(instanceId: string): Promise<void> {
    this.stats.forget(instanceId);
    this.#names.forget(instanceId);
    await this.#sightings.forget(instanceId);
  }

  #scheduleTick(): void {
    if (this.#stopped) return;
    const { now, sampleMs } = this.#options;
    const next = () => {
      this.#startTick();
      this.#scheduleTick();
    };
    this.#timer = setTimeout(next, sampleMs - (now() % sampleMs));
    this.#timer.unref();
  }

  #startTick(): void {
    const { now, sampleMs, log } = this.#options;
    const at = Math.round(now() / sampleMs) * sampleMs;
    this.#starting = this.#tickAll(at).catch((error: unknown) => log.error({ err: error }, "sampling failed"));
  }

  async #tickAll(t: number): Promise<void> {
    const { db, log } = this.#options;
    const rows = await db.selectFrom("instance").select("id").where("recycledAt", "is", null).execute();
    for (const { id } of rows) {
      if (this.#stopped || this.#ticking.has(id)) continue;
      const ticking = this.#limit(() => this.#tick(id, t))
        .catch((error: unknown) => log.warn({ err: error, instanceId: id }, "an instance cannot be seen"))
        .finally(() => this.#ticking.delete(id));
      this.#ticking.set(id, ticking);
    }
  }

  async #tick(id: string, t: number): Promise<void> {
    const sighting = await this.#sightings.see(id);
    await this.#record(id, clusterSamples(sighting, this.stats.peek(id), t));
    if (sighting.state === "unreachable") return;
    this.stats.tick(id);
    await this.#record(id, await this.#names.tick(id, sighting, t));
  }

  async #record(instanceId: string, recording: Recording): Promise<void> {
    if (this.#stopped) return;
    await this.series.record(instanceId, recording, this.#options.now());
    this.#subscribers.tell({ instanceId, what: "samples", recording });
  }
}
