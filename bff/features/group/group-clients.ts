import pLimit from "p-limit";
import type { ClientSubscriptions, Consistency, RunningInfo } from "#contract/group.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf, Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { connectionsByServer, consumerRunningInfo } from "../../rocketmq/admin/group-admin.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { onlineClients, type OnlineClient } from "../../cluster/group-connections.ts";
import type { GroupPlace } from "./group-detail.ts";

/** Clients asked at the same time: each answer takes the client's own time, up to 10 s for one that hangs. */
const CLIENTS_AT_ONCE = 8;

async function connected(deps: Deps, cluster: RocketMQCluster, { instanceId, group }: GroupPlace) {
  return connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
}

const positive = (at: number): number | null => (at > 0 ? at : null);

export async function runningInfo(
  deps: Deps,
  place: GroupPlace & { clientId: string; stack: boolean },
): Promise<RunningInfo> {
  const { group, clientId, stack } = place;
  const cluster = await deps.clusters.get(place.instanceId);
  const connections = await connected(deps, cluster, place);
  const client = onlineClients(connections).find((known) => known.clientId === clientId);
  // Who could not be asked may know it.
  if (client === undefined)
    throw connections.failures[0]?.error ?? new Problem("CONSUMER_NOT_ONLINE", { params: { group, clientId } });
  const info = await consumerRunningInfo(cluster, client.via.addr, {
    consumerGroup: group,
    clientId,
    jstackEnable: stack,
  });
  return {
    clientId,
    via: client.via.name,
    properties: Object.fromEntries([...info.properties].sort(([a], [b]) => (a < b ? -1 : 1))),
    queues: info.mqTable.map(([{ topic, brokerName, queueId }, queue]) => ({
      topic,
      brokerName,
      queueId,
      commitOffset: queue.commitOffset.toString(),
      cachedMessages: queue.cachedMsgCount,
      cachedMiB: queue.cachedMsgSizeInMiB,
      locked: queue.locked,
      lastPullAt: positive(queue.lastPullTimestamp),
      lastConsumeAt: positive(queue.lastConsumeTimestamp),
    })),
    popQueues: info.mqPopTable.map(([{ topic, brokerName, queueId }, queue]) => ({
      topic,
      brokerName,
      queueId,
      unacked: queue.waitAckCount,
      lastPopAt: positive(queue.lastPopTimestamp),
    })),
    status: [...info.statusTable].map(([topic, status]) => ({
      topic,
      pullMs: status.pullRT,
      pullTps: status.pullTPS,
      consumeMs: status.consumeRT,
      okTps: status.consumeOKTPS,
      failedTps: status.consumeFailedTPS,
      failed: status.consumeFailedMsgs,
    })),
    stack: stack ? (info.jstack ?? "") : null,
    at: deps.now(),
  };
}

async function subscriptionsOf(
  cluster: RocketMQCluster,
  group: string,
  { clientId, address, via }: OnlineClient,
): Promise<ClientSubscriptions> {
  try {
    const client = { consumerGroup: group, clientId, jstackEnable: false };
    const { subscriptionSet } = await consumerRunningInfo(cluster, via.addr, client);
    const subscriptions = subscriptionSet
      .filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))
      .map(({ topic, subString, expressionType }) => ({ topic, expression: subString, type: expressionType }))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1));
    return { clientId, address, subscriptions, failure: null };
  } catch (error) {
    return { clientId, address, subscriptions: null, failure: failureOf(clientId, error) };
  }
}

const tagsInOrder = (expression: string) =>
  expression
    .split("||")
    .map((tag) => tag.trim())
    .sort()
    .join("||");

type Difference = Consistency["topics"][number]["difference"];

/** How clients differ on a topic; brokers deliver by whatever client was registered last, so any difference loses messages. */
function differenceOn(topic: string, clients: readonly ClientSubscriptions[]): Difference {
  const found = clients.map(({ subscriptions }) => subscriptions?.find((one) => one.topic === topic));
  if (found.includes(undefined)) return "missing";
  const said = found.flatMap((one) => (one === undefined ? [] : [one]));
  const different = (of: (one: (typeof said)[number]) => string) => new Set(said.map(of)).size > 1;
  if (!different((one) => `${one.type} ${one.expression}`)) return null;
  const byTags = said.every(({ type }) => type === "TAG") && !different(({ expression }) => tagsInOrder(expression));
  return byTags ? "order" : "expression";
}

export function compareSubscriptions(
  clients: readonly ClientSubscriptions[],
): Pick<Consistency, "consistent" | "topics"> {
  const answered = clients.filter(({ subscriptions }) => subscriptions !== null);
  const names = new Set(answered.flatMap(({ subscriptions }) => (subscriptions ?? []).map(({ topic }) => topic)));
  const topics = [...names].sort().map((topic) => ({ topic, difference: differenceOn(topic, answered) }));
  const consistent = answered.length < 2 ? null : topics.every(({ difference }) => difference === null);
  return { consistent, topics };
}

/** Brokers keep one subscription a group, so only the clients themselves know whether they agree. */
export async function checkConsistency(deps: Deps, place: GroupPlace): Promise<Consistency> {
  const cluster = await deps.clusters.get(place.instanceId);
  const connections = await connected(deps, cluster, place);
  const limit = pLimit(CLIENTS_AT_ONCE);
  const clients = await Promise.all(
    onlineClients(connections).map((client) => limit(() => subscriptionsOf(cluster, place.group, client))),
  );
  return {
    ...compareSubscriptions(clients),
    clients,
    failures: failuresOf(connections.failures),
    at: deps.now(),
  };
}
