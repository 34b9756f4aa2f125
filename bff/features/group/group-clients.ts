import pLimit from "p-limit";
import type { ClientShare, Consistency, RunningInfo } from "#contract/group-client.ts";
import type { Failure } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf, Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { perCluster } from "../../rocketmq/cluster/per-cluster.ts";
import { orAborted } from "../../rocketmq/remoting/abort.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { consumerRunningInfo } from "../../rocketmq/admin/running-info.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { askClient, compareSubscriptions, type ClientInfo } from "../../cluster/client-info.ts";
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

/** Clients that are pushed to say which queues are theirs; of one that pulls, no queue named is none that is known. */
const saysQueues = ({ consumeType }: OnlineClient, { queues }: ClientInfo) =>
  consumeType === "CONSUME_PASSIVELY" || queues.length > 0;

function shareOf(client: OnlineClient, info: ClientInfo | null, failure: Failure | null = null): ClientShare {
  const { clientId, address } = client;
  if (info === null)
    return { clientId, address, subscriptions: null, queues: null, unacked: null, cut: false, failure };
  const { subscriptions, queues, popQueues, cut } = info;
  const unacked = popQueues.length === 0 ? null : popQueues.reduce((sum, queue) => sum + queue.unacked, 0);
  return { clientId, address, subscriptions, queues: saysQueues(client, info) ? queues : null, unacked, cut, failure };
}

function compared(clients: ClientShare[], failures: readonly FanOutFailure[], at: number): Consistency {
  // Of what was cut nobody can say that it is not there.
  const answered = clients.flatMap(({ subscriptions, cut }) => (subscriptions === null || cut ? [] : [subscriptions]));
  const topics = compareSubscriptions(answered);
  const consistent = answered.length < 2 ? null : topics.every(({ difference }) => difference === null);
  return { consistent, topics, clients, failures: failuresOf(failures), at };
}

async function askAll(deps: Deps, cluster: RocketMQCluster, place: GroupPlace): Promise<Consistency> {
  const connections = await connected(deps, cluster, place);
  const limit = pLimit(CLIENTS_AT_ONCE);
  const ask = (client: OnlineClient) =>
    askClient(cluster, place.group, client).then(
      (info) => shareOf(client, info),
      (error: unknown) => shareOf(client, null, failureOf(client.clientId, error)),
    );
  const clients = await Promise.all(onlineClients(connections).map((client) => limit(() => ask(client))));
  return compared(clients, connections.failures, deps.now());
}

interface Check {
  result: Promise<Consistency>;
  askers: number;
  end: AbortController;
}

/** Checks under way, by group. */
const checksOf = perCluster(() => new Map<string, Check>());

function begin(deps: Deps, cluster: RocketMQCluster, place: GroupPlace): Check {
  const end = new AbortController();
  return { result: askAll(deps, cluster.base.until(end.signal), place), askers: 0, end };
}

/** All who ask meanwhile share one check, which ends when the last of them leaves. */
async function askTogether(deps: Deps, cluster: RocketMQCluster, place: GroupPlace): Promise<Consistency> {
  const { group } = place;
  const checks = checksOf(cluster);
  const check = checks.get(group) ?? begin(deps, cluster, place);
  checks.set(group, check);
  check.askers += 1;
  try {
    return await orAborted(check.result, cluster.signal);
  } finally {
    check.askers -= 1;
    if (check.askers === 0) {
      check.end.abort();
      if (checks.get(group) === check) checks.delete(group);
    }
  }
}

/** Brokers keep one subscription a group, so only the clients themselves know whether they agree, and whose a queue is. */
export async function checkConsistency(
  deps: Deps,
  { fresh, ...place }: GroupPlace & { fresh: boolean },
): Promise<Consistency> {
  const cluster = await deps.clusters.get(place.instanceId);
  const { clients } = deps.stats.peek(place.instanceId);
  const swept = clients?.byName.get(place.group);
  // Of clients that were not reached yet the sweep has nothing to tell.
  const isTold = swept?.online.every(({ told }) => told !== undefined) ?? false;
  if (clients === undefined || swept === undefined || !isTold || fresh) return askTogether(deps, cluster, place);
  const shares = swept.online.map(({ told, ...client }) =>
    shareOf(client, told?.info ?? null, told?.error === undefined ? null : failureOf(client.clientId, told.error)),
  );
  return compared(shares, clients.failures, swept.toldAt ?? clients.at);
}
