import type { TableFormat } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { readRemarks } from "../../store/remarks.ts";
import { tableFile, type Columns } from "../../base/table-file.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { matches, type GroupFilter } from "./group-list.ts";
import { presentGroup, type GroupSettings } from "./group.presenter.ts";

/** The first two columns are those of the import; settings are those of the first broker, and `Differs` says whether another has others. */
const groupColumns = (
  clusterName: string,
  addrs: ReadonlyMap<string, string>,
): Columns<GroupSettings & { remark: string }> => ({
  GroupName: (g) => g.group,
  MaxRetryTimes: (g) => g.retryMaxTimes,
  ConsumeEnable: (g) => String(g.consumeEnable),
  BroadcastEnable: (g) => String(g.broadcastEnable),
  Order: (g) => String(g.ordered),
  Differs: (g) => String(g.differs),
  ClusterName: () => clusterName,
  BrokerName: (g) => g.brokers.map((b) => b.brokerName).join(";"),
  BrokerAddr: (g) => g.brokers.map((b) => addrs.get(b.brokerName) ?? "").join(";"),
  Remark: (g) => g.remark,
});

/** The groups named, or all that the filter shows. */
export async function exportGroups(
  deps: Deps,
  {
    instanceId,
    format,
    groups,
    ...filter
  }: GroupFilter & { instanceId: string; format: TableFormat; groups?: string[] },
): Promise<File> {
  const cluster = await deps.clusters.get(instanceId);
  const [catalog, brokers, remarks] = await Promise.all([
    catalogOf(cluster, true),
    cluster.brokers(),
    readRemarks(deps.db, instanceId, "group"),
  ]);
  const chosen = groups && new Set(groups);
  const rows = catalog.groups
    .filter((group) => (chosen === undefined ? matches(filter)(group) : chosen.has(group.group)))
    .map((group) => ({ ...presentGroup(group), remark: remarks.get(group.group) ?? "" }));
  const addrs = new Map(brokers.map(({ brokerName, master }) => [brokerName, master ?? ""]));
  const columns = groupColumns(brokers[0]?.cluster ?? "", addrs);
  return tableFile(format, { name: "groups", rows, columns, failures: catalog.failures });
}
