import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import {
  byTopicAndGroup,
  lagsOf,
  producedBetween,
  ratesBetween,
  readCommitted,
  readEnds,
  readLag,
  type Reading,
} from "./advance.ts";
import type { History, Sample, SeriesQuery, SeriesResult } from "./history.ts";
import { isListed, type Look } from "./sighting.ts";
import { isOfListed } from "./snapshot.ts";
import type { GroupStats, Snapshot, StatsSweep, TopicStats } from "./stats-sweep.ts";

/** Curves of a topic or group; consumption is how far committed offsets moved, of all groups or of the one. */
const CURVES = { topic: ["produceTps", "consumeTps"], group: ["consumeTps", "lag"] } as const;
type Kind = keyof typeof CURVES;
export type Subject = { kind: Kind; name: string };

interface Options {
  clusterOf: (instanceId: string) => Promise<RocketMQCluster>;
  history: History;
  stats: StatsSweep;
  now: () => number;
  sampleMs: number;
}

/** Names kept of each curve at one time, those with the largest values: 1,000 samples a minute and instance at most. */
const MOST_NAMES = 250;
/** A mean over more slots than this would say too little. */
const MOST_SLOTS = 30;
/** How long a topic or group is sampled at every tick after its curves were asked for. */
const LOOKED_MS = 60_000;
const MOST_LOOKED_AT = 32;
/** Offsets that take longer to read are read once a slot, whoever looks. */
const QUICK_MS = 300;
const LONGEST_GAP_TICKS = 2.5;

type Point = Omit<Sample, "instanceId">;

const wholeKey = (kind: Kind, curve: string) => `${kind}/${curve}`;
const keyOf = (kind: Kind, curve: string, name: string) => `${wholeKey(kind, curve)}/${name}`;
const wholeOf = (key: string) => key.split("/", 2).join("/");
const fine = (key: string) => `fine/${key}`;

interface Followed {
  /** Masters that were listed, and since when it is these. */
  masters: string;
  mastersSince: number;
  /** Where the slots that are not written yet begin. */
  topics?: Snapshot<TopicStats>;
  groups?: Snapshot<GroupStats>;
  committed?: Reading;
  /** The readings of the last tick. */
  lastCommitted?: Reading;
  lastEnds?: Reading;
  committedMs: number;
  /** Until when each is sampled at every tick. */
  looked: Map<string, Subject & { until: number }>;
}

/**
 * Rates and lags of single topics and groups over time. Of all of them a mean for each slot of about a minute is kept,
 * from the sweeps and from one read of all committed offsets, and only where it is not 0; what somebody looks at is
 * sampled at every tick besides.
 */
export class Curves {
  readonly #options: Options;
  readonly #slotMs: number;
  readonly #followed = new Map<string, Followed>();

  constructor(options: Options) {
    this.#options = options;
    this.#slotMs = Math.max(options.sampleMs, Math.min(6 * options.sampleMs, 60_000));
  }

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. */
  forget(instanceId: string): void {
    this.#followed.delete(instanceId);
  }

  /** The curves of a topic or group; who asks keeps it sampled at every tick. */
  async series({ kind, name }: Subject, query: Omit<SeriesQuery, "keys">): Promise<SeriesResult> {
    const { history } = this.#options;
    this.#look(query.instanceId, { kind, name });
    const keys = CURVES[kind].map((curve) => keyOf(kind, curve, name));
    const short = (key: string) => key.split("/")[1] ?? key;
    const named = (result: SeriesResult, of: (key: string) => (number | null)[] | undefined): SeriesResult => ({
      ...result,
      series: Object.fromEntries(keys.map((key) => [short(key), of(key) ?? []])),
    });
    const slots = Math.ceil(history.stepOf(query) / this.#slotMs);
    const coarse = await history.series({ ...query, keys, step: slots * this.#slotMs }, wholeOf);
    if (slots > 1) return named(coarse, (key) => coarse.series[key]);
    const often = await history.series({ ...query, keys: keys.map(fine) });
    const slotAt = (point: number) => Math.floor((often.from + point * often.step - coarse.from) / coarse.step);
    return named(often, (key) =>
      often.series[fine(key)]?.map((value, point) => value ?? coarse.series[key]?.[slotAt(point)] ?? null),
    );
  }

  /** The samples of a tick at `t`. */
  async tick(instanceId: string, look: Look, t: number): Promise<Sample[]> {
    const { clusterOf, now } = this.#options;
    const cluster = await clusterOf(instanceId);
    const followed = this.#of(instanceId);
    for (const [key, { until }] of followed.looked) if (until < now()) followed.looked.delete(key);
    noteMasters(followed, look);
    const looked = this.#known(instanceId, followed.looked.values());
    const points = [
      ...this.#sweptPoints(instanceId, followed),
      ...(await this.#committedPoints(cluster, followed, looked, t)),
      ...(await this.#endPoints(cluster, followed, looked, t)),
      ...(await this.#lagPoints(cluster, looked, t)),
    ];
    return points.map((point) => ({ instanceId, ...point }));
  }

  #of(instanceId: string): Followed {
    let followed = this.#followed.get(instanceId);
    if (followed === undefined) {
      followed = { masters: "", mastersSince: 0, committedMs: 0, looked: new Map() };
      this.#followed.set(instanceId, followed);
    }
    return followed;
  }

  #look(instanceId: string, subject: Subject): void {
    const { looked } = this.#of(instanceId);
    const key = `${subject.kind}/${subject.name}`;
    looked.delete(key);
    looked.set(key, { ...subject, until: this.#options.now() + LOOKED_MS });
    for (const oldest of looked.keys()) if (looked.size > MOST_LOOKED_AT) looked.delete(oldest);
  }

  /** Those that the last sweeps saw: a name that somebody made up gets no samples. */
  #known(instanceId: string, subjects: Iterable<Subject>): Subject[] {
    const { topics, groups } = this.#options.stats.peek(instanceId);
    return [...subjects].filter(({ kind, name }) => (kind === "topic" ? topics : groups)?.byName.has(name) ?? false);
  }

  /** Beginnings of the slots from one moment to another; undefined while both are in the same one. */
  #slots(from: number, to: number): number[] | undefined {
    const first = Math.floor(from / this.#slotMs);
    const count = Math.floor(to / this.#slotMs) - first;
    if (count <= 0) return undefined;
    return Array.from({ length: count > MOST_SLOTS ? 0 : count }, (_, n) => (first + n) * this.#slotMs);
  }

  /** From two sweeps of topics what was produced between them, and from one of groups what lags. */
  #sweptPoints(instanceId: string, followed: Followed): Point[] {
    const { topics, groups } = this.#options.stats.peek(instanceId);
    const points: Point[] = [];
    if (topics !== undefined && isOfListed(topics) && isUsable(topics, followed)) {
      const before = followed.topics;
      const slots = before === undefined ? [] : this.#slots(before.startedAt, topics.startedAt);
      if (slots !== undefined) followed.topics = topics;
      if (before && slots) points.push(...largest("topic", "produceTps", producedBetween(before, topics), slots));
    }
    if (groups?.failures.length === 0 && isUsable(groups, followed)) {
      const slots = followed.groups === undefined ? [] : this.#slots(followed.groups.at, groups.at);
      if (slots !== undefined) followed.groups = groups;
      if (slots) points.push(...largest("group", "lag", lagsOf(groups), slots));
    }
    return points;
  }

  async #committedPoints(
    cluster: RocketMQCluster,
    followed: Followed,
    looked: readonly Subject[],
    t: number,
  ): Promise<Point[]> {
    const { now } = this.#options;
    const due = followed.committed === undefined || this.#slots(followed.committed.at, now()) !== undefined;
    if (!due && (looked.length === 0 || followed.committedMs > QUICK_MS)) return [];
    const startedAt = now();
    const reading = await readCommitted(cluster, now);
    followed.committedMs = now() - startedAt;
    if (reading === undefined) return [];
    const points: Point[] = [];
    const lately = this.#rates(followed.lastCommitted, reading);
    followed.lastCommitted = reading;
    if (lately !== undefined) {
      const sums = byTopicAndGroup(lately);
      points.push(...looked.map(({ kind, name }) => finePoint(kind, "consumeTps", name, t, sums[kind].get(name))));
    }
    const { committed } = followed;
    const slots = committed === undefined ? [] : this.#slots(committed.at, reading.at);
    if (slots === undefined) return points;
    followed.committed = reading;
    const rates = ratesBetween(committed, reading);
    if (rates === undefined) return points;
    const { topic, group } = byTopicAndGroup(rates);
    points.push(...largest("topic", "consumeTps", topic, slots), ...largest("group", "consumeTps", group, slots));
    return points;
  }

  /** Rates since the last tick; none over a gap. */
  #rates(before: Reading | undefined, after: Reading): Map<string, number> | undefined {
    const old = before !== undefined && after.at - before.at > LONGEST_GAP_TICKS * this.#options.sampleMs;
    return old ? undefined : ratesBetween(before, after);
  }

  async #endPoints(
    cluster: RocketMQCluster,
    followed: Followed,
    looked: readonly Subject[],
    t: number,
  ): Promise<Point[]> {
    const topics = looked.filter(({ kind }) => kind === "topic").map(({ name }) => name);
    if (topics.length === 0) return [];
    const ends = await readEnds(cluster, topics, this.#options.now);
    if (ends === undefined) return [];
    const before = followed.lastEnds;
    const rates = this.#rates(before, ends);
    followed.lastEnds = ends;
    const known = topics.filter((topic) => [...(before?.byMaster.values() ?? [])].some((master) => master.has(topic)));
    return rates === undefined
      ? []
      : known.map((topic) => finePoint("topic", "produceTps", topic, t, rates.get(topic)));
  }

  async #lagPoints(cluster: RocketMQCluster, looked: readonly Subject[], t: number): Promise<Point[]> {
    const groups = looked.filter(({ kind }) => kind === "group");
    const read = groups.map(async ({ name }): Promise<Point[]> => {
      const lag = await readLag(cluster, name);
      return lag === undefined ? [] : [finePoint("group", "lag", name, t, lag)];
    });
    return (await Promise.all(read)).flat();
  }
}

/** A broker that comes or goes takes its offsets along: sums are compared only while the masters are the same. */
function noteMasters(followed: Followed, look: Look): void {
  const masters = look.brokers
    .filter((broker) => isListed(broker) && broker.target.role === "master")
    .map(({ target }) => target.brokerName)
    .sort()
    .join();
  if (masters === followed.masters) return;
  Object.assign(followed, { masters, mastersSince: look.at, topics: undefined, groups: undefined });
}

const isUsable = ({ startedAt }: Snapshot<unknown>, { mastersSince }: Followed): boolean => startedAt >= mastersSince;

/** The same values in each slot, and a mark where these are all that are not 0. */
function largest(kind: Kind, curve: string, values: ReadonlyMap<string, number>, slots: readonly number[]): Point[] {
  const kept = [...values].sort(([, a], [, b]) => b - a).slice(0, MOST_NAMES);
  const all = kept.length === values.size;
  return slots.flatMap((t) => [
    ...kept.map(([name, value]) => ({ key: keyOf(kind, curve, name), t, value })),
    ...(all ? [{ key: wholeKey(kind, curve), t, value: 1 }] : []),
  ]);
}

const finePoint = (kind: Kind, curve: string, name: string, t: number, value = 0): Point => ({
  key: fine(keyOf(kind, curve, name)),
  t,
  value,
});
