import pLimit from "p-limit";
import type { ConsumerConnection } from "../rpc/group.ts";
import { Cached } from "../cluster/cached.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { fanOut, type FanOutFailure, type Target } from "../cluster/fan-out.ts";
import { allGroupConfigs, connectionsAt, whoKnowsClients } from "./group-admin.ts";

/** Every group with clients online and what those subscribe to, as masters and proxies tell it group by group. */
export interface OnlineGroups {
  /** Groups that the masters keep, online or not. */
  known: ReadonlySet<string>;
  online: { group: string; target: Target; connection: ConsumerConnection }[];
  failures: FanOutFailure[];
}

/** It takes a call for each group at each master: one read serves all who ask within this time. */
const FRESH_MS = 10_000;
/** Groups that one server is asked about at the same time. */
const IN_FLIGHT = 64;

const kept = new WeakMap<RocketMQCluster, Map<string, Cached<OnlineGroups>>>();

/**
 * The second source of who consumes a topic. The first, code 300, is one call a topic, but brokers of 5.3 answer it with
 * the topic's own name in place of the groups online. Without `proxyAddrs` the masters alone are asked.
 */
export function onlineGroups(
  cluster: RocketMQCluster,
  proxyAddrs?: readonly string[],
  fresh = false,
): Promise<OnlineGroups> {
  const ofCluster = kept.get(cluster) ?? new Map<string, Cached<OnlineGroups>>();
  kept.set(cluster, ofCluster);
  const key = proxyAddrs?.join() ?? "masters";
  const cached = ofCluster.get(key) ?? new Cached(() => readOnlineGroups(cluster, proxyAddrs), FRESH_MS);
  ofCluster.set(key, cached);
  return cached.get(fresh);
}

async function readOnlineGroups(cluster: RocketMQCluster, proxyAddrs?: readonly string[]): Promise<OnlineGroups> {
  const [tables, who] = await Promise.all([
    allGroupConfigs(cluster),
    proxyAddrs === undefined ? cluster.masters() : whoKnowsClients(cluster, proxyAddrs),
  ]);
  const known = new Set(tables.items.flatMap(({ value }) => [...value.keys()]));
  const failed = new Set(tables.failures.map(({ target }) => target));
  const servers = who.targets.filter(({ name }) => !failed.has(name));
  const asked = await fanOut<Target, OnlineGroups["online"]>(servers, async (target) => {
    const limit = pLimit(IN_FLIGHT);
    const found = await limit.map([...known], async (group) => ({
      group,
      target,
      connection: await connectionsAt(cluster, target.addr, group),
    }));
    return found.flatMap(({ connection, ...one }) => (connection === undefined ? [] : [{ ...one, connection }]));
  });
  return {
    known,
    online: asked.items.flatMap(({ value }) => value),
    failures: [...tables.failures, ...who.failures, ...asked.failures],
  };
}

/** Groups online that subscribe to a topic. */
export const subscribersOf = ({ online }: OnlineGroups, topic: string): string[] => [
  ...new Set(online.filter(({ connection }) => connection.subscriptionTable.has(topic)).map(({ group }) => group)),
];
