import { z } from "zod";
import { InstanceState, type ConnectionReport, type Instance } from "#contract/instance.ts";
import { openPartOf } from "#contract/rules/url.ts";
import type { ConnectionReport as TestedConnection } from "../../rocketmq/admin/connection-test.ts";
import { containing } from "../../cluster/ranking.ts";
import type { InstanceRow } from "../../store/schema.ts";

const DAY_MS = 86_400_000;

const Texts = z.array(z.string());
const TextMap = z.record(z.string(), z.string());
const State = InstanceState.catch("unknown");
const Type = z.enum(["single", "cluster"]).nullable().catch(null);

/** As much of the metrics endpoint as may be told, and whether there is more of it. */
export function toldMetricsUrl({ metricsUrl }: InstanceRow): Pick<Instance, "metricsUrl" | "hasMetricsSecret"> {
  const told = metricsUrl === null ? null : openPartOf(metricsUrl);
  return { metricsUrl: told, hasMetricsSecret: told !== metricsUrl };
}

export function presentInstance(row: InstanceRow, recycleDays: number): Instance {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    state: row.recycledAt === null ? State.parse(row.state) : "recycled",
    stateAt: row.stateAt,
    clusterName: row.clusterName,
    chosenCluster: row.clusterName,
    version: row.version,
    type: Type.parse(row.type),
    masters: row.masters,
    slaves: row.slaves,
    namesrvAddrs: Texts.parse(JSON.parse(row.namesrvAddrs)),
    proxyAddrs: Texts.parse(JSON.parse(row.proxyAddrs)),
    proxyRemotingAddrs: Texts.parse(JSON.parse(row.proxyRemotingAddrs)),
    ...toldMetricsUrl(row),
    accessKey: row.accessKey,
    hasSecret: row.secretKey !== null,
    tls: row.tls === 1,
    tlsVerify: row.tlsVerify === 1,
    hasTlsCa: row.tlsCa !== null,
    tags: TextMap.parse(JSON.parse(row.tags)),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    recycledAt: row.recycledAt,
    destroyAt: row.recycledAt === null ? null : row.recycledAt + recycleDays * DAY_MS,
  };
}

export function presentReport(report: TestedConnection): Omit<ConnectionReport, "sameAs"> {
  const brokers = report.brokers
    .map((broker) => ({ ...broker, brokerId: String(broker.brokerId) }))
    .sort((a, b) => a.brokerName.localeCompare(b.brokerName) || Number(a.brokerId) - Number(b.brokerId));
  return { ...report, brokers };
}

type ListQuery = {
  search?: string;
  state?: Instance["state"];
  tagKey?: string;
  tagValue?: string;
  sort?: string;
  order?: "asc" | "desc";
};

type Order = (a: Instance, b: Instance) => number;

const byName: Order = (a, b) => a.name.localeCompare(b.name);
const orders = new Map<string, Order>([
  ["state", (a, b) => a.state.localeCompare(b.state) || byName(a, b)],
  ["createdAt", (a, b) => a.createdAt - b.createdAt],
  ["recycledAt", (a, b) => (a.recycledAt ?? 0) - (b.recycledAt ?? 0)],
]);

/** The instances that a list asks for, in its order: by name unless it says otherwise. */
export function selectInstances(all: readonly Instance[], query: ListQuery): Instance[] {
  const isSought = containing(query.search);
  const tagged = ({ tags }: Instance) => {
    const entries = Object.entries(tags);
    if (query.tagKey !== undefined && !entries.some(([key]) => key === query.tagKey)) return false;
    if (query.tagValue === undefined) return true;
    return entries.some(([key, value]) => (query.tagKey ?? key) === key && value === query.tagValue);
  };
  const kept = all.filter(
    (instance) =>
      (isSought(instance.name) || isSought(instance.id)) &&
      (query.state === undefined || instance.state === query.state) &&
      tagged(instance),
  );
  kept.sort(orders.get(query.sort ?? "") ?? byName);
  return query.order === "desc" ? kept.reverse() : kept;
}
