import { Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { ImportKind } from "./import-kind.ts";
import type { Site } from "./import-plan.ts";

/** What each broker has under the names; brokers without a master, and those that do not answer, say so. */
export async function readSites(
  kind: ImportKind,
  cluster: RocketMQCluster,
  names: ReadonlySet<string>,
): Promise<Site[]> {
  await cluster.clusterInfo({ fresh: true });
  const { items, failures } = await kind.stored(cluster, names);
  const sites = [
    ...items.map(({ target, value }): Site => ({ brokerName: target.brokerName, addr: target.addr, has: value })),
    ...failures.map(({ target, error }): Site => ({ brokerName: target, error })),
  ];
  return sites.sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
}

/** Nothing is written to a broker that vanished unless somebody names it. */
export const isGone = ({ error }: Site): boolean => error?.code === "BROKER_GONE";

/** The brokers asked for, all that are listed when none is named. */
export function chosenSites(sites: readonly Site[], brokers: readonly string[] | undefined): Site[] {
  if (brokers === undefined) return sites.filter((site) => !isGone(site));
  const chosen = sites.filter(({ brokerName }) => brokers.includes(brokerName));
  if (chosen.length === new Set(brokers).size) return chosen;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}
