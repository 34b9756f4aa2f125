import type { GroupClient } from "#contract/group-client.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOut, FanOutFailure, Target } from "../rocketmq/cluster/fan-out.ts";
import { connectionsAt, whoKnowsClients } from "../rocketmq/admin/group-admin.ts";
import { versionName } from "../rocketmq/codec/mq-version.ts";
import type { ConsumerConnection } from "../rocketmq/rpc/group.ts";
import { byCodeUnit } from "./ranking.ts";

/** What each broker or proxy knows of a group's clients; those where none is online are left out. */
export type Connections = FanOut<Target, ConsumerConnection>;

const GROUPS_AT_ONCE = 64;

export interface GroupPresence {
  /** Null: none was seen, and not everybody could be asked. */
  clients: number | null;
  messageModel: string | null;
  pop: boolean;
}

/** Client ids of gRPC clients in every language: host, process, index and start. Source: ClientId.java of rocketmq-clients. */
const GRPC_CLIENT_ID = /@\d+@\d+@[0-9a-z]+$/i;

export const isGrpcClient = (clientId: string): boolean => GRPC_CLIENT_ID.test(clientId);

/** gRPC clients pop, though the proxy that speaks for them says push or pull. */
const popsAt = (connection: ConsumerConnection): boolean =>
  connection.consumeType === "CONSUME_POP" || connection.connectionSet.some(({ clientId }) => isGrpcClient(clientId));

/** A client online, once, whichever brokers and proxies it is connected to. */
export interface OnlineClient {
  clientId: string;
  address: string;
  /** CONSUME_PASSIVELY (push), CONSUME_ACTIVELY (pull) or CONSUME_POP, as that server says. */
  consumeType: string | undefined;
  /** One of those that it is connected to. */
  via: Target;
}

type Connected = ConsumerConnection["connectionSet"][number];

/**
 * Who is behind each connection. A server that has two of one id has two clients that share it, and each is known by its host alone, for
 * to another server a client comes from another port.
 */
function* behind({ items }: Pick<Connections, "items">): Generator<{
  key: string;
  client: Connected;
  target: Target;
  connection: ConsumerConnection;
}> {
  const shared = sharedIds({ items });
  for (const { target, value: connection } of items) {
    const ports = new Map<string, number>();
    for (const client of connection.connectionSet) {
      const host = client.clientAddr.replace(/:\d+$/, "");
      const id = `${client.clientId} ${host}`;
      const nth = (ports.get(id) ?? 0) + 1;
      ports.set(id, nth);
      const key = shared.has(client.clientId) ? `${id} ${nth}` : client.clientId;
      yield { key, client, target, connection };
    }
  }
}

/** Ids that a broker or proxy has more than one connection of: clients that share one take each other's queues. */
export function sharedIds({ items }: Pick<Connections, "items">): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const { value } of items) {
    const seen = new Set<string>();
    for (const { clientId } of value.connectionSet) {
      if (seen.has(clientId)) shared.add(clientId);
      seen.add(clientId);
    }
  }
  return shared;
}

/** Sorted by client id; each as the first of the servers that it is connected to sees it, whoever answered first. */
export function onlineClients({ items }: Pick<Connections, "items">): OnlineClient[] {
  const clients = new Map<string, OnlineClient>();
  const inOrder = items.toSorted((a, b) => byCodeUnit(a.target.name, b.target.name));
  for (const { key, client, target, connection } of behind({ items: inOrder })) {
    if (clients.has(key)) continue;
    const { clientId, clientAddr: address } = client;
    clients.set(key, { clientId, address, consumeType: connection.consumeType, via: target });
  }
  return [...clients.values()].sort((a, b) => byCodeUnit(a.clientId, b.clientId));
}

/** The connections of those who subscribe to a topic: a group has old offsets of topics that its clients no longer do, and is no user of them. */
export const subscribing = ({ items, failures }: Connections, topic: string): Connections => ({
  items: items.filter(({ value }) => value.subscriptionTable.size === 0 || value.subscriptionTable.has(topic)),
  failures,
});

/** What clients online subscribe to, as the servers that they are connected to tell it. */
export const subscribedTopics = ({ items }: Pick<Connections, "items">): ReadonlySet<string> =>
  new Set(items.flatMap(({ value }) => [...value.subscriptionTable.keys()]));

export function presenceOf({ items, failures }: Connections): GroupPresence {
  const connections = items.map(({ value }) => value);
  const clients = onlineClients({ items }).length;
  return {
    clients: clients === 0 && failures.length > 0 ? null : clients,
    messageModel: connections.find(({ messageModel }) => messageModel !== undefined)?.messageModel ?? null,
    pop: connections.some(popsAt),
  };
}

/** Who is online of each of the groups of a page; a server that does not answer is asked no further. */
export async function presences(
  cluster: RocketMQCluster,
  groups: readonly string[],
  proxyAddrs: readonly string[],
): Promise<{ byGroup: Map<string, GroupPresence>; connections: Map<string, Connections>; failures: FanOutFailure[] }> {
  const { targets, failures } = await whoKnowsClients(cluster, proxyAddrs);
  const found = new Map(groups.map((group): [string, Connections["items"]] => [group, []]));
  const asked = await cluster.fanOut(targets, async (target) => {
    for (let from = 0; from < groups.length; from += GROUPS_AT_ONCE) {
      await Promise.all(
        groups.slice(from, from + GROUPS_AT_ONCE).map(async (group) => {
          const value = await connectionsAt(cluster, target.addr, group);
          if (value !== undefined) found.get(group)?.push({ target, value });
        }),
      );
    }
  });
  const all = [...failures, ...asked.failures];
  const connections = new Map([...found].map(([group, items]) => [group, { items, failures: all }]));
  const byGroup = new Map([...connections].map(([group, known]) => [group, presenceOf(known)]));
  return { byGroup, connections, failures: all };
}

/** One row a client, whichever brokers and proxies it is connected to. */
export function clientsOf({ items }: Pick<Connections, "items">): GroupClient[] {
  const shared = sharedIds({ items });
  const clients = new Map<string, GroupClient>();
  for (const { key, client, target, connection } of behind({ items })) {
    const known = clients.get(key);
    if (known !== undefined) {
      known.seenAt.push(target.name);
      continue;
    }
    clients.set(key, {
      clientId: client.clientId,
      shared: shared.has(client.clientId),
      address: client.clientAddr,
      language: client.language ?? null,
      version: versionName(client.version),
      consumeType: connection.consumeType ?? null,
      messageModel: connection.messageModel ?? null,
      consumeFromWhere: connection.consumeFromWhere ?? null,
      seenAt: [target.name],
    });
  }
  return [...clients.values()].sort((a, b) => byCodeUnit(a.clientId, b.clientId) || byCodeUnit(a.address, b.address));
}
