import type { GroupClient } from "#contract/group.ts";
import type { RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import { fanOut, type FanOutFailure, type Target } from "../../rocketmq/admin/fan-out.ts";
import { versionName } from "../../rocketmq/codec/mq-version.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { groupRpc, type ConsumerConnection } from "../../rocketmq/rpc/group.ts";

/** What each broker or proxy knows of a group's clients; those where none is online are left out. */
export interface Connections {
  items: { target: Target; connection: ConsumerConnection }[];
  failures: FanOutFailure[];
}

const GROUPS_AT_ONCE = 64;

async function connectionAt(
  cluster: RocketMQCluster,
  addr: string,
  consumerGroup: string,
): Promise<ConsumerConnection | undefined> {
  try {
    return await cluster.call(groupRpc.getConsumerConnectionList, addr, { consumerGroup });
  } catch (error) {
    if (asRocketMQError(error).code === "CONSUMER_NOT_ONLINE") return undefined;
    throw error;
  }
}

/** Online clients of a group: asked of every master, and of the proxies, which alone know gRPC clients. */
export async function connectionsOf(
  cluster: RocketMQCluster,
  group: string,
  proxyAddrs: readonly string[],
): Promise<Connections> {
  const { targets, failures } = await cluster.masters();
  const proxies = proxyAddrs.map((addr): Target => ({ name: addr, addr }));
  const asked = await fanOut<Target, ConsumerConnection | undefined>([...targets, ...proxies], ({ addr }) =>
    connectionAt(cluster, addr, group),
  );
  return {
    items: asked.items.flatMap(({ target, value }) => (value === undefined ? [] : [{ target, connection: value }])),
    failures: [...failures, ...asked.failures],
  };
}

export interface GroupPresence {
  clients: number;
  messageModel: string | null;
  pop: boolean;
}

/** Client ids of gRPC clients in every language: host, process, index and start. Source: ClientId.java of rocketmq-clients. */
const GRPC_CLIENT_ID = /@\d+@\d+@[0-9a-z]+$/i;

/** gRPC clients pop, though the proxy that speaks for them says push or pull. */
const popsAt = (connection: ConsumerConnection): boolean =>
  connection.consumeType === "CONSUME_POP" ||
  connection.connectionSet.some(({ clientId }) => GRPC_CLIENT_ID.test(clientId));

export function presenceOf({ items }: Connections): GroupPresence {
  const clients = new Set(items.flatMap(({ connection }) => connection.connectionSet.map((client) => client.clientId)));
  return {
    clients: clients.size,
    messageModel:
      items.find(({ connection }) => connection.messageModel !== undefined)?.connection.messageModel ?? null,
    pop: items.some(({ connection }) => popsAt(connection)),
  };
}

/** Who is online of each of the groups of a page; a server that does not answer is asked no further. */
export async function presences(
  cluster: RocketMQCluster,
  groups: readonly string[],
  proxyAddrs: readonly string[],
): Promise<{ byGroup: Map<string, GroupPresence>; failures: FanOutFailure[] }> {
  const { targets, failures } = await cluster.masters();
  const proxies = proxyAddrs.map((addr): Target => ({ name: addr, addr }));
  const found = new Map(groups.map((group): [string, Connections] => [group, { items: [], failures: [] }]));
  const asked = await fanOut<Target, void>([...targets, ...proxies], async (target) => {
    for (let from = 0; from < groups.length; from += GROUPS_AT_ONCE) {
      await Promise.all(
        groups.slice(from, from + GROUPS_AT_ONCE).map(async (group) => {
          const connection = await connectionAt(cluster, target.addr, group);
          if (connection !== undefined) found.get(group)?.items.push({ target, connection });
        }),
      );
    }
  });
  const nobodyAnswered = asked.items.length === 0;
  const byGroup = new Map<string, GroupPresence>();
  if (!nobodyAnswered) for (const [group, connections] of found) byGroup.set(group, presenceOf(connections));
  return { byGroup, failures: [...failures, ...asked.failures] };
}

/** One row a client, whichever brokers and proxies it is connected to. */
export function clientsOf({ items }: Connections): GroupClient[] {
  const clients = new Map<string, GroupClient>();
  for (const { target, connection } of items) {
    for (const client of connection.connectionSet) {
      const known = clients.get(client.clientId);
      if (known !== undefined) {
        known.seenAt.push(target.name);
        continue;
      }
      clients.set(client.clientId, {
        clientId: client.clientId,
        address: client.clientAddr,
        language: client.language ?? null,
        version: versionName(client.version),
        consumeType: connection.consumeType ?? null,
        messageModel: connection.messageModel ?? null,
        consumeFromWhere: connection.consumeFromWhere ?? null,
        seenAt: [target.name],
      });
    }
  }
  return [...clients.values()].sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
}
