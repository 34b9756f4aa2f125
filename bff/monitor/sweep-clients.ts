import { compareSubscriptions, type ClientInfo } from "../cluster/client-info.ts";
import {
  isGrpcClient,
  onlineClients,
  presenceOf,
  sharedIds,
  subscribedTopics,
  type Connections,
  type GroupPresence,
  type OnlineClient,
} from "../cluster/group-connections.ts";
import { connectionsAt, whoKnowsClients } from "../rocketmq/admin/group-admin.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { Slices } from "../rocketmq/slices.ts";
import { callEach } from "./call-each.ts";
import type { AskedClient, ClientBook, Told } from "./client-book.ts";
import type { Pace } from "./pace.ts";
import type { Snapshot } from "./snapshot.ts";
import { Unread } from "./unread.ts";

/** Who is online of a group, and what follows from it; made once, for many ask. */
export interface GroupClients {
  connections: Connections["items"];
  presence: GroupPresence;
  /** Each with what it said of itself; undefined where it was not asked so far. */
  online: readonly (OnlineClient & { told: Told | undefined })[];
  /** Ids that several have. */
  sharedIds: ReadonlySet<string>;
  /** What those said that answered, and when the first of them did. */
  infos: readonly ClientInfo[];
  toldAt: number | null;
  /** What they subscribe to, by their own words and the brokers'. */
  subscribed: ReadonlySet<string>;
  /** Topics that they differ on; none until two of them said what they subscribe to. */
  differing: readonly string[];
}

interface Context {
  pace: Pace;
  now: () => number;
  groups: Iterable<string>;
  /** Groups of which it matters now how fast their clients are. */
  isBehind: (group: string) => boolean;
  proxies: readonly string[];
  /** Who did not tell its groups: clients of those that nobody named may be there. */
  untold: readonly FanOutFailure[];
  book: ClientBook;
}

function differingTopics(infos: readonly ClientInfo[]): string[] {
  // Of what was cut nobody can say that it is not there.
  const whole = infos.filter(({ cut }) => !cut);
  if (whole.length < 2) return [];
  return compareSubscriptions(whole.map(({ subscriptions }) => subscriptions)).flatMap(({ topic, difference }) =>
    difference === null || difference === "order" ? [] : [topic],
  );
}

/** What is known of the clients of a group by where they are connected and what they said. */
export function groupClients(
  connections: Connections["items"],
  toldBy: (client: OnlineClient) => Told | undefined,
): GroupClients {
  const items = { items: connections };
  const online = onlineClients(items).map((client) => ({ ...client, told: toldBy(client) }));
  const answers = online.flatMap(({ told }) => (told?.info ? [told] : []));
  const infos = answers.flatMap(({ info }) => info ?? []);
  const said = infos.flatMap(({ subscriptions }) => subscriptions.map(({ topic }) => topic));
  return {
    connections,
    presence: presenceOf({ ...items, failures: [] }),
    online,
    sharedIds: sharedIds(items),
    infos,
    toldAt: answers.reduce<number | null>((first, { at }) => (first === null ? at : Math.min(first, at)), null),
    subscribed: new Set([...subscribedTopics(items), ...said]),
    differing: differingTopics(infos),
  };
}

/** Reads code 203 of every group at every master and proxy, and has clients asked in turn what they subscribe to and how fast they are. */
export async function sweepClients(cluster: RocketMQCluster, context: Context): Promise<Snapshot<GroupClients>> {
  const { pace, now, proxies, book, isBehind, untold } = context;
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
  const slices = new Slices();
  const online: AskedClient[] = [];
  for (const [group, items] of connected) {
    await slices.pause();
    for (const client of onlineClients({ items }))
      if (!isGrpcClient(client.clientId)) online.push({ group, client, isUrgent: isBehind(group) });
  }
  calls += await book.round(cluster, online);
  const byName = new Map<string, GroupClients>();
  for (const [group, connections] of connected) {
    await slices.pause();
    byName.set(
      group,
      groupClients(connections, (client) => book.of(group, client)),
    );
  }
  const all = [...failures, ...asked.failures];
  const sought = new Set(groups);
  // Nobody is online at a broker that no name server lists.
  const whole = unread.isOfListed(all);
  // Of a group that nobody was asked of, it is not known that it has no clients.
  const isWhole = (name: string) => sought.has(name) && whole(name);
  return { startedAt, at: now(), calls, byName, failures: [...untold, ...all], isWhole };
}

export interface Known {
  clients?: Snapshot<GroupClients>;
}

/** Its clients keep their offsets, so that no broker can say how far it is; of one without clients nobody knows. */
export const isBroadcasting = ({ clients }: Known, group: string): boolean =>
  clients?.byName.get(group)?.presence.messageModel === "BROADCASTING";

/** What clients of a group subscribe to, as brokers have it now and as far as they were asked. */
export function subscribedBy(
  { clients }: Known,
  group: string,
  now: Pick<Connections, "items"> = { items: [] },
): ReadonlySet<string> {
  return new Set([...subscribedTopics(now), ...(clients?.byName.get(group)?.subscribed ?? [])]);
}

/** The same by group; none of those that broadcast, whose offsets no broker has. */
export function subscribedByGroup({ clients }: Known): ReadonlyMap<string, ReadonlySet<string>> {
  const byGroup = new Map<string, ReadonlySet<string>>();
  for (const [group, { presence, subscribed }] of clients?.byName ?? [])
    if (presence.messageModel !== "BROADCASTING") byGroup.set(group, subscribed);
  return byGroup;
}
