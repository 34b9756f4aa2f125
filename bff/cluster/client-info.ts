import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { consumerRunningInfo } from "../rocketmq/admin/running-info.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { ConsumerRunningInfo } from "../rocketmq/rpc/group.ts";
import type { OnlineClient } from "./group-connections.ts";

export interface Subscription {
  topic: string;
  expression: string;
  /** TAG or SQL92. */
  type: string;
}

interface Queue {
  topic: string;
  brokerName: string;
  queueId: number;
}

/** What a client says of itself (code 307), as far as it bears on who consumes what and how fast. */
export interface ClientInfo {
  subscriptions: Subscription[];
  /** Queues that are its own; none of those that it pops, which all clients share. */
  queues: Queue[];
  /** Queues that it pops, with what it has not acknowledged. */
  popQueues: (Queue & { unacked: number })[];
  /** Threads that consume; null where it does not say. */
  threads: number | null;
  /** Messages that it consumes at once, which is what is timed. */
  batchSize: number;
  orderly: boolean;
  /** By topic. Rates a second, the time a message takes in ms. */
  status: ReadonlyMap<string, { consumeMs: number; okTps: number; failedTps: number }>;
  /** It said more than is kept of a client: what is not here may be there. */
  cut: boolean;
}

/** Kept of a client, which writes what it likes; what the console knows of thousands of them has to fit in memory. */
const SUBSCRIPTIONS_MAX = 1000;
const QUEUES_MAX = 20_000;

const positive = (text: string | undefined): number | null => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

const byTopic = (a: Subscription, b: Subscription) => (a.topic < b.topic ? -1 : 1);

/** Source: ConsumerRunningInfo.java, DefaultMQPushConsumerImpl.consumerRunningInfo. */
export const clientInfoOf = (info: ConsumerRunningInfo): ClientInfo => ({
  subscriptions: info.subscriptionSet
    .slice(0, SUBSCRIPTIONS_MAX)
    .filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))
    .map(({ topic, subString, expressionType }) => ({ topic, expression: subString, type: expressionType }))
    .sort(byTopic),
  queues: info.mqTable.slice(0, QUEUES_MAX).flatMap(([queue, { droped }]) => (droped ? [] : [queue])),
  popQueues: info.mqPopTable
    .slice(0, QUEUES_MAX)
    .flatMap(([queue, { droped, waitAckCount }]) => (droped ? [] : [{ ...queue, unacked: waitAckCount }])),
  threads: positive(info.properties.get("PROP_THREADPOOL_CORE_SIZE")),
  batchSize: positive(info.properties.get("consumeMessageBatchMaxSize")) ?? 1,
  orderly: info.properties.get("PROP_CONSUMEORDERLY") === "true",
  status: new Map(
    [...info.statusTable]
      .slice(0, SUBSCRIPTIONS_MAX)
      .map(([topic, { consumeRT, consumeOKTPS, consumeFailedTPS }]) => [
        topic,
        { consumeMs: consumeRT, okTps: consumeOKTPS, failedTps: consumeFailedTPS },
      ]),
  ),
  cut:
    Math.max(info.subscriptionSet.length, info.statusTable.size) > SUBSCRIPTIONS_MAX ||
    Math.max(info.mqTable.length, info.mqPopTable.length) > QUEUES_MAX,
});

/** Asks a client through a broker or proxy that it is connected to. */
export async function askClient(
  cluster: RocketMQCluster,
  consumerGroup: string,
  { clientId, via }: OnlineClient,
  timeoutMs?: number,
): Promise<ClientInfo> {
  const client = { consumerGroup, clientId, jstackEnable: false };
  return clientInfoOf(await consumerRunningInfo(cluster, via.addr, client, timeoutMs));
}

const tagsInOrder = (expression: string) =>
  expression
    .split("||")
    .map((tag) => tag.trim())
    .sort()
    .join("||");

/** How clients differ on a topic: some do not subscribe to it, other expressions, or the same tags in another order. */
export type Difference = "missing" | "expression" | "order";

function differenceOn(topic: string, clients: readonly ReadonlyMap<string, Subscription>[]): Difference | null {
  const found = clients.map((subscriptions) => subscriptions.get(topic));
  if (found.includes(undefined)) return "missing";
  const said = found.flatMap((one) => (one === undefined ? [] : [one]));
  const different = (of: (one: Subscription) => string) => new Set(said.map(of)).size > 1;
  if (!different((one) => `${one.type} ${one.expression}`)) return null;
  const byTags = said.every(({ type }) => type === "TAG") && !different(({ expression }) => tagsInOrder(expression));
  return byTags ? "order" : "expression";
}

/** Brokers deliver by whatever client of a group registered last, so any difference between its clients loses messages. */
export function compareSubscriptions(
  clients: readonly (readonly Subscription[])[],
): { topic: string; difference: Difference | null }[] {
  const names = new Set(clients.flatMap((subscriptions) => subscriptions.map(({ topic }) => topic)));
  const byTopicOf = clients.map((subscriptions) => new Map(subscriptions.map((one) => [one.topic, one])));
  return [...names].sort().map((topic) => ({ topic, difference: differenceOn(topic, byTopicOf) }));
}
