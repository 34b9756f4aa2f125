import { stringify } from "csv-stringify/sync";
import type { TopicItem } from "#contract/topic.ts";

const BOM = "\uFEFF";

interface Place {
  clusterName: string;
  /** Address of a broker's master by its name. */
  addrs: ReadonlyMap<string, string>;
}

const yesNo = (value: boolean) => (value ? "true" : "false");

/** The first four columns are those of the import; where brokers differ, `QueueNums` is the largest and `Queues` tells them apart. */
const columns: Record<string, (topic: TopicItem, place: Place) => string | number> = {
  TopicName: (t) => t.topic,
  QueueNums: (t) => Math.max(0, ...t.brokers.map((b) => Math.max(b.readQueues, b.writeQueues))),
  Perm: (t) => t.perm & 6,
  MessageType: (t) => t.messageType,
  Order: (t) => yesNo(t.order),
  ClusterName: (_, place) => place.clusterName,
  BrokerName: (t) => t.brokers.map((b) => b.brokerName).join(";"),
  BrokerAddr: (t, place) => t.brokers.map((b) => place.addrs.get(b.brokerName) ?? "").join(";"),
  Queues: (t) => t.brokers.map((b) => `${b.brokerName}:${b.readQueues}/${b.writeQueues}`).join(";"),
  Remark: (t) => t.remark,
};

export function topicsAsCsv(topics: readonly TopicItem[], place: Place): string {
  const of = Object.values(columns);
  const rows = topics.map((topic) => of.map((value) => value(topic, place)));
  return BOM + stringify([Object.keys(columns), ...rows], { record_delimiter: "\r\n", escape_formulas: true });
}
