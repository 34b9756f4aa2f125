import type { ConsumerDetail } from "#contract/online.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../api/deps.ts";
import { lagOf, neverConsumedOf } from "../../cluster/backlog.ts";
import { askClient, type ClientInfo } from "../../cluster/client-info.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { clientsOf, onlineClients, presenceOf, type Connections } from "../../cluster/group-connections.ts";
import { queueKey } from "../../cluster/topic-since.ts";
import { poppingOf } from "../../monitor/popping.ts";
import { subscribedBy } from "../../monitor/sweep-clients.ts";
import { mapBounded } from "../../rocketmq/bounded.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { groupOffsets, type GroupOffset } from "../../rocketmq/admin/group-offsets.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";

/** Clients that are asked which queues are theirs; each takes its own time to answer. */
const CLIENTS_MAX = 64;
const CLIENTS_AT_ONCE = 8;
const ANSWER_MS = 3000;

/** What every client that is pushed to says; null where one does not, pulls, or there are too many to ask. */
async function askAll(cluster: RocketMQCluster, group: string, connections: Connections): Promise<ClientInfo[] | null> {
  const online = onlineClients(connections);
  const isTold = connections.failures.length === 0 && online.length > 0 && online.length <= CLIENTS_MAX;
  if (!isTold || online.some(({ consumeType }) => consumeType !== "CONSUME_PASSIVELY")) return null;
  try {
    const infos = await mapBounded(online, CLIENTS_AT_ONCE, (client) => askClient(cluster, group, client, ANSWER_MS));
    return infos.some(({ cut, popQueues }) => cut || popQueues.length > 0) ? null : infos;
  } catch (error) {
    asRocketMQError(error);
    cluster.signal?.throwIfAborted();
    return null;
  }
}

const keyOf = (queue: { topic: string; brokerName: string; queueId: number }) => `${queue.topic} ${queueKey(queue)}`;

const waitingIn = (queue: GroupOffset): bigint => lagOf(queue) ?? neverConsumedOf(queue) ?? 0n;

/** Queues that none of the clients has, by what each of them says. */
export function unownedQueues(
  queues: readonly GroupOffset[],
  infos: readonly Pick<ClientInfo, "queues">[],
): NonNullable<ConsumerDetail["unowned"]> {
  const owned = new Set(infos.flatMap((info) => info.queues.map(keyOf)));
  return queues
    .filter((queue) => !owned.has(keyOf(queue)))
    .map((queue) => ({
      topic: queue.topic,
      brokerName: queue.brokerName,
      queueId: queue.queueId,
      waiting: waitingIn(queue).toString(),
    }));
}

/** Ids that several clients have: brokers list an id once for each, clients share the queues out by that list, and each of them takes the place of the first. */
function sharedOf(clients: ConsumerDetail["clients"]): ConsumerDetail["sharedIds"] {
  const addresses = new Map<string, string[]>();
  for (const { clientId, shared, address } of clients)
    if (shared) addresses.set(clientId, [...(addresses.get(clientId) ?? []), address]);
  return [...addresses].map(([clientId, of]) => ({ clientId, addresses: of }));
}

/** Who is online of a group, and which of its queues are left to nobody. */
export async function consumerOf(
  deps: Deps,
  { instanceId, group }: { instanceId: string; group: string },
): Promise<ConsumerDetail> {
  const cluster = await deps.clusters.get(instanceId);
  const connections = await connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
  const swept = deps.stats.peek(instanceId);
  const subscribed = subscribedBy(swept, group, connections);
  const sharesAll = presenceOf(connections).pop || poppingOf(swept, group).pops === true;
  const [infos, offsets] = await Promise.all([
    sharesAll ? null : askAll(cluster, group, connections),
    groupOffsets(cluster, group, { subscribed }),
  ]);
  const clients = clientsOf(connections);
  const queues = offsets.items
    .flatMap(({ value }) => value.queues)
    .filter(({ topic }) => subscribed.has(topic) && !topic.startsWith(RETRY_PREFIX));
  const isKnown = infos !== null && offsets.failures.length === 0;
  return {
    clients,
    sharedIds: sharedOf(clients),
    unowned: isKnown ? unownedQueues(queues, infos) : null,
    queues: isKnown ? queues.length : null,
    failures: failuresOf(offsets.failures, connections.failures),
    at: deps.now(),
  };
}
