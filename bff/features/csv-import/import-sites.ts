import { Problem } from "../../base/problem.ts";
import type { Values } from "../../cluster/resource-values.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { ImportKind } from "./import-kind.ts";
import type { Site } from "./import-plan.ts";

/** What each broker has under the names, of what it keeps; brokers without a master, and those that do not answer, say so. */
export async function readSites(
  kind: ImportKind,
  cluster: RocketMQCluster,
  names: ReadonlySet<string>,
): Promise<Site[]> {
  await cluster.clusterInfo({ fresh: true });
  const tables = await kind.stored(cluster, names);
  const read = await cluster.fanOut(
    tables.items.map(({ target, value }) => ({ ...target, value })),
    async ({ addr, value }) => {
      const isOld = !(await cluster.can(addr, kind.keepsAll));
      return { has: isOld ? new Map([...value].map(([name, values]) => [name, keptOf(kind, values)])) : value, isOld };
    },
  );
  const sites = [
    ...read.items.map(({ target, value }): Site => ({ ...value, brokerName: target.brokerName, addr: target.addr })),
    ...[...tables.failures, ...read.failures].map(({ target, error }): Site => ({ brokerName: target, error })),
  ];
  return sites.sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
}

const keptOf = ({ newer }: ImportKind, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([column]) => newer[column] === undefined));

/** Nothing is written to a broker that vanished unless somebody names it. */
export const isGone = ({ error }: Site): boolean => error?.code === "BROKER_GONE";

/** The brokers asked for, all that are listed when none is named. */
export function chosenSites(sites: readonly Site[], brokers: readonly string[] | undefined): Site[] {
  if (brokers === undefined) return sites.filter((site) => !isGone(site));
  const chosen = sites.filter(({ brokerName }) => brokers.includes(brokerName));
  if (chosen.length === new Set(brokers).size) return chosen;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}
