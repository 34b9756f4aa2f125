import type { TableFormat } from "#contract/list.ts";
import { PERM } from "#contract/rules/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { tableFile, type Columns } from "../../base/table-file.ts";
import { allTopics, type ExportedTopic, type TopicFilter } from "./topic-list.ts";

interface ExportPlace {
  clusterName: string;
  /** Address of a broker's master by its name. */
  addrs: ReadonlyMap<string, string>;
}

/** The first five columns are those of the import; where brokers differ, `QueueNums` is the largest and `Queues` tells them apart. */
export const topicColumns = ({ clusterName, addrs }: ExportPlace): Columns<ExportedTopic> => ({
  TopicName: (t) => t.topic,
  QueueNums: (t) => Math.max(0, ...t.brokers.map((b) => Math.max(b.readQueues, b.writeQueues))),
  Perm: (t) => (t.perm ?? 0) & PERM.READ_WRITE,
  MessageType: (t) => t.messageType ?? "",
  Order: (t) => String(t.order ?? false),
  ClusterName: () => clusterName,
  BrokerName: (t) => t.brokers.map((b) => b.brokerName).join(";"),
  BrokerAddr: (t) => t.brokers.map((b) => addrs.get(b.brokerName) ?? "").join(";"),
  Queues: (t) => t.brokers.map((b) => `${b.brokerName}:${b.readQueues}/${b.writeQueues}`).join(";"),
  Remark: (t) => t.remark,
});

/** The topics named, or all that the filter shows. */
export async function exportTopics(
  deps: Deps,
  { instanceId, format, ...filter }: TopicFilter & { instanceId: string; format: TableFormat; topics?: string[] },
): Promise<File> {
  const brokers = await (await deps.clusters.get(instanceId)).brokers();
  const addrs = new Map(brokers.map(({ brokerName, master }) => [brokerName, master ?? ""]));
  const { topics, failures } = await allTopics(deps, instanceId, filter);
  const columns = topicColumns({ clusterName: brokers[0]?.cluster ?? "", addrs });
  return tableFile(format, { name: "topics", rows: topics, columns, failures });
}
