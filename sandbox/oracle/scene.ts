import type { SubscriptionGroupConfig, TopicConfig } from "./calls.ts";
import type { Oracle } from "./oracle.ts";

export interface MasterAddr {
  brokerName: string;
  addr: string;
}

export const CALL_MS = 10_000;

/** What the official tools say a cluster consists of: the subjects of all comparisons. */
export interface Scene {
  clusterName: string;
  masters: readonly MasterAddr[];
  /** Remoting addresses of proxies, which alone know gRPC clients. */
  proxies: readonly MasterAddr[];
  /** Configurations by topic, then broker name. */
  topics: ReadonlyMap<string, ReadonlyMap<string, TopicConfig>>;
  /** Configurations by group, then broker name. */
  groups: ReadonlyMap<string, ReadonlyMap<string, SubscriptionGroupConfig>>;
  /** Topics that are neither RocketMQ's own nor made for a group. */
  userTopics: ReadonlySet<string>;
  userGroups: ReadonlySet<string>;
}

export async function mastersOf(oracle: Oracle, clusterName: string): Promise<MasterAddr[]> {
  const { brokerAddrTable } = await oracle.ask("examineBrokerClusterInfo", []);
  return [...brokerAddrTable.values()]
    .filter(({ cluster }) => cluster === clusterName)
    .flatMap(({ brokerName, brokerAddrs }) => {
      const addr = brokerAddrs.find(([id]) => id === "0")?.[1];
      return addr === undefined ? [] : [{ brokerName, addr }];
    })
    .sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
}

/** Turns tables by broker into tables by name. */
function byName<V>(tables: readonly (readonly [brokerName: string, table: ReadonlyMap<string, V>])[]) {
  const names = new Map<string, Map<string, V>>();
  for (const [brokerName, table] of tables) {
    for (const [name, value] of table)
      names.set(name, (names.get(name) ?? new Map<string, V>()).set(brokerName, value));
  }
  return names;
}

export async function readTopics(oracle: Oracle, masters: readonly MasterAddr[]) {
  return byName(
    await Promise.all(
      masters.map(async ({ brokerName, addr }) => {
        const { topicConfigTable } = await oracle.ask("getAllTopicConfig", [addr, CALL_MS]);
        return [brokerName, topicConfigTable] as const;
      }),
    ),
  );
}

export async function readGroups(oracle: Oracle, masters: readonly MasterAddr[]) {
  return byName(
    await Promise.all(
      masters.map(async ({ brokerName, addr }) => {
        const { subscriptionGroupTable } = await oracle.ask("getAllSubscriptionGroup", [addr, CALL_MS]);
        return [brokerName, subscriptionGroupTable] as const;
      }),
    ),
  );
}

/** What a proxy makes for itself, which the tools take for somebody's; the console does not, on purpose. */
const isProxysOwn = (name: string) =>
  name === "DefaultHeartBeatSyncerTopic" || name === "CID_DefaultHeartBeatSyncerTopic";

async function union(masters: readonly MasterAddr[], names: (addr: string) => Promise<Iterable<string>>) {
  const asked = await Promise.all(masters.map(({ addr }) => names(addr)));
  return new Set(asked.flatMap((some) => [...some]).filter((name) => !isProxysOwn(name)));
}

export async function readScene(
  oracle: Oracle,
  clusterName: string,
  proxyRemotingAddrs: readonly string[] = [],
): Promise<Scene> {
  const proxies = proxyRemotingAddrs.map((addr) => ({ brokerName: addr, addr }));
  const masters = await mastersOf(oracle, clusterName);
  const [topics, groups, userTopics, userGroups] = await Promise.all([
    readTopics(oracle, masters),
    readGroups(oracle, masters),
    union(masters, async (addr) =>
      (await oracle.ask("getUserTopicConfig", [addr, false, CALL_MS])).topicConfigTable.keys(),
    ),
    union(masters, async (addr) =>
      (await oracle.ask("getUserSubscriptionGroup", [addr, CALL_MS])).subscriptionGroupTable.keys(),
    ),
  ]);
  return { clusterName, masters, proxies, topics, groups, userTopics, userGroups };
}
