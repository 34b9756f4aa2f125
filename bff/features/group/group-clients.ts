import pLimit from "p-limit";
import type { ClientShare, Consistency, RunningInfo } from "#contract/group.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf, Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { connectionsByServer, consumerRunningInfo } from "../../rocketmq/admin/group-admin.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { askClient, compareSubscriptions } from "../../cluster/client-info.ts";
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

async function shareOf(cluster: RocketMQCluster, group: string, client: OnlineClient): Promise<ClientShare> {
  const { clientId, address } = client;
  try {
    const { subscriptions, queues, popQueues } = await askClient(cluster, group, client);
    const unacked = popQueues.length === 0 ? null : popQueues.reduce((sum, queue) => sum + queue.unacked, 0);
    return { clientId, address, subscriptions, queues, unacked, failure: null };
  } catch (error) {
    const failure = failureOf(clientId, error);
    return { clientId, address, subscriptions: null, queues: null, unacked: null, failure };
  }
}

/** Brokers keep one subscription a group, so only the clients themselves know whether they agree, and whose a queue is. */
export async function checkConsistency(deps: Deps, place: GroupPlace): Promise<Consistency> {
  const cluster = await deps.clusters.get(place.instanceId);
  const connections = await connected(deps, cluster, place);
  const limit = pLimit(CLIENTS_AT_ONCE);
  const clients = await Promise.all(
    onlineClients(connections).map((client) => limit(() => shareOf(cluster, place.group, client))),
  );
  const answered = clients.flatMap(({ subscriptions }) => (subscriptions === null ? [] : [subscriptions]));
  const topics = compareSubscriptions(answered);
  return {
    consistent: answered.length < 2 ? null : topics.every(({ difference }) => difference === null),
    topics,
    clients,
    failures: failuresOf(connections.failures),
    at: deps.now(),
  };
}
