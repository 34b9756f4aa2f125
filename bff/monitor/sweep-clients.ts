import {
  isGrpcClient,
  onlineClients,
  presenceOf,
  subscribedTopics,
  type Connections,
  type OnlineClient,
} from "../cluster/group-connections.ts";
import { connectionsAt, whoKnowsClients } from "../rocketmq/admin/group-admin.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { callEach } from "./call-each.ts";
import type { ClientBook, Told } from "./client-book.ts";
import type { Pace } from "./pace.ts";
import type { Snapshot } from "./snapshot.ts";
import { Unread } from "./unread.ts";

/** Who is online of a group. */
export interface GroupClients {
  connections: Connections["items"];
  /** By client id and address, of those that were asked so far. */
  told: ReadonlyMap<string, Told>;
}

interface Context {
  pace: Pace;
  now: () => number;
  groups: Iterable<string>;
  /** Groups of which it matters now how fast their clients are. */
  isBehind: (group: string) => boolean;
  proxies: readonly string[];
  book: ClientBook;
}

export const clientKey = ({ clientId, address }: Pick<OnlineClient, "clientId" | "address">): string =>
  `${clientId} ${address}`;

/** Reads code 203 of every group at every master and proxy, and has clients asked in turn what they subscribe to and how fast they are. */
export async function sweepClients(cluster: RocketMQCluster, context: Context): Promise<Snapshot<GroupClients>> {
  const { pace, now, proxies, book, isBehind } = context;
  const startedAt = now();
  const groups = [...context.groups];
  const unread = new Unread();
  const connected = new Map<string, Connections["items"]>();
  const { targets, failures } = await whoKnowsClients(cluster, proxies);
  let calls = 0;
  const asked = await cluster.fanOut(targets, async (target) => {
    await unread.table(target.name, Promise.resolve());
    const { left, failed } = await callEach(groups, pace, "CONSUMER_NOT_ONLINE", async (group) => {
      const value = await connectionsAt(cluster, target.addr, group);
      if (value === undefined) return;
      const known = connected.get(group) ?? [];
      connected.set(group, known);
      known.push({ target, value });
    });
    calls += groups.length;
    unread.add(left);
    if (failed !== undefined) throw failed;
  });
  const online = [...connected].flatMap(([group, items]) =>
    onlineClients({ items }).map((client) => ({ group, client, isUrgent: isBehind(group) })),
  );
  calls += await book.round(
    cluster,
    online.filter(({ client }) => !isGrpcClient(client.clientId)),
  );
  const byName = new Map<string, GroupClients & { told: Map<string, Told> }>();
  for (const [group, connections] of connected) byName.set(group, { connections, told: new Map() });
  for (const { group, client } of online) {
    const told = book.of(group, client);
    if (told !== undefined) byName.get(group)?.told.set(clientKey(client), told);
  }
  const all = [...failures, ...asked.failures];
  const sought = new Set(groups);
  const whole = unread.isWhole(all);
  // Of a group that nobody was asked of, it is not known that it has no clients.
  const isWhole = (name: string) => sought.has(name) && whole(name);
  return { startedAt, at: now(), calls, byName, failures: all, isWhole };
}

/** What clients online subscribe to, by their own words and the brokers'. */
const subscribedIn = ({ connections, told }: GroupClients): ReadonlySet<string> =>
  new Set([
    ...subscribedTopics({ items: connections }),
    ...[...told.values()].flatMap(({ info }) => info?.subscriptions.map(({ topic }) => topic) ?? []),
  ]);

interface Known {
  clients?: Snapshot<GroupClients>;
}

/** The same of one group, as brokers have it now and as far as its clients were asked. */
export function subscribedBy(
  { clients }: Known,
  group: string,
  now: Pick<Connections, "items"> = { items: [] },
): ReadonlySet<string> {
  const asked = clients?.byName.get(group);
  return new Set([...subscribedTopics(now), ...(asked === undefined ? [] : subscribedIn(asked))]);
}

/** The same by group; none of those that broadcast, whose offsets no broker has. */
export function subscribedByGroup({ clients }: Known): ReadonlyMap<string, ReadonlySet<string>> {
  const byGroup = new Map<string, ReadonlySet<string>>();
  for (const [group, online] of clients?.byName ?? []) {
    const { messageModel } = presenceOf({ items: online.connections, failures: [] });
    if (messageModel !== "BROADCASTING") byGroup.set(group, subscribedIn(online));
  }
  return byGroup;
}
