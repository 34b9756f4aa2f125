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
} from "./offsets.ts";
import { Recording, slotMsOf } from "./series.ts";
import { isListed, type Sighting } from "./sighting.ts";
import { SlotClock } from "./slot-clock.ts";
import { isOfListed, type Snapshot } from "./snapshot.ts";
import { isBroadcasting, subscribedBy } from "./sweep-clients.ts";
import type { GroupStats, StatsSweep, TopicStats } from "./stats-sweep.ts";

/** A topic or group whose series are wanted finer. */
export type Subject = { topic: string } | { group: string };

interface Options {
  clusterOf: (instanceId: string) => Promise<RocketMQCluster>;
  stats: StatsSweep;
  now: () => number;
  sampleMs: number;
}

/** How long a topic or group is sampled at every tick after it was watched. */
const WATCHED_MS = 60_000;
const MOST_WATCHED = 32;
/** Offsets that take longer to read are read once a slot, whoever watches. */
const QUICK_MS = 300;
const LONGEST_GAP_TICKS = 2.5;

/** What is remembered of an instance from one tick to the next. */
class Memory {
  /** Masters that were listed, and since when it is these. */
  masters = "";
  mastersSince = 0;
  readonly topics: SlotClock<Snapshot<TopicStats>>;
  readonly groups: SlotClock<Snapshot<GroupStats>>;
  readonly committed: SlotClock<Reading>;
  /** Readings of the tick before. */
  lastCommitted: Reading | undefined;
  lastEnds: Reading | undefined;
  committedMs = 0;
  /** Until when each is sampled at every tick. */
  readonly watched = new Map<string, { subject: Subject; until: number }>();

  constructor(slotMs: number) {
    this.topics = new SlotClock(slotMs);
    this.groups = new SlotClock(slotMs);
    this.committed = new SlotClock(slotMs);
  }
}

/**
 * Rates and lags of single topics and groups. Of all of them a mean for each slot is told, from two sweeps and from one
 * read of all committed offsets a slot; of those that are watched a sample at every tick besides.
 */
export class NameSeries {
  readonly #options: Options;
  readonly #memories = new Map<string, Memory>();

  constructor(options: Options) {
    this.#options = options;
  }

  watch(instanceId: string, subject: Subject): void {
    const { watched } = this.#memoryOf(instanceId);
    const key = JSON.stringify(subject);
    watched.delete(key);
    watched.set(key, { subject, until: this.#options.now() + WATCHED_MS });
    for (const oldest of watched.keys()) if (watched.size > MOST_WATCHED) watched.delete(oldest);
  }

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. */
  forget(instanceId: string): void {
    this.#memories.delete(instanceId);
  }

  /** What is to be recorded of a tick at `t`. */
  async tick(instanceId: string, sighting: Sighting, t: number): Promise<Recording> {
    const cluster = await this.#options.clusterOf(instanceId);
    const memory = this.#memoryOf(instanceId);
    noteMasters(memory, sighting);
    const recording = new Recording();
    const { topics, groups } = this.#watched(instanceId, memory);
    this.#addSwept(recording, instanceId, memory);
    await this.#addCommitted(recording, { cluster, memory, topics, groups, t });
    if (topics.length > 0) await this.#addEnds(recording, { cluster, memory, topics, t });
    await Promise.all(
      groups.map(async (group) => {
        const swept = this.#options.stats.peek(instanceId);
        const lag = isBroadcasting(swept, group) ? null : await readLag(cluster, group, subscribedBy(swept, group));
        recording.add("group_diff", { group }, t, lag);
      }),
    );
    return recording;
  }

  #memoryOf(instanceId: string): Memory {
    let memory = this.#memories.get(instanceId);
    if (memory === undefined) {
      memory = new Memory(slotMsOf(this.#options.sampleMs));
      this.#memories.set(instanceId, memory);
    }
    return memory;
  }

  /** Those that the last sweeps saw: a name that somebody made up gets no samples. */
  #watched(instanceId: string, { watched }: Memory): { topics: string[]; groups: string[] } {
    const swept = this.#options.stats.peek(instanceId);
    for (const [key, { until }] of watched) if (until < this.#options.now()) watched.delete(key);
    const subjects = [...watched.values()].map(({ subject }) => subject);
    return {
      topics: subjects
        .flatMap((subject) => ("topic" in subject ? subject.topic : []))
        .filter((topic) => swept.topics?.byName.has(topic)),
      groups: subjects
        .flatMap((subject) => ("group" in subject ? subject.group : []))
        .filter((group) => swept.groups?.byName.has(group)),
    };
  }

  /** From two sweeps of topics what was produced between them, and from one of groups what lags. */
  #addSwept(recording: Recording, instanceId: string, memory: Memory): void {
    const { topics, groups, clients } = this.#options.stats.peek(instanceId);
    if (topics !== undefined && isOfListed(topics) && topics.startedAt >= memory.mastersSince) {
      const passed = memory.topics.next(topics, topics.startedAt);
      if (passed) recording.addSlots("producer_tps", producedBetween(passed.before, topics), passed.slots);
    }
    if (groups?.failures.length === 0 && groups.startedAt >= memory.mastersSince) {
      const passed = memory.groups.next(groups, groups.at);
      if (passed) recording.addSlots("group_diff", lagsOf(groups, { clients }), passed.slots);
    }
  }

  /** How far committed offsets moved: one read serves the slots of all and the ticks of those that are watched. */
  async #addCommitted(
    recording: Recording,
    {
      cluster,
      memory,
      topics,
      groups,
      t,
    }: { cluster: RocketMQCluster; memory: Memory; topics: string[]; groups: string[]; t: number },
  ): Promise<void> {
    const { now } = this.#options;
    const startedAt = now();
    const often = topics.length + groups.length > 0 && memory.committedMs <= QUICK_MS;
    if (!often && !memory.committed.isDue(startedAt)) return;
    const reading = await readCommitted(cluster, now);
    memory.committedMs = now() - startedAt;
    if (reading === undefined) return;
    const rates = this.#ratesOfTick(memory.lastCommitted, reading);
    memory.lastCommitted = reading;
    if (rates !== undefined) {
      const sums = byTopicAndGroup(rates);
      // Who has committed nothing consumes nothing.
      const rateOf = (of: ReadonlyMap<string, number | null>, name: string) => (of.has(name) ? of.get(name) : 0);
      for (const topic of topics) recording.add("topic_consumer_tps", { topic }, t, rateOf(sums.topics, topic));
      for (const group of groups) recording.add("consumer_tps", { group }, t, rateOf(sums.groups, group));
    }
    const passed = memory.committed.next(reading, reading.at);
    const means = passed && ratesBetween(passed.before, reading);
    if (!passed || !means) return;
    const sums = byTopicAndGroup(means);
    recording.addSlots("topic_consumer_tps", sums.topics, passed.slots);
    recording.addSlots("consumer_tps", sums.groups, passed.slots);
  }

  /** What topics that are watched got since the tick before. */
  async #addEnds(
    recording: Recording,
    { cluster, memory, topics, t }: { cluster: RocketMQCluster; memory: Memory; topics: string[]; t: number },
  ): Promise<void> {
    const ends = await readEnds(cluster, topics, this.#options.now);
    if (ends === undefined) return;
    const rates = this.#ratesOfTick(memory.lastEnds, ends);
    memory.lastEnds = ends;
    for (const topic of topics) recording.add("producer_tps", { topic }, t, rates?.get(topic));
  }

  /** None over a gap. */
  #ratesOfTick(before: Reading | undefined, after: Reading): Map<string, number | null> | undefined {
    const longestMs = LONGEST_GAP_TICKS * this.#options.sampleMs;
    return before === undefined || after.at - before.at > longestMs ? undefined : ratesBetween(before, after);
  }
}

/** A broker that comes or goes takes its offsets along: sums are compared only while the masters are the same. */
function noteMasters(memory: Memory, { brokers, at }: Sighting): void {
  const masters = brokers
    .filter((broker) => isListed(broker) && broker.target.role === "master")
    .map(({ target }) => target.brokerName)
    .sort()
    .join();
  if (masters === memory.masters) return;
  memory.masters = masters;
  memory.mastersSince = at;
  memory.topics.reset();
  memory.groups.reset();
}
