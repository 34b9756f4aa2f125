import { mapBounded } from "../bounded.ts";
import type { RocketMQError } from "../errors.ts";
import { asRocketMQError } from "../errors.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { topicRpc, type TopicConfig, type TopicStatsTable } from "../rpc/topic.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import type { FanOut, FanOutFailure } from "../cluster/fan-out.ts";
import { onlineGroups, subscribersOf } from "./online-groups.ts";
import { readPaged } from "../cluster/paged-table.ts";
import { tablesOfMasters } from "../cluster/tables-of-masters.ts";

/** Topics whose reads go to one broker at the same time. */
const IN_FLIGHT = 64;

/** Names of all topics of the cluster, as a name server knows them. */
export async function topicNames(cluster: RocketMQCluster): Promise<string[]> {
  const clusters = new Set((await cluster.brokers()).map((group) => group.cluster));
  const lists = await Promise.all(
    [...clusters].map((name) => cluster.callNamesrv(namesrvRpc.getTopicsByCluster, { cluster: name })),
  );
  return [...new Set(lists.flatMap((list) => list.topicList))];
}

/** Configurations of all topics, from every master. */
export function allTopicConfigs(cluster: RocketMQCluster): Promise<FanOut<BrokerTarget, Map<string, TopicConfig>>> {
  return tablesOfMasters(cluster, (addr) => topicTable(cluster, addr));
}

/** Configurations of all topics of one broker. */
export function topicTable(cluster: RocketMQCluster, addr: string): Promise<Map<string, TopicConfig>> {
  return readPaged(async (from) => {
    const header = from && { topicSeq: from.seq, dataVersion: from.dataVersion };
    const answer = await cluster.call(topicRpc.getAllTopicConfig, addr, header ?? {});
    return { table: answer.topicConfigTable, dataVersion: answer.dataVersion, total: answer.totalTopicNum };
  });
}

/** Configurations of some topics, from every master; a topic that a master does not have is not in its map. */
export function topicConfigs(
  cluster: RocketMQCluster,
  topics: readonly string[],
): Promise<FanOut<BrokerTarget, Map<string, TopicConfig>>> {
  return cluster.onMasters(({ addr }) => someConfigs(cluster, addr, topics));
}

/** Brokers that cannot be asked for one topic tell the whole table. */
async function someConfigs(
  cluster: RocketMQCluster,
  addr: string,
  topics: readonly string[],
): Promise<Map<string, TopicConfig>> {
  if (await cluster.can(addr, "topicAttributes"))
    return mapTopics(topics, (topic) =>
      absentIs(undefined, cluster.call(topicRpc.getTopicConfig, addr, { topic, lo: true })),
    );
  const table = await topicTable(cluster, addr);
  return mapTopics(topics, (topic) => Promise.resolve(table.get(topic)));
}

/** Offsets of a topic's queues from every master that has it. */
export async function topicStats(
  cluster: RocketMQCluster,
  topic: string,
): Promise<FanOut<BrokerTarget, TopicStatsTable>> {
  const asked = await cluster.onMasters(({ addr }) =>
    absentIs(undefined, cluster.call(topicRpc.getTopicStatsInfo, addr, { topic })),
  );
  return { ...asked, items: asked.items.flatMap(({ target, value }) => (value ? [{ target, value }] : [])) };
}

/** Offsets of the queues of some topics, from every master. */
export function manyTopicStats(
  cluster: RocketMQCluster,
  topics: readonly string[],
  options: { listedOnly?: boolean } = {},
): Promise<FanOut<BrokerTarget, Map<string, TopicStatsTable>>> {
  return cluster.onMasters(
    ({ addr }) =>
      mapTopics(topics, (topic) => absentIs(undefined, cluster.call(topicRpc.getTopicStatsInfo, addr, { topic }))),
    options,
  );
}

/**
 * Groups that consume a topic: with clients online, or with offsets kept. An answer with the topic's own name, which is no
 * group, comes from a broker that puts it in place of the groups online: those are then sought one by one.
 */
export async function topicGroups(
  cluster: RocketMQCluster,
  topic: string,
): Promise<{ groups: string[]; failures: FanOutFailure[] }> {
  const asked = await cluster.onMasters(({ addr }) =>
    absentIs({ groupList: [] }, cluster.call(topicRpc.queryTopicConsumeByWho, addr, { topic })),
  );
  const groups = new Set(asked.items.flatMap(({ value }) => value.groupList));
  const failures = [...asked.failures];
  if (groups.has(topic)) {
    const online = await onlineGroups(cluster);
    if (!online.known.has(topic)) groups.delete(topic);
    for (const group of subscribersOf(online, topic)) groups.add(group);
    failures.push(...online.failures);
  }
  return { groups: [...groups].sort(), failures };
}

export interface TopicWrite {
  topic: string;
  readQueueNums: number;
  writeQueueNums: number;
  perm: number;
  order: boolean;
  topicFilterType?: string;
  topicSysFlag?: number;
  /** Changes of attributes: `+key=value`, `-key`. What is not named stays. */
  attributes?: readonly string[];
}

/** Name servers that route to a topic; one that does not know it is none of them. */
export async function routedBy(
  cluster: RocketMQCluster,
  topic: string,
): Promise<{ namesrvs: string[]; failures: FanOutFailure[] }> {
  const header = { topic, acceptStandardJsonOnly: true };
  const asked = await cluster.fanOut(
    cluster.namesrvAddrs.map((addr) => ({ name: addr, addr })),
    ({ addr }) => absentIs(undefined, cluster.call(namesrvRpc.getRouteInfoByTopic, addr, header)),
  );
  return {
    namesrvs: asked.items.flatMap(({ target, value }) => (value === undefined ? [] : [target.addr])),
    failures: asked.failures,
  };
}

/** Creates a topic at a master, or changes all of its configuration there but the attributes that are not named. */
export function writeTopic(cluster: RocketMQCluster, addr: string, write: TopicWrite): Promise<void> {
  return cluster.call(topicRpc.updateAndCreateTopic, addr, {
    topic: write.topic,
    defaultTopic: "TBW102",
    readQueueNums: write.readQueueNums,
    writeQueueNums: write.writeQueueNums,
    perm: write.perm,
    topicFilterType: write.topicFilterType ?? "SINGLE_TAG",
    topicSysFlag: write.topicSysFlag ?? 0,
    order: write.order,
    attributes: write.attributes?.join(","),
  });
}

/** A value may have an equals sign of its own. */
const nameAndValue = (change: string): [string, string] => {
  const at = change.indexOf("=");
  return [change.slice(0, at), change.slice(at + 1)];
};

/** Creating many at once ends with the broker writing all of its topics to disk. */
const MANY_TIMEOUT_MS = 30_000;

/** Creates topics at a master in one request and returns those that it has then. For brokers that can `createManyTopics`. */
export async function createTopics(
  cluster: RocketMQCluster,
  addr: string,
  writes: readonly TopicWrite[],
): Promise<ReadonlySet<string>> {
  const topicConfigList = writes.map(({ topic, attributes, ...write }) => ({
    topicName: topic,
    topicFilterType: "SINGLE_TAG",
    topicSysFlag: 0,
    ...write,
    attributes: Object.fromEntries((attributes ?? []).map(nameAndValue)),
  }));
  const options = { body: { topicConfigList }, timeoutMs: MANY_TIMEOUT_MS };
  await cluster.call(topicRpc.updateAndCreateTopicList, addr, {}, options);
  const names = writes.map(({ topic }) => topic);
  return new Set((await someConfigs(cluster, addr, names)).keys());
}

async function absentIs<A, V>(absent: A, answer: Promise<V>): Promise<A | V> {
  try {
    return await answer;
  } catch (error) {
    const known: RocketMQError = asRocketMQError(error);
    if (known.code === "TOPIC_NOT_EXIST") return absent;
    throw error;
  }
}

/** Asks for many topics with a bounded number under way; stops at the first failure. */
async function mapTopics<V>(
  topics: readonly string[],
  ask: (topic: string) => Promise<V | undefined>,
): Promise<Map<string, V>> {
  const asked = await mapBounded(topics, IN_FLIGHT, async (topic) => [topic, await ask(topic)] as const);
  return new Map(asked.flatMap(([topic, value]) => (value === undefined ? [] : [[topic, value]])));
}
