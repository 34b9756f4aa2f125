import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { Logger } from "pino";
import type { ClusterRegistry } from "../cluster/registry.ts";
import type { Store } from "../store/store.ts";
import type { Curves } from "./curves.ts";
import type { History, Sample } from "./history.ts";
import { brokerKey } from "../rocketmq/cluster/seen-brokers.ts";
import type { KnownBrokers } from "../cluster/known-brokers.ts";
import { isListed, listedBefore, lookAt, type Look } from "./sighting.ts";
import type { StatsSweep } from "./stats-sweep.ts";
import { clusterRates, engineVersion, messageTotals, totalLag } from "./totals.ts";

interface Options {
  db: Store;
  clusters: ClusterRegistry;
  known: KnownBrokers;
  history: History;
  curves: Curves;
  stats: StatsSweep;
  log: Logger;
  now: () => number;
  sampleMs: number;
}

/** Instances looked at side by side; those that do not answer keep their place for some seconds. */
const AT_ONCE = 16;
/** Ticks that may be missed before curves show a gap. */
const LONGEST_GAP_TICKS = 2.5;
/** A dead broker must not hold up the end of the console. */
const STOP_MS = 500;
const SWEEP_HOLDS_MS = 70_000;

/** Looks at every instance at every tick: its state, its brokers, one point of each of its curves. */
export class Sampler {
  readonly #options: Options;
  readonly #looks = new Map<string, Look>();
  readonly #looking = new Map<string, Promise<Look>>();
  readonly #limit = pLimit(AT_ONCE);
  /** The ticks under way: an instance that answers late misses some and holds up no other. */
  readonly #ticking = new Map<string, Promise<void>>();
  #starting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Looks at once, then at multiples of the sampling interval, so that points of all instances and of all runs line up. */
  start(): void {
    this.#startTick();
    this.#scheduleTick();
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
        .catch((error: unknown) => log.warn({ err: error, instanceId: id }, "an instance cannot be looked at"))
        .finally(() => this.#ticking.delete(id));
      this.#ticking.set(id, ticking);
    }
  }

  async #tick(id: string, t: number): Promise<void> {
    const { history, curves, stats, now } = this.#options;
    const record = async (samples: readonly Sample[]) => {
      if (!this.#stopped) await history.record(samples, now());
    };
    const look = await this.#look(id);
    await record(this.#samplesOf(id, look, t));
    if (look.state === "unreachable") return;
    stats.tick(id);
    await record(await curves.tick(id, look, t));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const ended = async () => {
      await this.#starting;
      await Promise.all(this.#ticking.values());
    };
    await Promise.race([ended(), sleep(STOP_MS, undefined, { ref: false })]);
  }

  /** What the last look at an instance saw; the first one is waited for, as is a fresh one. */
  async look(instanceId: string, { fresh = false } = {}): Promise<Look> {
    const known = this.#looks.get(instanceId);
    return known !== undefined && !fresh ? known : this.#look(instanceId);
  }

  /** The last look, if there was one. */
  peek(instanceId: string): Look | undefined {
    return this.#looks.get(instanceId);
  }

  /** Drops what was seen of an instance: it was removed, or reaches another cluster now. */
  async forget(instanceId: string): Promise<void> {
    this.#looks.delete(instanceId);
    this.#looking.delete(instanceId);
    this.#options.curves.forget(instanceId);
    await this.#options.known.forget(instanceId);
    // Last: made anew, it would remember what is forgotten here.
    this.#options.clusters.drop(instanceId);
  }

  #look(instanceId: string): Promise<Look> {
    const underWay = this.#looking.get(instanceId);
    if (underWay !== undefined) return underWay;
    const looking = this.#lookNow(instanceId).finally(() => {
      if (this.#looking.get(instanceId) === looking) this.#looking.delete(instanceId);
    });
    this.#looking.set(instanceId, looking);
    return looking;
  }

  async #lookNow(instanceId: string): Promise<Look> {
    const { clusters, known, now, sampleMs } = this.#options;
    const cluster = await clusters.get(instanceId);
    const last = this.#looks.get(instanceId);
    const previous = last ?? listedBefore(await known.before(instanceId));
    const look = await lookAt(cluster, { now, previous, longestGapMs: sampleMs * LONGEST_GAP_TICKS });
    // The way to reach it may have changed meanwhile: then this saw another cluster, or what is to be forgotten.
    if (!this.#stopped && (await clusters.get(instanceId)) === cluster && this.#looks.get(instanceId) === last) {
      this.#looks.set(instanceId, look);
      await known.keep(instanceId, look);
      await this.#saveState(instanceId, look);
    }
    return look;
  }

  #samplesOf(instanceId: string, look: Look, t: number): Sample[] {
    const values: [string, number | null | undefined][] = Object.entries(clusterRates(look));
    for (const broker of look.brokers) {
      const key = brokerKey(broker.target);
      values.push(
        [`produceTps@${key}`, broker.rates.produceTps],
        [`consumeTps@${key}`, broker.rates.consumeTps],
        [`disk@${key}`, broker.runtime?.diskRatio],
      );
    }
    values.push(...this.#sweptValues(instanceId, look, t));
    return values.flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [{ instanceId, key, t, value }],
    );
  }

  /** Totals of the latest sweeps, which are rarer than ticks: they hold for a while and then are unknown. */
  #sweptValues(instanceId: string, look: Look, t: number): [string, number][] {
    const { topics, groups } = this.#options.stats.peek(instanceId);
    const holds = (snapshot: { at: number; failures: readonly unknown[] } | undefined) =>
      snapshot !== undefined && snapshot.failures.length === 0 && t - snapshot.at <= SWEEP_HOLDS_MS;
    const values: [string, number][] = [];
    if (topics !== undefined && holds(topics)) {
      values.push(["stored", Number(messageTotals(topics, look).stored)]);
    }
    if (groups !== undefined && holds(groups)) values.push(["lag", Number(totalLag(groups))]);
    return values;
  }

  async #saveState(id: string, look: Look): Promise<void> {
    const { state, at } = look;
    const brokers = look.brokers.filter(isListed);
    const seen =
      brokers.length === 0
        ? {}
        : {
            version: engineVersion(look),
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
