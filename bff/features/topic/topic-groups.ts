import pLimit from "p-limit";
import type { Failure } from "#contract/list.ts";
import { isSystemGroup } from "#contract/rules.ts";
import type { TopicGroup } from "#contract/topic.ts";
import type { Deps } from "../../deps.ts";
import type { BrokerTarget, RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import type { FanOut } from "../../rocketmq/admin/fan-out.ts";
import { topicGroups } from "../../rocketmq/admin/topic-admin.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { groupRpc, type ConsumerConnection, type ConsumeStats, type OffsetWrapper } from "../../rocketmq/rpc/group.ts";
import { failuresOf } from "./topic-catalog.ts";
import type { TopicPlace } from "./topic-detail.ts";
import { connectionsOf } from "./topic-users.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";

const GROUPS_AT_ONCE = 16;

type Stats = FanOut<BrokerTarget, ConsumeStats>;
type Queue = TopicGroup["queues"][number];

/** Messages of the topic that a group got in the last 24 h, as the brokers count; undefined where one does not know. */
async function gotIn24h(cluster: RocketMQCluster, topic: string, group: string): Promise<bigint | undefined> {
  const asked = await cluster.onMasters(async ({ addr }) => {
    try {
      const statsKey = `${topic}@${group}`;
      const data = await cluster.call(brokerRpc.viewBrokerStatsData, addr, { statsName: "GROUP_GET_NUMS", statsKey });
      // A window that is not full yet is empty; then a shorter one holds all there is. Source: StatsAllSubCommand.java.
      return [data.statsDay, data.statsHour, data.statsMinute].find(({ sum }) => sum > 0n)?.sum ?? 0n;
    } catch (error) {
      if (asRocketMQError(error).responseCode === NO_DATA) return undefined;
      throw error;
    }
  });
  const known = asked.items.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return known.length === 0 ? undefined : known.reduce((sum, n) => sum + n, 0n);
}
const NO_DATA = 1;

/** Pulled and not acknowledged; brokers before 5.0 do not tell, and 0 stands for never pulled. */
const unackedOf = ({ pullOffset, consumerOffset }: OffsetWrapper): bigint | undefined =>
  pullOffset === undefined || pullOffset <= 0n
    ? undefined
    : pullOffset > consumerOffset
      ? pullOffset - consumerOffset
      : 0n;

function queuesOf(stats: Stats): Queue[] {
  return stats.items
    .flatMap(({ value }) =>
      value.offsetTable.map(([{ brokerName, queueId }, offset]): Queue => ({
        brokerName,
        queueId,
        brokerOffset: offset.brokerOffset.toString(),
        consumerOffset: offset.consumerOffset.toString(),
        lag: (offset.brokerOffset - offset.consumerOffset).toString(),
        unacked: unackedOf(offset)?.toString() ?? null,
        lastConsumedAt: offset.lastTimestamp > 0 ? offset.lastTimestamp : null,
      })),
    )
    .sort((a, b) => a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId);
}

const sum = (queues: readonly Queue[], of: (queue: Queue) => string) =>
  queues.reduce((total, queue) => total + BigInt(of(queue)), 0n).toString();

function presentGroup(
  group: string,
  topic: string,
  queues: Queue[],
  connections: readonly ConsumerConnection[],
  got: bigint | undefined,
): TopicGroup {
  const own = connections.filter((c) => c.subscriptionTable.size === 0 || c.subscriptionTable.has(topic));
  const clients = new Set(own.flatMap((c) => c.connectionSet.map(({ clientId }) => clientId)));
  const unacked = queues.flatMap((queue) => (queue.unacked === null ? [] : [queue.unacked]));
  return {
    group,
    clients: clients.size,
    messageModel: own.find((c) => c.messageModel !== undefined)?.messageModel ?? null,
    consumed: sum(queues, (queue) => queue.consumerOffset),
    lag: sum(queues, (queue) => queue.lag),
    unacked: unacked.length === 0 ? null : unacked.reduce((total, n) => total + BigInt(n), 0n).toString(),
    consumed24h: got?.toString() ?? null,
    lastConsumedAt: queues.reduce<number | null>(
      (last, { lastConsumedAt: at }) => (at !== null && at > (last ?? 0) ? at : last),
      null,
    ),
    queues,
  };
}

async function readGroup(cluster: RocketMQCluster, topic: string, group: string, proxies: readonly string[]) {
  const [stats, connections, got] = await Promise.all([
    cluster.onMasters(({ addr }) => cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: group, topic })),
    connectionsOf(cluster, group, proxies),
    gotIn24h(cluster, topic, group),
  ]);
  return {
    item: presentGroup(group, topic, queuesOf(stats), connections.items, got),
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
  const { groups, failures } = await topicGroups(cluster, topic);
  const limit = pLimit(GROUPS_AT_ONCE);
  const shown = groups.filter((group) => !isSystemGroup(group));
  const read = await Promise.all(shown.map((group) => limit(() => readGroup(cluster, topic, group, proxies))));
  const all = [...failures, ...read.flatMap((part) => part.failures)];
  const perTarget = new Map(all.map((failure) => [failure.target, failure]));
  return { items: read.map(({ item }) => item), failures: failuresOf([...perTarget.values()]), at: deps.now() };
}
