import type { Failure } from "#contract/list.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import type { TopicOverview, TopicQueue, TopicRoute } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import { readOrderConf } from "../../rocketmq/admin/order-conf.ts";
import { routedBy, topicConfigs, topicGroups, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { readRemarks } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import { topicBacklog } from "./topic-figures.ts";
import { producersOf, readableQueues } from "../../cluster/topic-producers.ts";
import { producedSince, sumsOf } from "../../cluster/topic-since.ts";
import { presentTopic } from "./topic.presenter.ts";
import { partSum } from "../../cluster/part-sum.ts";

export interface TopicPlace {
  instanceId: string;
  topic: string;
}

/** A topic that every master denies exists while a name server routes to it; while one does not answer, nobody can say. */
async function assertExists(
  cluster: RocketMQCluster,
  topic: string,
  found: number,
  failures: readonly unknown[],
): Promise<void> {
  if (found > 0 || failures.length > 0) return;
  const routes = await routedBy(cluster, topic);
  if (routes.namesrvs.length === 0 && routes.failures.length === 0) {
    throw new Problem("TOPIC_NOT_EXIST", { params: { topic } });
  }
}

async function configsOfTopic(cluster: RocketMQCluster, topic: string) {
  const asked = await topicConfigs(cluster, [topic]);
  const found = asked.items.flatMap(({ target, value }): { target: BrokerTarget; config: TopicConfig }[] => {
    const config = value.get(topic);
    return config === undefined ? [] : [{ target, config }];
  });
  return { found, failures: failuresOf(asked.failures) };
}

export async function topicOverview(deps: Deps, place: TopicPlace & { since?: number }): Promise<TopicOverview> {
  const { instanceId, topic, since } = place;
  const cluster = await deps.clusters.get(instanceId);
  const [own, configs, stats, groups, remarks] = await Promise.all([
    ownTopics(cluster),
    configsOfTopic(cluster, topic),
    topicStats(cluster, topic),
    topicGroups(cluster, topic),
    readRemarks(deps.db, instanceId, "topic", [topic]),
  ]);
  await assertExists(cluster, topic, configs.found.length, configs.failures);
  const sums = sumsOf(stats);
  const swept = deps.stats.peek(instanceId);
  const backlog = topicBacklog(swept, topic);
  const produced = since === undefined ? undefined : await producedSince(cluster, stats, topic, since);
  const failures = failuresOf(configs.failures, stats.failures, groups.failures, produced?.failures ?? []);
  const whole = stats.failures.length === 0;
  const consumers = groups.groups.filter((group) => !isSystemGroup(group)).length;
  const shown = presentTopic(
    {
      topic,
      kind: topicKindOf(topic, own),
      configs: configs.found.map(({ target, config }) => ({ brokerName: target.brokerName, config })),
    },
    configs.failures.length === 0,
  );
  return {
    ...shown,
    remark: remarks.get(topic) ?? "",
    atLeast: shown.atLeast || failures.length > 0 || !backlog.whole,
    tps: sums.tps ?? swept.topics?.byName.get(topic)?.tps ?? null,
    lag: backlog.lag?.toString() ?? null,
    neverConsumed: backlog.neverConsumed?.toString() ?? null,
    stored: partSum(sums.stored, whole),
    historical: partSum(sums.historical, whole),
    producedSince: produced === undefined ? null : partSum(produced.sum, whole && produced.failures.length === 0),
    lastStoredAt: sums.lastStoredAt > 0 ? sums.lastStoredAt : null,
    groups: consumers === 0 && groups.failures.length > 0 ? null : consumers,
    failures,
    at: deps.now(),
  };
}

interface Part<T> {
  items: T[];
  failures: Failure[];
  at: number;
}

export async function topicQueues(deps: Deps, { instanceId, topic }: TopicPlace): Promise<Part<TopicQueue>> {
  const cluster = await deps.clusters.get(instanceId);
  const [stats, configs] = await Promise.all([topicStats(cluster, topic), configsOfTopic(cluster, topic)]);
  await assertExists(cluster, topic, stats.items.length, stats.failures);
  const readable = new Map(
    configs.found.map(({ target, config }) => [target.brokerName, readableQueues(config)] as const),
  );
  const isReadable = (brokerName: string, queueId: number) => {
    const queues = readable.get(brokerName);
    return queues === undefined ? null : queueId < queues;
  };
  const items = stats.items.flatMap(({ value }) =>
    value.offsetTable.map(([{ brokerName, queueId }, offset]): TopicQueue => ({
      brokerName,
      queueId,
      minOffset: offset.minOffset.toString(),
      maxOffset: offset.maxOffset.toString(),
      lastUpdate: offset.lastUpdateTimestamp > 0 ? offset.lastUpdateTimestamp : null,
      readable: isReadable(brokerName, queueId),
    })),
  );
  items.sort((a, b) => a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId);
  return { items, failures: failuresOf(stats.failures, configs.failures), at: deps.now() };
}

/** Who sent the newest messages. */
export async function topicProducers(deps: Deps, { instanceId, topic }: TopicPlace) {
  const cluster = await deps.clusters.get(instanceId);
  const [stats, configs] = await Promise.all([topicStats(cluster, topic), configsOfTopic(cluster, topic)]);
  const found = await producersOf(cluster, topic, {
    stats,
    configs: new Map(configs.found.map(({ target, config }) => [target.brokerName, config])),
  });
  return {
    items: found.items,
    unreadable: found.unreadable.messages.toString(),
    failures: failuresOf(found.failures, configs.failures),
    at: deps.now(),
  };
}

export async function topicRoute(
  deps: Deps,
  { instanceId, topic }: TopicPlace,
): Promise<Part<TopicRoute> & { orderConf: string | null }> {
  const cluster = await deps.clusters.get(instanceId);
  const [route, orderConf, gone] = await Promise.all([
    cluster.route(topic, { fresh: true }).catch(noRouteAsNone),
    readOrderConf(cluster, topic),
    cluster.goneMasters(),
  ]);
  const brokers = new Map(route?.brokerDatas.map((data) => [data.brokerName, data]));
  const items = (route?.queueDatas ?? []).map((queue): TopicRoute => {
    const broker = brokers.get(queue.brokerName);
    return {
      brokerName: queue.brokerName,
      cluster: broker?.cluster ?? "",
      addrs: [...(broker?.brokerAddrs ?? [])]
        .map(([id, addr]) => ({
          brokerId: String(id),
          role: id === 0 ? ("master" as const) : ("slave" as const),
          addr,
        }))
        .sort((a, b) => Number(a.brokerId) - Number(b.brokerId)),
      readQueues: queue.readQueueNums,
      writeQueues: queue.writeQueueNums,
      perm: queue.perm,
    };
  });
  items.sort((a, b) => a.brokerName.localeCompare(b.brokerName));
  return { items, failures: failuresOf(gone), orderConf: orderConf ?? route?.orderTopicConf ?? null, at: deps.now() };
}

/** A topic that brokers have and no name server routes to is worth seeing: an empty route, and not an error. */
function noRouteAsNone(error: unknown): undefined {
  if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
}

interface BrokerConfig {
  brokerName: string;
  addr: string;
  values: Record<string, string>;
}

/** Every field by its Java name, attributes among them, so that brokers can be compared line by line. */
export async function topicConfigOnBrokers(deps: Deps, { instanceId, topic }: TopicPlace): Promise<Part<BrokerConfig>> {
  const cluster = await deps.clusters.get(instanceId);
  const { found, failures } = await configsOfTopic(cluster, topic);
  await assertExists(cluster, topic, found.length, failures);
  const items = found.map(({ target, config }): BrokerConfig => {
    const { attributes, ...fields } = config;
    const values = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
    for (const [key, value] of attributes) values[`attributes.${key}`] = value;
    return { brokerName: target.brokerName, addr: target.addr, values };
  });
  return { items, failures, at: deps.now() };
}
