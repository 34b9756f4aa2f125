import type { TableFormat } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { readRemarks } from "../../store/remarks.ts";
import { tableFile } from "../../base/table-file.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { exportedColumns, exportedRows } from "../../cluster/exported-rows.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { groupCells } from "../../cluster/resource-values.ts";
import { matching, type GroupFilter } from "./group-list.ts";

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
  const [catalog, columns, remarks, narrowed] = await Promise.all([
    catalogOf(cluster, true),
    exportedColumns(cluster, "GroupName", groupCells),
    readRemarks(deps.db, instanceId, "group"),
    matching(deps, instanceId, filter),
  ]);
  const chosen = groups && new Set(groups);
  const rows = catalog.groups
    .filter((group) => (chosen === undefined ? narrowed.holds(group) : chosen.has(group.group)))
    .flatMap(({ group, configs }) => {
      const onBrokers = configs.map(({ brokerName, entry }) => ({ brokerName, config: entry.config }));
      return exportedRows({ name: group, remark: remarks.get(group) ?? "", configs: onBrokers }, groupCells);
    });
  return tableFile(format, {
    name: "groups",
    rows,
    columns,
    failures: failuresOf(catalog.failures, narrowed.failures),
  });
}
