import { DLQ_PREFIX, isSystemGroup } from "#contract/rules/names.ts";
import { noBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import type { ClientInfo } from "../../cluster/client-info.ts";
import { isBroadcasting } from "../sweep-clients.ts";
import type { GroupStats } from "../sweep-groups.ts";
import type { TopicStats } from "../sweep-topics.ts";
import { duration, number, rate, text, time, weightOf, type Found, type Known, type Rule } from "./rule.ts";

const subject = (name: string) => ({ kind: "group" as const, name });

/** How many clients are online: null where none was seen and not everybody could be asked. */
function clientsOf({ clients }: Known, group: string): number | null {
  if (clients === undefined) return null;
  const online = clients.byName.get(group);
  if (online !== undefined) return online.online.length;
  return clients.isWhole(group) ? 0 : null;
}

/** Figures of a group of which a master did not tell are of the others. */
const partOf = ({ groups }: Known, group: string) => ({ atLeast: groups?.isWhole(group) !== true });

/** Groups whose figures mean something: broadcasting ones have none. */
function* groupsOf(known: Known): Generator<[group: string, stats: GroupStats]> {
  for (const [group, stats] of known.groups?.byName ?? []) {
    if (isSystemGroup(group) || isBroadcasting(known, group)) continue;
    yield [group, stats];
  }
}

const worstTopic = (topics: ReadonlyMap<string, BacklogSums>, by: "lag" | "neverConsumed") =>
  [...topics].reduce<[string, bigint]>(
    (worst, [topic, sums]) => (sums[by] > worst[1] ? [topic, sums[by]] : worst),
    ["", 0n],
  )[0];

interface Speed {
  /** Messages a second. */
  arriving: number;
  consuming: number;
  /** Over how long. */
  ms: number;
}

/** From a shorter time, commits that come every five seconds look like a stop and a leap. */
const SHORTEST_MS = 4000;

function speedOf({ trends }: Known, group: string): Speed | undefined {
  const moved = trends.groups.of(group);
  if (moved === undefined || moved.ms < SHORTEST_MS) return undefined;
  const perSecond = (from: bigint, to: bigint) => (Number(to - from) * 1000) / moved.ms;
  const arriving = perSecond(moved.from.ends, moved.to.ends);
  const consuming = perSecond(moved.from.committed, moved.to.committed);
  // An offset that was put back is no movement.
  return arriving < 0 || consuming < 0 ? undefined : { arriving, consuming, ms: moved.ms };
}

/** So much of what arrives may wait at any time: clients commit every five seconds. */
const BEHIND_MS = 15_000;
const KEEPS_UP = 0.9;
/** Whoever commits nothing for longer than between two commits stands still; where nothing more arrives, one message may take long. */
const STILL_MS = { arriving: 8000, quiet: 45_000 };
const CRITICAL_MS = 10 * 60_000;

/** What clients said of their speed longer ago tells nothing of now. */
const TOLD_MS = 5 * 60_000;

/** What the threads of all clients can do in a second, where all said so, consume message by message, and it is all for one topic. */
function capacityOf(known: Known, group: string, stats: GroupStats, topic: string, arriving: number) {
  const of = known.clients?.byName.get(group);
  if (!of?.toldAt || known.now - of.toldAt > TOLD_MS) return undefined;
  const { infos, online } = of;
  const isForOne = [...stats.topics].every(([name, { lag }]) => name === topic || lag === 0n);
  if (!isForOne || infos.some(({ batchSize, cut }) => batchSize > 1 || cut)) return undefined;
  const times = infos.flatMap(({ status }) => status.get(topic)?.consumeMs ?? []).filter((ms) => ms > 0);
  const threads = infos.flatMap((info) => (info.threads === null ? [] : [threadsAtWork(info, topic, info.threads)]));
  if (times.length === 0 || threads.length < online.length) return undefined;
  const consumeMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const all = threads.reduce((sum, n) => sum + n, 0);
  return {
    threads: all,
    consumeMs,
    perSecond: (all * 1000) / consumeMs,
    needed: Math.ceil((arriving * consumeMs) / 1000),
  };
}

/** In order, each queue is consumed by one thread. */
function threadsAtWork({ orderly, queues }: ClientInfo, topic: string, threads: number): number {
  if (!orderly) return threads;
  return Math.min(threads, queues.filter((queue) => queue.topic === topic).length);
}

const differingOf = ({ clients }: Known, group: string) => clients?.byName.get(group)?.differing ?? [];

/** Queues of a topic that clients differ on and that none of them says it has: they were given to one that does not want them, and no rate of the others gets there. */
function ownerless(known: Known, group: string, topic: string): number {
  const { infos, online } = known.clients?.byName.get(group) ?? { infos: [], online: [] };
  const sums = known.groups?.byName.get(group)?.topics.get(topic);
  if (sums === undefined || !differingOf(known, group).includes(topic)) return 0;
  if (infos.length < online.length || infos.some(({ cut, popQueues }) => cut || popQueues.length > 0)) return 0;
  const owned = infos.flatMap(({ queues }) => queues.filter((queue) => queue.topic === topic)).length;
  return Math.max(0, sums.offsets + sums.neverConsumedQueues - owned);
}

/** Whether most of what waits in a topic is a lag that has to do with such queues: one that had an owner once has an offset. */
function isLeftLag(known: Known, group: string, topic: string): boolean {
  const { lag, neverConsumed } = known.groups?.byName.get(group)?.topics.get(topic) ?? noBacklog();
  return lag > neverConsumed && ownerless(known, group, topic) > 0;
}

function behind(known: Known, group: string, stats: GroupStats): Found | undefined {
  const clients = clientsOf(known, group);
  const speed = speedOf(known, group);
  if (stats.lag === 0n || clients === null || clients === 0 || speed === undefined) return undefined;
  const { arriving, consuming, ms } = speed;
  const isStill = consuming === 0 && ms >= (arriving > 0 ? STILL_MS.arriving : STILL_MS.quiet);
  if (known.groups?.disabledAt.has(group) || (!isStill && consuming >= arriving * KEEPS_UP)) return undefined;
  const behindMs = arriving > 0 ? (Number(stats.lag) * 1000) / arriving : 0;
  const topic = worstTopic(stats.topics, "lag");
  if (isLeftLag(known, group, topic)) return undefined;
  const capacity = capacityOf(known, group, stats, topic, arriving);
  const isShort = capacity !== undefined && capacity.perSecond < arriving * KEEPS_UP;
  if (behindMs < BEHIND_MS && !isShort && !isStill) return undefined;
  return {
    level: behindMs >= CRITICAL_MS ? "critical" : "warning",
    subject: subject(group),
    context: isShort ? "threads" : isStill ? "stuck" : undefined,
    figures: {
      lag: number(stats.lag, partOf(known, group)),
      topic: text(topic),
      arriving: rate(arriving),
      consuming: rate(consuming),
      clients: number(clients),
      ...(isStill && !isShort && { over: duration(ms) }),
      ...(isShort && {
        threads: number(capacity.threads),
        consumeMs: duration(capacity.consumeMs),
        capacity: rate(capacity.perSecond),
        needed: number(capacity.needed),
      }),
    },
    weight: weightOf(stats.lag),
  };
}

const fallsBehind: Rule = {
  id: "fallsBehind",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      const found = behind(known, group, stats);
      if (found !== undefined) yield found;
    }
  },
};

/** What a group consumes a second, by the last minute; null where nobody knows. */
export const consumingOf = (known: Known, group: string): number | null => speedOf(known, group)?.consuming ?? null;

/** How long a group takes to consume what waits, at the rates of the last minute; null where it does not gain on it, or nobody knows. */
export function catchUpMs(known: Known, group: string): number | null {
  const stats = known.groups?.byName.get(group);
  const lag = stats?.lag ?? 0n;
  const speed = speedOf(known, group);
  if (lag === 0n || speed === undefined || isBroadcasting(known, group)) return null;
  if ([...(stats?.topics ?? [])].some(([topic, sums]) => sums.lag > 0n && ownerless(known, group, topic) > 0))
    return null;
  const gain = speed.consuming - speed.arriving;
  return gain > 0 ? (Number(lag) * 1000) / gain : null;
}

/** A lag that shrinks is told from here on. */
const LARGE_MS = 60_000;

/** It catches up, which takes a while. */
const isBehind: Rule = {
  id: "isBehind",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      const speed = speedOf(known, group);
      const leftMs = catchUpMs(known, group);
      if (speed === undefined || leftMs === null) continue;
      if (leftMs < LARGE_MS || Number(stats.lag) * 1000 < speed.arriving * BEHIND_MS) continue;
      yield {
        level: "info",
        subject: subject(group),
        figures: {
          lag: number(stats.lag, partOf(known, group)),
          arriving: rate(speed.arriving),
          consuming: rate(speed.consuming),
          left: duration(leftMs),
        },
        weight: weightOf(stats.lag),
      };
    }
  },
};

/** Whoever consumed within a day is missed; a lag of long ago is nobody's worry at night. */
const MISSED_MS = 86_400_000;

const offline: Rule = {
  id: "offline",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      if (stats.lag === 0n || clientsOf(known, group) !== 0) continue;
      const arriving = speedOf(known, group)?.arriving ?? 0;
      const isMissed = stats.consumedUntil !== null && known.now - stats.consumedUntil < MISSED_MS;
      yield {
        level: arriving > 0 || isMissed ? "warning" : "info",
        subject: subject(group),
        context: arriving > 0 ? "arriving" : undefined,
        figures: { lag: number(stats.lag, partOf(known, group)), ...(arriving > 0 && { arriving: rate(arriving) }) },
        weight: weightOf(stats.lag),
      };
    }
  },
};

const paused: Rule = {
  id: "paused",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      const brokers = known.groups?.disabledAt.get(group);
      if (brokers === undefined || stats.lag + stats.neverConsumed === 0n) continue;
      yield {
        level: "warning",
        subject: subject(group),
        figures: {
          lag: number(stats.lag + stats.neverConsumed, partOf(known, group)),
          brokers: text(brokers.join(", ")),
        },
        weight: weightOf(stats.lag + stats.neverConsumed),
      };
    }
  },
};

const subscriptionsDiffer: Rule = {
  id: "subscriptionsDiffer",
  *find(known) {
    for (const [group, { differing: topics, infos }] of known.clients?.byName ?? []) {
      if (topics.length === 0) continue;
      const stats = known.groups?.byName.get(group);
      const waiting = topics.flatMap((topic) => {
        const { lag, neverConsumed, neverConsumedQueues } = stats?.topics.get(topic) ?? noBacklog();
        const isLeft = isLeftLag(known, group, topic);
        const messages = isLeft ? lag + neverConsumed : neverConsumed;
        const queues = isLeft ? ownerless(known, group, topic) : neverConsumedQueues;
        return messages === 0n ? [] : [{ topic, isLeft, messages, queues }];
      });
      const sum = waiting.reduce((total, { messages }) => total + messages, 0n);
      const queues = waiting.reduce((total, one) => total + one.queues, 0);
      yield {
        level: "warning",
        subject: subject(group),
        context: sum === 0n ? undefined : waiting.some(({ isLeft }) => isLeft) ? "lagging" : "waiting",
        figures: {
          topics: text((sum > 0n ? waiting.map(({ topic }) => topic) : topics).join(", ")),
          clients: number(infos.length),
          ...(sum > 0n && {
            queues: number(queues, partOf(known, group)),
            messages: number(sum, partOf(known, group)),
          }),
        },
        weight: weightOf(sum) + 1,
      };
    }
  },
};

const neverConsumed: Rule = {
  id: "neverConsumed",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      if (stats.neverConsumed === 0n) continue;
      const clients = clientsOf(known, group);
      if (differingOf(known, group).includes(worstTopic(stats.topics, "neverConsumed"))) continue;
      yield {
        level: clients === 0 || clients === null ? "info" : "warning",
        subject: subject(group),
        context: clients === null ? "unknown" : clients === 0 ? "offline" : undefined,
        figures: {
          messages: number(stats.neverConsumed, partOf(known, group)),
          queues: number(stats.neverConsumedQueues, partOf(known, group)),
          topic: text(worstTopic(stats.topics, "neverConsumed")),
        },
        weight: weightOf(stats.neverConsumed),
      };
    }
  },
};

const beyondEnd: Rule = {
  id: "beyondEnd",
  *find(known) {
    for (const [group, stats] of groupsOf(known)) {
      if (stats.beyondEndQueues === 0) continue;
      const topics = [...stats.topics].flatMap(([topic, sums]) => (sums.beyondEndQueues > 0 ? [topic] : []));
      yield {
        level: "warning",
        subject: subject(group),
        figures: { queues: number(stats.beyondEndQueues, partOf(known, group)), topics: text(topics.join(", ")) },
        weight: stats.beyondEndQueues,
      };
    }
  },
};

/** A broker closes a connection that says nothing for two minutes (`serverChannelMaxIdleTimeSeconds`): until then it may be the old one of a client that came back. */
const HALF_OPEN_MS = 130_000;

const sharedClientId: Rule = {
  id: "sharedClientId",
  *find({ clients, trends }) {
    for (const [group, { sharedIds, online }] of clients?.byName ?? []) {
      const [id] = sharedIds;
      if (id === undefined) continue;
      const sharing = online.filter(({ clientId }) => sharedIds.has(clientId));
      const isSure = (trends.sharedIds.of(group)?.ms ?? 0) >= HALF_OPEN_MS;
      yield {
        level: isSure ? "warning" : "info",
        subject: subject(group),
        context: isSure ? undefined : "new",
        figures: {
          clients: number(sharing.length),
          clientId: text(id),
          addresses: text(sharing.map(({ address }) => address).join(", ")),
        },
        weight: sharing.length,
      };
    }
  },
};

/** How old the oldest of some messages is and until when it is kept, where that is known; once that is over, it may go at any time. */
function agesOf({ kept }: TopicStats, now: number): { context?: "kept" | "due"; figures: Found["figures"] } {
  if (!kept) return { figures: {} };
  const oldest = { oldest: time(kept.oldestAt) };
  if (kept.until === null) return { figures: oldest };
  return kept.until > now
    ? { context: "kept", figures: { ...oldest, left: duration(kept.until - now), keptUntil: time(kept.until) } }
    : { context: "due", figures: { ...oldest, keptUntil: time(kept.until) } };
}

/** Dead letters that are kept, of groups that there are; those that came lately are worse than those of yesterday. */
const deadLetters: Rule = {
  id: "deadLetters",
  *find({ topics, groups, trends, now }) {
    for (const [topic, stats] of topics?.byName ?? []) {
      const kept = stats.maxOffset - stats.minOffset;
      if (!topic.startsWith(DLQ_PREFIX) || kept <= 0n) continue;
      const group = topic.slice(DLQ_PREFIX.length);
      const isWhole = topics?.isWhole(topic) === true;
      const moved = trends.deadLetters.of(topic);
      const growth =
        moved !== undefined && moved.to.maxOffset > moved.from.maxOffset
          ? { more: number(moved.to.maxOffset - moved.from.maxOffset, { atLeast: !isWhole }), over: duration(moved.ms) }
          : undefined;
      // An older one may lie where nobody told.
      const ages = isWhole ? agesOf(stats, now) : { figures: {} };
      const contexts = [
        ...(growth === undefined ? [] : ["growing"]),
        ...(ages.context === undefined ? [] : [ages.context]),
      ];
      yield {
        level: growth !== undefined ? "warning" : "info",
        subject: groups?.known.has(group) === true ? subject(group) : { kind: "topic", name: topic },
        context: contexts.length === 0 ? undefined : contexts.join("_"),
        figures: { count: number(kept, { atLeast: !isWhole }), topic: text(topic), ...growth, ...ages.figures },
        weight: weightOf(kept),
      };
    }
  },
};

export const groupRules: readonly Rule[] = [
  fallsBehind,
  offline,
  paused,
  subscriptionsDiffer,
  neverConsumed,
  sharedClientId,
  deadLetters,
  beyondEnd,
  isBehind,
];
