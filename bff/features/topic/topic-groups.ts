import pLimit from "p-limit";
import type { Failure } from "#contract/list.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import type { TopicGroup } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { FanOut } from "../../rocketmq/cluster/fan-out.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { groupOffsets, type GroupOffsets } from "../../rocketmq/admin/group-offsets.ts";
import { topicGroups, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { byQueue, lastConsumedOf, presentQueue } from "../../cluster/progress.ts";
import type { TopicPlace } from "./topic-detail.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { poppingNow, type Popping } from "../../monitor/popping.ts";
import { subscribedBy } from "../../monitor/sweep-clients.ts";
import { presenceOf, subscribing, type Connections } from "../../cluster/group-connections.ts";
import { DAY_MS, offsetsSince } from "../../cluster/topic-since.ts";
import { consumedOf, consumedOfDay, unackedOf, type DayAgo } from "../../cluster/consumed.ts";
import { backlogOf, lagUnknownOf, noBacklog, presentBacklog } from "../../cluster/backlog.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";

const GROUPS_AT_ONCE = 16;

type Offsets = FanOut<BrokerTarget, GroupOffsets>;

interface Read {
  offsets: Offsets;
  /** Of those that subscribe to the topic. */
  connections: Connections;
  popping: Popping;
}

function presentGroup({ dayAgo }: Place, group: string, { offsets, connections, popping }: Read): TopicGroup {
  const all = offsets.items.flatMap(({ value }) => value.queues);
  const whole = offsets.failures.length === 0;
  const { clients, messageModel, pop: popsByType } = presenceOf(connections);
  const pop = popsByType || popping.pops;
  const sums = backlogOf(all);
  const lagUnknown = lagUnknownOf(whole || sums.offsets > 0 ? sums : undefined, messageModel);
  const queues = lagUnknown === "broadcasting" ? [] : all.map(presentQueue).sort(byQueue);
  const known = lagUnknown === "broadcasting" ? noBacklog() : sums;
  return {
    group,
    ...presentBacklog(known, whole),
    lagUnknown,
    clients,
    pop,
    atLeast: !whole,
    messageModel,
    consumed: queues.length === 0 ? null : consumedOf(all, whole),
    unacked: pop !== false ? (popping.unacked?.toString() ?? null) : queues.length === 0 ? null : unackedOf(all, whole),
    consumed24h: whole && queues.length > 0 ? (consumedOfDay(all, dayAgo)?.toString() ?? null) : null,
    lastConsumedAt: lastConsumedOf(queues),
    queues,
  };
}

interface Place {
  cluster: RocketMQCluster;
  topic: string;
  proxies: readonly string[];
  dayAgo: DayAgo;
  swept: Swept;
}

async function readGroup(place: Place, group: string) {
  const { cluster, topic, proxies, swept } = place;
  const online = connectionsByServer(cluster, group, proxies);
  const subscribed = online.then((known) => subscribedBy(swept, group, known));
  const asked = groupOffsets(cluster, group, { topic, subscribed });
  const connected = online.then((known) => subscribing(known, topic));
  const popping = connected.then((connections) => poppingNow(cluster, swept, { group, topic, connections }));
  const [offsets, connections, said] = await Promise.all([asked, connected, popping, subscribed]);
  return {
    item: presentGroup(place, group, { offsets, connections, popping: said }),
    failures: [...offsets.failures, ...connections.failures],
  };
}

/** The groups that consume a topic, how far each is and who of it is online. */
export async function groupsOfTopic(
  deps: Deps,
  { instanceId, topic }: TopicPlace,
): Promise<{ items: TopicGroup[]; failures: Failure[]; at: number }> {
  const [cluster, proxies] = await Promise.all([
    deps.clusters.get(instanceId),
    proxyRemotingAddrs(deps.db, instanceId),
  ]);
  const [{ groups, failures }, offsets] = await Promise.all([topicGroups(cluster, topic), topicStats(cluster, topic)]);
  const day = await offsetsSince(cluster, offsets, topic, deps.now() - DAY_MS);
  const place = { cluster, topic, proxies, dayAgo: day.offsets, swept: deps.stats.peek(instanceId) };
  const limit = pLimit(GROUPS_AT_ONCE);
  const shown = groups.filter((group) => !isSystemGroup(group));
  const read = await Promise.all(shown.map((group) => limit(() => readGroup(place, group))));
  return {
    items: read.map(({ item }) => item),
    failures: failuresOf(failures, offsets.failures, day.failures, ...read.map((part) => part.failures)),
    at: deps.now(),
  };
}
