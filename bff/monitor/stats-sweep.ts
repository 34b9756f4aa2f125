import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { ClientBook } from "./client-book.ts";
import { KeptBook } from "./kept-book.ts";
import { Pace } from "./pace.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Seen } from "./subscribers.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import { subscribedByGroup, sweepClients, type GroupClients } from "./sweep-clients.ts";
import { sweepDelays } from "./sweep-delays.ts";
import { sweepGroups, type GroupsSnapshot, type GroupStats } from "./sweep-groups.ts";
import { sweepTopics, type TopicsSnapshot, type TopicStats } from "./sweep-topics.ts";

export type { GroupStats, Snapshot, TopicStats };

export interface ReadOptions {
  /** Oldest snapshot that will do; an older one is refreshed and waited for. Without it the latest will do, however old. */
  maxAgeMs?: number;
}

interface Options {
  clusterOf: (instanceId: string) => Promise<RocketMQCluster>;
  /** Remoting addresses of its proxies, which alone know gRPC clients. */
  proxiesOf: (instanceId: string) => Promise<readonly string[]>;
  now: () => number;
  /** Most calls a second of a sweep in the background. */
  callsPerSecond: number;
  /** Called with what a sweep of an instance saw. */
  tell: (seen: Seen) => void;
  onError: (error: unknown, instanceId: string) => void;
}

/** Who wants to know: a person that looks at pages, or a rule that is evaluated without anybody looking. */
export type Watcher = "person" | "rule";

/** How long an instance counts as watched; a rule says it again whenever it is evaluated. */
const WATCHED_MS: Record<Watcher, number> = { person: 10 * 60_000, rule: 3 * 60_000 };

/** A sweep that began with a question would make that very question slow. */
const AFTER_ASKING_MS = 300;

/** Pauses between sweeps; `duty` is the part of the time that sweeps may take, so that big clusters are swept less often. */
const pauses = {
  watched: { shortestMs: 4000, duty: 1 / 4 },
  unwatched: { shortestMs: 55_000, duty: 1 / 50 },
  delays: { shortestMs: 15_000, duty: 1 / 8 },
};

const DELAYS_MAX_AGE_MS = 30_000;

class Sweep<S extends Snapshot<unknown>> {
  latest: S | undefined;
  #running: { pace: Pace; result: Promise<S> } | undefined;
  readonly #run: (pace: Pace, previous: S | undefined) => Promise<S>;
  readonly #tell: (snapshot: S) => unknown;
  readonly #awaited: () => Promise<unknown> | undefined;

  /** `awaited` tells the end of a sweep that somebody waits for. */
  constructor(
    run: (pace: Pace, previous: S | undefined) => Promise<S>,
    tell: (snapshot: S) => unknown,
    awaited: () => Promise<unknown> | undefined,
  ) {
    this.#run = run;
    this.#tell = tell;
    this.#awaited = awaited;
  }

  /** One sweep at a time; a caller who waits hurries the one that is under way. */
  refresh(callsPerSecond: number): Promise<S> {
    if (this.#running === undefined) {
      const pace = new Pace(callsPerSecond, this.#awaited);
      const result = this.#run(pace, this.latest)
        .then((snapshot) => {
          this.latest = snapshot;
          this.#tell(snapshot);
          return snapshot;
        })
        .finally(() => (this.#running = undefined));
      this.#running = { pace, result };
    }
    if (callsPerSecond === Infinity) this.#running.pace.hurry();
    return this.#running.result;
  }

  due(now: number, { shortestMs, duty }: { shortestMs: number; duty: number }): boolean {
    if (this.#running !== undefined) return false;
    if (this.latest === undefined) return true;
    const took = this.latest.at - this.latest.startedAt;
    return now - this.latest.at >= Math.max(shortestMs, took / duty);
  }
}

/** The latest snapshots of an instance. */
export interface Swept {
  topics?: TopicsSnapshot;
  groups?: GroupsSnapshot;
  clients?: Snapshot<GroupClients>;
  delays?: Snapshot<number>;
}

interface Watched {
  topics: Sweep<TopicsSnapshot>;
  groups: Sweep<GroupsSnapshot>;
  clients: Sweep<Snapshot<GroupClients>>;
  /** Read while somebody watches alone. */
  delays: Sweep<Snapshot<number>>;
  /** Ends of the sweeps that somebody waits for; the one in the background holds until then. */
  awaited: Set<Promise<unknown>>;
  watchedUntil: number;
  soon?: NodeJS.Timeout;
}

/**
 * Knows the figures of every topic and group of every instance without an RPC each on every view: they are swept in the
 * background at a bounded rate, often while somebody watches and rarely else, and at once when somebody asks for it.
 */
export class StatsSweep {
  readonly #options: Options;
  readonly #instances = new Map<string, Watched>();

  constructor(options: Options) {
    this.#options = options;
  }

  async topics(instanceId: string, { maxAgeMs }: ReadOptions = {}): Promise<Snapshot<TopicStats>> {
    const { topics, awaited } = await this.#asked(instanceId);
    return this.#read(topics, awaited, maxAgeMs);
  }

  async groups(instanceId: string, { maxAgeMs }: ReadOptions = {}): Promise<GroupsSnapshot> {
    const { groups, awaited } = await this.#asked(instanceId);
    return this.#read(groups, awaited, maxAgeMs);
  }

  /** Who is online of each group, and what they say of themselves. */
  async clients(instanceId: string, { maxAgeMs }: ReadOptions = {}): Promise<Snapshot<GroupClients>> {
    // It is made of groups, whose sweep in the background would wait for this one.
    await this.groups(instanceId);
    const { clients, awaited } = await this.#asked(instanceId);
    return this.#read(clients, awaited, maxAgeMs);
  }

  /** How far behind in time groups are, of those that are, in ms. */
  async delays(instanceId: string, { maxAgeMs = DELAYS_MAX_AGE_MS }: ReadOptions = {}): Promise<Snapshot<number>> {
    await this.groups(instanceId);
    const { delays, awaited } = await this.#asked(instanceId);
    return this.#read(delays, awaited, maxAgeMs);
  }

  /** Instances of which something is kept. */
  get size(): number {
    return this.#instances.size;
  }

  /** The latest snapshots without waiting for one. */
  peek(instanceId: string): Swept {
    const watched = this.#instances.get(instanceId);
    return {
      topics: watched?.topics.latest,
      groups: watched?.groups.latest,
      clients: watched?.clients.latest,
      delays: watched?.delays.latest,
    };
  }

  /** Somebody wants to know of an instance there is: what is due is swept in the background, after they were answered. */
  watch(instanceId: string, by: Watcher): void {
    const watched = this.#watchedBy(instanceId, by);
    if (watched.soon !== undefined) return;
    watched.soon = setTimeout(() => {
      watched.soon = undefined;
      if (this.#instances.get(instanceId) === watched) this.tick(instanceId);
    }, AFTER_ASKING_MS);
    watched.soon.unref();
  }

  /** Starts what is due of an instance in the background; called at every tick of the monitor. */
  tick(instanceId: string): void {
    const watched = this.#watched(instanceId);
    const now = this.#options.now();
    const isWatched = now < watched.watchedUntil;
    const pause = isWatched ? pauses.watched : pauses.unwatched;
    const { topics, groups, clients, delays } = watched;
    for (const sweep of [topics, groups, clients, ...(isWatched ? [delays] : [])]) {
      if (!sweep.due(now, sweep === delays ? pauses.delays : pause)) continue;
      sweep.refresh(this.#options.callsPerSecond).catch((error: unknown) => this.#options.onError(error, instanceId));
    }
  }

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. */
  forget(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #read<S extends Snapshot<unknown>>(sweep: Sweep<S>, awaited: Watched["awaited"], maxAgeMs = Infinity): Promise<S> {
    const { latest } = sweep;
    if (latest !== undefined && this.#options.now() - latest.at <= maxAgeMs) return Promise.resolve(latest);
    const result = sweep.refresh(Infinity);
    const end: Promise<unknown> = result.catch(() => undefined).finally(() => awaited.delete(end));
    awaited.add(end);
    return result;
  }

  /** Nothing is kept of an instance that there is not. */
  async #asked(instanceId: string): Promise<Watched> {
    await this.#options.clusterOf(instanceId);
    return this.#watchedBy(instanceId, "person");
  }

  #watchedBy(instanceId: string, by: Watcher): Watched {
    const watched = this.#watched(instanceId);
    watched.watchedUntil = Math.max(watched.watchedUntil, this.#options.now() + WATCHED_MS[by]);
    return watched;
  }

  #watched(instanceId: string): Watched {
    let watched = this.#instances.get(instanceId);
    if (watched === undefined) {
      const { clusterOf, proxiesOf, now, tell, callsPerSecond } = this.#options;
      const awaited = new Set<Promise<unknown>>();
      const first = () => awaited.values().next().value;
      // What is told of an instance that was forgotten meanwhile would be of another cluster.
      const tellOf = (seen: Seen) => this.#instances.get(instanceId) === watched && tell(seen);
      const keptBook = new KeptBook(now);
      const topics: Watched["topics"] = new Sweep(
        async (pace, previous) => sweepTopics(await clusterOf(instanceId), { pace, previous, now, book: keptBook }),
        (snapshot) => tellOf({ instanceId, what: "topics", topics: snapshot }),
        first,
      );
      const groups: Watched["groups"] = new Sweep(
        async (pace) => {
          const topicsAt = (brokerName: string) => topics.latest?.byMaster.get(brokerName);
          const subscribed = subscribedByGroup({ clients: clients.latest });
          return sweepGroups(await clusterOf(instanceId), { pace, now, topicsAt, subscribed });
        },
        (snapshot) => tellOf({ instanceId, what: "groups", groups: snapshot }),
        first,
      );
      // Not `groups()`: a sweep is nobody who watches.
      const latestGroups = async () => groups.latest ?? groups.refresh(callsPerSecond);
      const book = new ClientBook(now);
      const clients: Watched["clients"] = new Sweep(
        async (pace) => {
          const [cluster, of] = [await clusterOf(instanceId), await latestGroups()];
          const names = [...new Set([...of.known, ...of.byName.keys()])].filter((group) => !isSystemGroup(group));
          const isBehind = (group: string) => (of.byName.get(group)?.lag ?? 0n) > 0n;
          const proxies = await proxiesOf(instanceId);
          const untold = [...of.failures, ...of.untold];
          return sweepClients(cluster, { pace, now, groups: names, isBehind, proxies, untold, book });
        },
        (snapshot) => tellOf({ instanceId, what: "clients", clients: snapshot }),
        first,
      );
      const delays: Watched["delays"] = new Sweep(
        async (pace) => sweepDelays(await clusterOf(instanceId), await latestGroups(), { pace, now }),
        () => undefined,
        first,
      );
      watched = { topics, groups, clients, delays, awaited, watchedUntil: -Infinity };
      this.#instances.set(instanceId, watched);
    }
    return watched;
  }
}
