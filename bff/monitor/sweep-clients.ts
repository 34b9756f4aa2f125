import pLimit from "p-limit";
import { askClient, type ClientInfo } from "../cluster/client-info.ts";
import { isGrpcClient, onlineClients, type Connections, type OnlineClient } from "../cluster/group-connections.ts";
import { connectionsAt, whoKnowsClients } from "../rocketmq/admin/group-admin.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { callEach } from "./call-each.ts";
import type { Pace } from "./pace.ts";
import type { Snapshot } from "./snapshot.ts";
import { Unread } from "./unread.ts";

/** What a client said of itself, and when; null where it did not answer. */
interface Told {
  at: number;
  info: ClientInfo | null;
}

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
  previous: Snapshot<GroupClients> | undefined;
}

/** What a client said is asked anew after so long, and sooner while its group is behind; who did not answer is left alone for longer. */
const ASKED_AGAIN_MS = 60_000;
const BEHIND_AGAIN_MS = 10_000;
const SILENT_AGAIN_MS = 300_000;
/** Clients that one sweep asks: each answers through a broker, which has few threads for it. */
const ASKED_MAX = 64;
const AT_ONE_BROKER = 2;

export const clientKey = ({ clientId, address }: Pick<OnlineClient, "clientId" | "address">): string =>
  `${clientId} ${address}`;

interface Question {
  group: string;
  client: OnlineClient;
  /** Those that matter most come first. */
  rank: number;
}

function questionsOf(byName: ReadonlyMap<string, GroupClients>, { now, isBehind }: Context): Question[] {
  const questions: Question[] = [];
  for (const [group, { connections, told }] of byName) {
    for (const client of onlineClients({ items: connections })) {
      if (isGrpcClient(client.clientId)) continue;
      const before = told.get(clientKey(client));
      const again = before?.info === null ? SILENT_AGAIN_MS : isBehind(group) ? BEHIND_AGAIN_MS : ASKED_AGAIN_MS;
      const due = before === undefined ? Infinity : now() - before.at - again;
      if (due >= 0) questions.push({ group, client, rank: due });
    }
  }
  return questions.sort((a, b) => b.rank - a.rank).slice(0, ASKED_MAX);
}

/** Asks some clients what they do; what the others said before stays. */
async function askClients(
  cluster: RocketMQCluster,
  byName: ReadonlyMap<string, { told: Map<string, Told> }>,
  questions: readonly Question[],
  now: () => number,
): Promise<void> {
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  await Promise.all(
    questions.map(({ group, client }) => {
      const limit = limits.get(client.via.addr) ?? pLimit(AT_ONE_BROKER);
      limits.set(client.via.addr, limit);
      return limit(async () => {
        const info = await askClient(cluster, group, client).catch(() => null);
        byName.get(group)?.told.set(clientKey(client), { at: now(), info });
      });
    }),
  );
}

/** Reads code 203 of every group at every master and proxy, and asks clients in turn (307) what they subscribe to and how fast they are. */
export async function sweepClients(cluster: RocketMQCluster, context: Context): Promise<Snapshot<GroupClients>> {
  const { pace, now, proxies, previous } = context;
  const startedAt = now();
  const groups = [...context.groups];
  const unread = new Unread();
  const byName = new Map<string, { connections: Connections["items"]; told: Map<string, Told> }>();
  const { targets, failures } = await whoKnowsClients(cluster, proxies);
  let calls = 0;
  const asked = await cluster.fanOut(targets, async (target) => {
    await unread.table(target.name, Promise.resolve());
    const { left, failed } = await callEach(groups, pace, "CONSUMER_NOT_ONLINE", async (group) => {
      const value = await connectionsAt(cluster, target.addr, group);
      if (value === undefined) return;
      const known = byName.get(group) ?? { connections: [], told: new Map<string, Told>() };
      byName.set(group, known);
      known.connections.push({ target, value });
    });
    calls += groups.length;
    unread.add(left);
    if (failed !== undefined) throw failed;
  });
  for (const [group, { connections, told }] of byName) {
    for (const client of onlineClients({ items: connections })) {
      const before = previous?.byName.get(group)?.told.get(clientKey(client));
      if (before !== undefined) told.set(clientKey(client), before);
    }
  }
  const questions = questionsOf(byName, context);
  calls += questions.length;
  await askClients(cluster, byName, questions, now);
  const all = [...failures, ...asked.failures];
  return { startedAt, at: now(), calls, byName, failures: all, isWhole: unread.isWhole(all) };
}
