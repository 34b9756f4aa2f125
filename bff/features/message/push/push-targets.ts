import pLimit from "p-limit";
import type { MessagePlace } from "#contract/message.ts";
import type { PushHindrance, PushTarget, PushTargets } from "#contract/push.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { ownerOfTopic } from "../../../cluster/group-of-topic.ts";
import { clientsOf, isGrpcClient, subscribing, type Connections } from "../../../cluster/group-connections.ts";
import { connectionsAt, whoKnowsClients } from "../../../rocketmq/admin/group-admin.ts";
import { topicGroups } from "../../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { Target } from "../../../rocketmq/cluster/fan-out.ts";
import { SysFlag } from "../../../rocketmq/codec/sys-flag.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { proxyRemotingAddrs } from "../../../store/proxies.ts";
import { messageAt } from "../message-queue.ts";
import { presentMessage } from "../message.presenter.ts";

const GROUPS_MAX = 200;
const GROUPS_AT_ONCE = 16;
const CLIENTS_MAX = 1000;
/** Brokers refuse to ask older clients: V3_1_8_SNAPSHOT. Source: AdminBrokerProcessor.callConsumer. */
const VERSION_MIN = 62;

/** What hinders whomever it would be given to. */
export function hindranceOf(message: StoredMessage): PushHindrance | null {
  if ((message.sysFlag & SysFlag.INNER_BATCH) !== 0) return "innerBatch";
  return ["delayed", "timed", "half"].includes(presentMessage(message).stage) ? "waits" : null;
}

/** What the broker that has the message knows of a client, which is what counts when it is to ask it. */
function clientHindrance({ items }: Connections, brokerName: string, clientId: string): PushHindrance | null {
  const [at] = items.filter(({ target }) => target.name === brokerName).map(({ value }) => value);
  const client = at?.connectionSet.find((one) => one.clientId === clientId);
  if (client === undefined) return "notConnected";
  if (at?.consumeType === "CONSUME_ACTIVELY" && !isGrpcClient(clientId)) return "pulls";
  return client.version < VERSION_MIN ? "tooOld" : null;
}

/** Clients of a group, with what hinders each. */
export const targetsOf = (
  connections: Connections,
  group: string,
  { brokerName }: Pick<MessagePlace, "brokerName">,
): PushTarget[] =>
  clientsOf(connections).map(({ clientId, address, language, version, seenAt }) => ({
    group,
    clientId,
    address,
    language,
    version,
    seenAt,
    hindrance: clientHindrance(connections, brokerName, clientId),
  }));

/** Whom brokers and proxies know of a group, those alone that subscribe to the topic; of a retry or dead letter topic, which is the group's own, all. */
export async function connectionsTo(
  cluster: RocketMQCluster,
  servers: readonly Target[],
  { group, topic }: { group: string; topic: string },
  signal?: AbortSignal,
): Promise<Connections> {
  const asked = await cluster.fanOut(servers, ({ addr }) => connectionsAt(cluster, addr, group), { signal });
  const items = asked.items.flatMap(({ target, value }) => (value === undefined ? [] : [{ target, value }]));
  const online = { items, failures: asked.failures };
  return [RETRY_PREFIX, DLQ_PREFIX].some((prefix) => topic.startsWith(prefix)) ? online : subscribing(online, topic);
}

/** Everybody online who could be given a message. */
export async function pushTargets(
  deps: Deps,
  place: MessagePlace & { instanceId: string },
  signal?: AbortSignal,
): Promise<PushTargets> {
  const { instanceId, topic } = place;
  const cluster = await deps.clusters.get(instanceId, signal);
  const { message } = await messageAt(cluster, place, signal);
  const owner = await ownerOfTopic(cluster, topic);
  const [{ groups, failures }, servers] = await Promise.all([
    owner === undefined || owner === null ? topicGroups(cluster, topic) : { groups: [owner], failures: [] },
    whoKnowsClients(cluster, await proxyRemotingAddrs(deps.db, instanceId)),
  ]);
  const asked = await pLimit(GROUPS_AT_ONCE).map(groups.slice(0, GROUPS_MAX), async (group) => {
    const connections = await connectionsTo(cluster, servers.targets, { group, topic }, signal);
    return { targets: targetsOf(connections, group, place), failures: connections.failures };
  });
  const hindrance = hindranceOf(message);
  const items = asked.flatMap(({ targets }) => targets);
  return {
    items: items.slice(0, CLIENTS_MAX).map((target) => ({ ...target, hindrance: hindrance ?? target.hindrance })),
    groups: groups.slice(0, GROUPS_MAX),
    more: groups.length > GROUPS_MAX || items.length > CLIENTS_MAX,
    failures: failuresOf(failures, servers.failures, ...asked.map((one) => one.failures)),
    at: deps.now(),
  };
}
