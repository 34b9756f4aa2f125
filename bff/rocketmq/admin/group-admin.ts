import type { JsonValue } from "../codec/json-value.ts";
import { asRocketMQError } from "../errors.ts";
import {
  groupRpc,
  type ConsumeMessageDirectlyResult,
  type ConsumerConnection,
  type ConsumeStats,
  type GroupConfigEntry,
} from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import type { FanOut, FanOutFailure, Target } from "../cluster/fan-out.ts";
import { readPaged } from "../cluster/paged-table.ts";
import { unseenClients } from "./proxies.ts";
import { CLIENT_TIMEOUT_MS } from "./running-info.ts";
import { tablesOfMasters } from "../cluster/tables-of-masters.ts";

/** Fields of a group's configuration to set; what is not named keeps the broker's value. */
export type GroupConfigPatch = Readonly<
  Record<string, string | number | boolean | Record<string, unknown> | readonly Record<string, unknown>[] | undefined>
>;

export interface GroupWrite {
  groupName: string;
  /** As the master wrote it: fields left out would be reset. */
  stored: JsonValue | undefined;
  patch: GroupConfigPatch;
  /** Changes of attributes by `+key` and `-key`; those not named stay. */
  attributes?: Readonly<Record<string, string>>;
}

/** Configurations of all groups, from every master. */
export function allGroupConfigs(
  cluster: RocketMQCluster,
): Promise<FanOut<BrokerTarget, Map<string, GroupConfigEntry>>> {
  return tablesOfMasters(cluster, (addr) => groupTable(cluster, addr));
}

/** Configurations of all groups of one broker. */
export function groupTable(cluster: RocketMQCluster, addr: string): Promise<Map<string, GroupConfigEntry>> {
  return readPaged(async (from) => {
    const header = from && { groupSeq: from.seq, dataVersion: from.dataVersion };
    const answer = await cluster.call(groupRpc.getAllSubscriptionGroupConfig, addr, header ?? {});
    return { table: answer.subscriptionGroupTable, dataVersion: answer.dataVersion, total: answer.totalGroupNum };
  });
}

/** Changes a group at a master: what is stored goes back patched. */
export async function changeGroup(cluster: RocketMQCluster, addr: string, write: GroupWrite): Promise<void> {
  const body: Record<string, unknown> = { ...asObject(write.stored), ...write.patch, groupName: write.groupName };
  delete body["attributes"];
  if (write.attributes) body["attributes"] = write.attributes;
  await cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body });
}

/** Creates a group at a master that does not have it: what is not named gets the broker's default. */
export function createGroup(
  cluster: RocketMQCluster,
  addr: string,
  groupName: string,
  patch: GroupConfigPatch,
): Promise<void> {
  return cluster.call(groupRpc.updateAndCreateSubscriptionGroup, addr, {}, { body: { ...patch, groupName } });
}

/** Creates groups at a master that has none of them, in one request. For brokers that can `createManyGroups`. */
export function createGroups(
  cluster: RocketMQCluster,
  addr: string,
  groups: readonly { groupName: string; patch: GroupConfigPatch }[],
): Promise<void> {
  const groupConfigList = groups.map(({ groupName, patch }) => ({ ...patch, groupName }));
  const options = { body: { groupConfigList }, timeoutMs: MANY_TIMEOUT_MS };
  return cluster.call(groupRpc.updateAndCreateSubscriptionGroupList, addr, {}, options);
}

/** Creating many at once ends with the broker writing all of its groups to disk. */
const MANY_TIMEOUT_MS = 30_000;

/** Creates a group at a master or changes it. */
export async function writeGroup(
  cluster: RocketMQCluster,
  addr: string,
  write: Omit<GroupWrite, "stored">,
): Promise<void> {
  // From the whole table: asking for one group (352) would create it.
  const stored = (await groupTable(cluster, addr)).get(write.groupName)?.raw;
  await changeGroup(cluster, addr, { ...write, stored });
}

/** The same on every master, or on those named. */
export function writeGroupEverywhere(
  cluster: RocketMQCluster,
  write: Omit<GroupWrite, "stored">,
  brokerNames?: readonly string[],
): Promise<FanOut<BrokerTarget, void>> {
  return cluster.onMasters(({ addr }) => writeGroup(cluster, addr, write), { brokerNames });
}

/** Deletes a group, with its offsets when asked, on every master; its retry and DLQ topics stay. */
export function deleteGroup(
  cluster: RocketMQCluster,
  groupName: string,
  cleanOffset: boolean,
): Promise<FanOut<BrokerTarget, void>> {
  const header = { groupName, removeOffset: cleanOffset, cleanOffset };
  return cluster.onMasters(({ addr }) => cluster.call(groupRpc.deleteSubscriptionGroup, addr, header), {
    listedOnly: true,
  });
}

/** Offsets of a group's queues, its retry topic's among them, from every master. */
export function consumeStats(
  cluster: RocketMQCluster,
  consumerGroup: string,
  topic?: string,
): Promise<FanOut<BrokerTarget, ConsumeStats>> {
  return cluster.onMasters(({ addr }) => cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup, topic }));
}

/** Who knows a group's clients: every master, and the proxies given, which alone know gRPC clients; who cannot be asked is a failure. */
export async function whoKnowsClients(
  cluster: RocketMQCluster,
  proxyRemotingAddrs: readonly string[],
): Promise<{ targets: Target[]; failures: FanOutFailure[] }> {
  const [masters, unseen] = await Promise.all([cluster.masters(), unseenClients(cluster, proxyRemotingAddrs)]);
  const proxies = proxyRemotingAddrs.map((addr): Target => ({ name: addr, addr }));
  return { targets: [...masters.targets, ...proxies], failures: [...masters.failures, ...unseen] };
}

/** What each of those who know says of a group's clients; those where none is online are left out. */
export async function connectionsByServer(
  cluster: RocketMQCluster,
  consumerGroup: string,
  proxyRemotingAddrs: readonly string[] = [],
): Promise<FanOut<Target, ConsumerConnection>> {
  const { targets, failures } = await whoKnowsClients(cluster, proxyRemotingAddrs);
  const asked = await cluster.fanOut(targets, ({ addr }) => connectionsAt(cluster, addr, consumerGroup));
  return {
    items: asked.items.flatMap(({ target, value }) => (value === undefined ? [] : [{ target, value }])),
    failures: [...failures, ...asked.failures],
  };
}

/** What one broker or proxy says of a group's clients; undefined when none is online there. */
export async function connectionsAt(
  cluster: RocketMQCluster,
  addr: string,
  consumerGroup: string,
): Promise<ConsumerConnection | undefined> {
  try {
    return await cluster.call(groupRpc.getConsumerConnectionList, addr, { consumerGroup });
  } catch (error) {
    const { code } = asRocketMQError(error);
    if (code === "CONSUMER_NOT_ONLINE") return undefined;
    throw error;
  }
}

/** Has a client run its listener with a message, through the broker that has the message; commits nothing. */
export function consumeDirectly(
  cluster: RocketMQCluster,
  addr: string,
  asked: { consumerGroup: string; clientId: string; topic: string; msgId: string },
): Promise<ConsumeMessageDirectlyResult> {
  return cluster.call(groupRpc.consumeMessageDirectly, addr, asked, { timeoutMs: CLIENT_TIMEOUT_MS });
}

/** Topics that a group consumes, as brokers name them, or those that it has offsets for. */
export async function groupTopics(
  cluster: RocketMQCluster,
  group: string,
): Promise<{ topics: string[]; failures: FanOutFailure[] }> {
  const { items, failures } = await cluster.onMasters(({ addr }) => topicsAt(cluster, addr, group));
  return { topics: [...new Set(items.flatMap(({ value }) => value))].sort(), failures };
}

async function topicsAt(cluster: RocketMQCluster, addr: string, group: string): Promise<string[]> {
  if (await cluster.can(addr, "topicsOfGroup"))
    return (await cluster.call(groupRpc.queryTopicsByConsumer, addr, { group })).topicList;
  const { offsetTable } = await cluster.call(offsetRpc.getAllConsumerOffset, addr, {});
  return [...offsetTable.keys()]
    .filter((key) => key.endsWith(`@${group}`))
    .map((key) => key.slice(0, -group.length - 1));
}

const asObject = (value: JsonValue | undefined): Record<string, JsonValue> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, JsonValue>) : {};
