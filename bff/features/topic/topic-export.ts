import type { TableFormat } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { tableFile } from "../../base/table-file.ts";
import { exportedColumns, exportedRows } from "../../cluster/exported-rows.ts";
import { topicCells } from "../../cluster/resource-values.ts";
import { allTopics, type TopicFilter } from "./topic-list.ts";

/** The topics named, or all that the filter shows. */
export async function exportTopics(
  deps: Deps,
  { instanceId, format, ...filter }: TopicFilter & { instanceId: string; format: TableFormat; topics?: string[] },
): Promise<File> {
  const columns = await exportedColumns(await deps.clusters.get(instanceId), "TopicName", topicCells);
  const { topics, failures } = await allTopics(deps, instanceId, filter);
  const rows = topics.flatMap(({ topic, ...of }) => exportedRows({ name: topic, ...of }, topicCells));
  return tableFile(format, { name: "topics", rows, columns, failures });
}
