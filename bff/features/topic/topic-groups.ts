import pLimit from "p-limit";
import type { Failure } from "#contract/list.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import type { TopicGroup } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { FanOut } from "../../rocketmq/cluster/fan-out.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { topicGroups, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { groupRpc, type ConsumeStats } from "../../rocketmq/rpc/group.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { byQueue, lastConsumedOf, presentQueue, sumOver } from "../../cluster/progress.ts";
import type { TopicPlace } from "./topic-detail.ts";
import { presenceOf, subscribing, type Connections } from "../../cluster/group-connections.ts";
import { offsetsSince, queueKey } from "./topic-since.ts";
import { partSum } from "./topic.presenter.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";

const GROUPS_AT_ONCE = 16;

type Stats = FanOut<BrokerTarget, ConsumeStats>;
type Queue = TopicGroup["queues"][number];

/** Where each queue stood a day ago, and so what of its last day a group has consumed; left out where a broker did not tell. */
type DayAgo = ReadonlyMap<string, bigint>;
const DAY_MS = 86_400_000;

function consumedOfDay(queues: readonly Queue[], dayAgo: DayAgo): bigint | null {
  let sum = 0n;
  for (const queue of queues) {
    const from = dayAgo.get(queueKey(queue));
    if (from === undefined) return null;
    const consumed = BigInt(queue.consumerOffset);
    if (consumed > from) sum += consumed - from;
  }
  return sum;
}

const queuesOf = (stats: Stats): Queue[] =>
  stats.items
    .flatMap(({ value }) => value.offsetTable.map(([queue, offset]) => presentQueue(queue, offset)))
    .sort(byQueue);

interface Read {
  stats: Stats;
  connections: Connections;
}

function presentGroup({ topic, dayAgo }: Place, group: string, { stats, connections }: Read): TopicGroup {
  const queues = queuesOf(stats);
  const whole = stats.failures.length === 0;
  const { clients, messageModel } = presenceOf(subscribing(connections, topic));
  const unacked = queues.flatMap((queue) => (queue.unacked === null ? [] : [queue.unacked]));
  return {
    group,
    clients,
    atLeast: !whole,
    messageModel,
    consumed: partSum(sumOver(queues, "consumerOffset"), whole),
    lag: partSum(sumOver(queues, "lag"), whole),
    unacked: unacked.length === 0 ? null : unacked.reduce((total, n) => total + BigInt(n), 0n).toString(),
    consumed24h: whole ? (consumedOfDay(queues, dayAgo)?.toString() ?? null) : null,
    lastConsumedAt: lastConsumedOf(queues),
    queues,
  };
}

interface Place {
  cluster: RocketMQCluster;
  topic: string;
  proxies: readonly string[];
  dayAgo: DayAgo;
}

async function readGroup(place: Place, group: string) {
  const { cluster, topic, proxies } = place;
  const [stats, connections] = await Promise.all([
    cluster.onMasters(({ addr }) => cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: group, topic })),
    connectionsByServer(cluster, group, proxies),
  ]);
  return {
    item: presentGroup(place, group, { stats, connections }),
    failures: [...stats.failures, ...connections.failures],
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
  const place = { cluster, topic, proxies, dayAgo: day.offsets };
  const limit = pLimit(GROUPS_AT_ONCE);
  const shown = groups.filter((group) => !isSystemGroup(group));
  const read = await Promise.all(shown.map((group) => limit(() => readGroup(place, group))));
  return {
    items: read.map(({ item }) => item),
    failures: failuresOf(failures, offsets.failures, day.failures, ...read.map((part) => part.failures)),
    at: deps.now(),
  };
}
