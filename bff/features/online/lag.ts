import type { LagRow, UnackedUnknown } from "#contract/online.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { backlogOf, lagUnknownOf, noBacklog, presentBacklog } from "../../cluster/backlog.ts";
import { consumedOf, consumedOfDay, unackedOf } from "../../cluster/consumed.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { presenceOf, type Connections } from "../../cluster/group-connections.ts";
import { partSum } from "../../cluster/part-sum.ts";
import { byCodeUnit, descending } from "../../cluster/ranking.ts";
import { DAY_MS, offsetsSince } from "../../cluster/topic-since.ts";
import { poppingNow, type Popping } from "../../monitor/popping.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { subscribedBy } from "../../monitor/sweep-clients.ts";
import { mapBounded } from "../../rocketmq/bounded.ts";
import { connectionsByServer, groupTopics } from "../../rocketmq/admin/group-admin.ts";
import { groupOffsets, type GroupOffset, type GroupOffsets } from "../../rocketmq/admin/group-offsets.ts";
import { manyTopicStats, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOut, FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { longestOf, oldestUnacked, oldestUnconsumed, unknownLongest } from "./lag-figures.ts";
import { ONLINE } from "./limits.ts";
import { readyTimes } from "./ready-times.ts";

const TOPICS_AT_ONCE = 4;

interface AskedLag {
  instanceId: string;
  group: string;
  topic?: string;
}

interface Read {
  topic: string;
  offsets: FanOut<BrokerTarget, GroupOffsets>;
  day: Awaited<ReturnType<typeof offsetsSince>>;
  popping: Popping;
  queues: GroupOffset[];
}

/** Why what is not acknowledged is not known, where it is not. */
function whyUnacked(
  unacked: string | null,
  read: Read,
  { broadcasts, online }: { broadcasts: boolean; online: boolean },
): UnackedUnknown | null {
  if (unacked !== null) return null;
  if (broadcasts) return "broadcasting";
  if (read.popping.pops !== false) return online ? "pop" : "nobodyOnline";
  const { queues, offsets } = read;
  if (queues.some(({ committed, pullOffset }) => committed !== null && pullOffset === undefined)) return "oldBroker";
  return offsets.failures.length > 0 ? "notRead" : "neverPulled";
}

/** What waits longest is read first, where not all can be. */
const byLastConsumed = (a: { last: number }, b: { last: number }) => a.last - b.last;

/** Messages that show how long each of the queues waits. */
function placesOf(reads: readonly Read[]) {
  const places = reads.flatMap(({ queues }) =>
    queues.flatMap((queue) =>
      [oldestUnacked(queue), oldestUnconsumed(queue)].flatMap((place) =>
        place === null ? [] : [{ place, last: queue.lastTimestamp }],
      ),
    ),
  );
  return places
    .sort(byLastConsumed)
    .slice(0, ONLINE.lagReads)
    .map(({ place }) => place);
}

/** Messages that were put into retry topics of a group, in all and by topic where popped ones have a retry topic of their own. */
async function retriesOf(cluster: RocketMQCluster, group: string, topics: readonly string[]) {
  const { groups } = await catalogOf(cluster);
  const names = new Set(groups.map((known) => known.group));
  const common = `${RETRY_PREFIX}${group}`;
  const own = (topic: string) =>
    [`${common}+${topic}`, ...(names.has(`${group}_${topic}`) ? [] : [`${common}_${topic}`])] as const;
  const stats = await manyTopicStats(cluster, [common, ...topics.flatMap(own)]);
  const ends = (names: readonly string[]) =>
    stats.items
      .flatMap(({ value }) => names.flatMap((name) => value.get(name)?.offsetTable ?? []))
      .reduce((sum, [, { maxOffset }]) => sum + maxOffset, 0n);
  const whole = stats.failures.length === 0;
  const ofGroup = ends([common]) > 0n && topics.length > 1;
  return {
    of: (topic: string) => ({ retries: partSum(ends([common, ...own(topic)]), whole), retriesOfGroup: ofGroup }),
    failures: stats.failures,
  };
}

interface Whole {
  group: string;
  connections: Connections;
  ready: Awaited<ReturnType<typeof readyTimes>>;
  retries: Awaited<ReturnType<typeof retriesOf>>;
  now: number;
}

function presentLag(read: Read, { connections, ready, retries, now }: Whole): LagRow {
  const { topic, offsets, day, popping, queues } = read;
  const whole = offsets.failures.length === 0;
  const { clients, messageModel, pop: popsByType } = presenceOf(connections);
  const pops = popsByType || popping.pops === true;
  const sums = backlogOf(queues);
  const lagUnknown = lagUnknownOf(whole || sums.offsets > 0 ? sums : undefined, messageModel);
  const broadcasts = lagUnknown === "broadcasting";
  const known = queues.length > 0 && !broadcasts;
  const unacked = popsByType || popping.pops !== false ? popping.unacked?.toString() : unackedOf(queues, whole);
  const shownUnacked = known ? (unacked ?? null) : null;
  const told = known && queues.every(({ committed, pullOffset }) => committed === null || pullOffset !== undefined);
  const longest = (placeOf: typeof oldestUnacked) =>
    longestOf(
      queues.flatMap((queue) => placeOf(queue) ?? []),
      ready.byPlace,
      { now, whole },
    );
  const total = queues.reduce((sum, { maxOffset }) => sum + maxOffset, 0n);
  return {
    topic,
    ...presentBacklog(broadcasts ? noBacklog() : sums, whole),
    total: queues.length === 0 ? null : partSum(total, whole),
    consumed: known ? consumedOf(queues, whole) : null,
    consumed24h: known && whole ? (consumedOfDay(queues, day.offsets)?.toString() ?? null) : null,
    lagUnknown,
    tps: known && sums.offsets > 0 ? offsets.items.reduce((sum, { value }) => sum + value.consumeTps, 0) : null,
    longestUnacked: told && !pops && shownUnacked !== null ? longest(oldestUnacked) : unknownLongest,
    longestUnconsumed: told && sums.offsets > 0 ? longest(oldestUnconsumed) : unknownLongest,
    unacked: shownUnacked,
    unackedUnknown: whyUnacked(
      shownUnacked,
      { ...read, popping: pops ? { ...popping, pops } : popping },
      {
        broadcasts,
        online: clients !== 0,
      },
    ),
    ...retries.of(topic),
    atLeast: !whole,
  };
}

/** Those topics of a group that are no retry or dead letter topics, the one asked for first, then by lag as last swept. */
function inOrder(names: Iterable<string>, { group, topic }: AskedLag, { groups }: Swept): string[] {
  const swept = groups?.byName.get(group)?.topics;
  const all = [...new Set(names)].filter((name) => !name.startsWith(RETRY_PREFIX) && !name.startsWith(DLQ_PREFIX));
  const lag = (name: string) => swept?.get(name)?.lag ?? 0n;
  return all.sort(
    (a, b) => Number(b === topic) - Number(a === topic) || descending(lag(a), lag(b)) || byCodeUnit(a, b),
  );
}

/** How far a group is with each of its topics, the figures of the manual's table. */
export async function lagOfGroup(deps: Deps, asked: AskedLag) {
  const { instanceId, group } = asked;
  const cluster = await deps.clusters.get(instanceId);
  const swept = deps.stats.peek(instanceId);
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const [connections, known] = await Promise.all([
    connectionsByServer(cluster, group, proxies),
    groupTopics(cluster, group),
  ]);
  const subscribed = subscribedBy(swept, group, connections);
  const asWell = asked.topic === undefined ? [] : [asked.topic];
  const all = inOrder([...known.topics, ...subscribed, ...asWell], asked, swept);
  const topics = all.slice(0, ONLINE.lagTopics);
  const readTopic = async (topic: string): Promise<Read & { failures: FanOutFailure[] }> => {
    const [offsets, stats, popping] = await Promise.all([
      groupOffsets(cluster, group, { topic, subscribed }),
      topicStats(cluster, topic),
      poppingNow(cluster, swept, { group, topic, connections }),
    ]);
    const day = await offsetsSince(cluster, stats, topic, deps.now() - DAY_MS);
    const queues = offsets.items.flatMap(({ value }) => value.queues);
    return {
      topic,
      offsets,
      day,
      popping,
      queues,
      failures: [...offsets.failures, ...stats.failures, ...day.failures],
    };
  };
  const [reads, retries] = await Promise.all([
    mapBounded(topics, TOPICS_AT_ONCE, readTopic),
    retriesOf(cluster, group, topics),
  ]);
  const broadcasts = presenceOf(connections).messageModel === "BROADCASTING";
  const ready = await readyTimes(cluster, broadcasts ? [] : placesOf(reads));
  const whole = { group, connections, ready, retries, now: deps.now() };
  return {
    items: reads.map((read) => presentLag(read, whole)),
    more: all.length - topics.length,
    failures: failuresOf(
      known.failures,
      connections.failures,
      retries.failures,
      ready.failures,
      ...reads.map((read) => read.failures),
    ),
    at: deps.now(),
  };
}
