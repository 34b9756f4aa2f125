import type { GroupKind } from "#contract/group.ts";
import type { Failure, Names } from "#contract/list.ts";
import { Cached } from "../rocketmq/cluster/cached.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../rocketmq/admin/group-admin.ts";
import { perCluster } from "../rocketmq/cluster/per-cluster.ts";
import { orAborted } from "../rocketmq/remoting/abort.ts";
import type { GroupConfigEntry } from "../rocketmq/rpc/group.ts";
import { failuresOf } from "./failures.ts";
import { groupKindOf } from "./names.ts";

/** A group's configuration at one broker. */
export interface BrokerGroupConfig {
  brokerName: string;
  addr: string;
  entry: GroupConfigEntry;
}

/** A group by name, with what each master has of it. */
export interface CatalogGroup {
  group: string;
  kind: GroupKind;
  configs: BrokerGroupConfig[];
}

export interface Catalog {
  at: number;
  /** Sorted by name. */
  groups: CatalogGroup[];
  /** Whether the groups of a broker have a retry policy, by broker name. */
  keepsRetryPolicy: ReadonlyMap<string, boolean>;
  failures: Failure[];
}

/** What was read this lately answers; the refresh button asks for a new read. */
const FRESH_MS = 5000;

const cachedOf = perCluster((cluster) => new Cached(() => readCatalog(cluster), FRESH_MS));

/** Every group with its configuration at every master; one read serves all who ask within some seconds. */
export const catalogOf = (cluster: RocketMQCluster, fresh = false): Promise<Catalog> =>
  orAborted(cachedOf(cluster).get(fresh), cluster.signal);

async function readCatalog(cluster: RocketMQCluster): Promise<Catalog> {
  const tables = await allGroupConfigs(cluster);
  const groups = new Map<string, CatalogGroup>();
  const keepsRetryPolicy = new Map<string, boolean>();
  for (const { target, value } of tables.items) {
    const { brokerName, addr } = target;
    keepsRetryPolicy.set(brokerName, false);
    for (const [group, entry] of value) {
      if (entry.config.groupRetryPolicy !== undefined) keepsRetryPolicy.set(brokerName, true);
      const known = groups.get(group);
      if (known === undefined)
        groups.set(group, { group, kind: groupKindOf(group), configs: [{ brokerName, addr, entry }] });
      else known.configs.push({ brokerName, addr, entry });
    }
  }
  return {
    at: Date.now(),
    // By code unit: RocketMQ's names are ASCII, and a collator takes a hundred times as long.
    groups: [...groups.values()].sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0)),
    keepsRetryPolicy,
    failures: failuresOf(tables.failures),
  };
}

/** Names that contain what was typed, those that begin with it first. */
export async function suggestGroups(cluster: RocketMQCluster, search: string, limit: number): Promise<Names> {
  const start = search.trim().toLowerCase();
  const { groups, failures } = await catalogOf(cluster);
  const names = groups
    .filter(({ kind, group }) => kind === "normal" && group.toLowerCase().includes(start))
    .map(({ group }) => group);
  const begins = (name: string) => name.toLowerCase().startsWith(start);
  return { names: [...names.filter(begins), ...names.filter((name) => !begins(name))].slice(0, limit), failures };
}
