import type { GroupKind } from "#contract/group.ts";
import type { Failure, Names } from "#contract/list.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../rocketmq/admin/group-admin.ts";
import type { GroupConfigEntry } from "../rocketmq/rpc/group.ts";
import { entriesOf, sharedRead } from "./catalog.ts";
import { failuresOf } from "./failures.ts";
import { groupKindOf } from "./names.ts";
import { suggested } from "./ranking.ts";

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
  failures: Failure[];
}

/** Every group with its configuration at every master. */
export const catalogOf = sharedRead(readCatalog).get;

async function readCatalog(cluster: RocketMQCluster): Promise<Catalog> {
  const tables = await allGroupConfigs(cluster);
  return {
    at: Date.now(),
    groups: entriesOf(tables, ({ brokerName, addr }, entry) => ({ brokerName, addr, entry })).map(
      ([group, configs]) => ({ group, kind: groupKindOf(group), configs }),
    ),
    failures: failuresOf(tables.failures),
  };
}

/** Names of groups that people made. */
export async function suggestGroups(
  cluster: RocketMQCluster,
  typed: { search: string; limit: number },
): Promise<Names> {
  const { groups, failures } = await catalogOf(cluster);
  const names = groups.filter(({ kind }) => kind === "normal").map(({ group }) => group);
  return { names: suggested(names, typed), failures };
}
