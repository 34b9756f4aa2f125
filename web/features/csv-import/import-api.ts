import { api, client } from "../../lib/api.ts";

/** What can be imported; the two differ in their columns and in where they are listed. */
export type Imported = "topic" | "group";

interface ImportOf {
  rows: typeof api.topicImport;
  calls: typeof client.topicImport;
  /** Those that are explained, the name first. */
  columns: readonly string[];
  /** Settings by RocketMQ's own names. */
  others: string;
  /** Where the imported things are listed. */
  list: "/instances/$instanceId/topics" | "/instances/$instanceId/groups";
  forget: () => readonly unknown[];
}

export const importOf: Record<Imported, ImportOf> = {
  topic: {
    rows: api.topicImport,
    calls: client.topicImport,
    columns: ["TopicName", "QueueNums", "Perm", "MessageType", "Order", "ReadQueueNums", "BrokerName", "Remark"],
    others: "TopicFilterType, TopicSysFlag, Attributes, PermInherit, PermPriority",
    list: "/instances/$instanceId/topics",
    forget: () => api.topic.key(),
  },
  group: {
    rows: api.groupImport,
    calls: client.groupImport,
    columns: [
      "GroupName",
      "MaxRetryTimes",
      "ConsumeEnable",
      "BroadcastEnable",
      "Order",
      "RetryPolicy",
      "BrokerName",
      "Remark",
    ],
    others:
      "RetryQueueNums, ConsumeFromMinEnable, NotifyConsumerIdsChangedEnable, WhichBrokerWhenConsumeSlowly, BrokerId, GroupSysFlag, ConsumeTimeoutMinute, Attributes, SubscriptionDataSet",
    list: "/instances/$instanceId/groups",
    forget: () => api.group.key(),
  },
};
