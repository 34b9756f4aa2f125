import type { TopicKind } from "#contract/topic.ts";
import { resourceFields } from "../../lib/resource-search.ts";
import { integer, listSearchOf, oneOf, searchOf } from "../../lib/search.ts";
import { timeRangeFields } from "../../lib/time-range.ts";

/** Kinds that the list may be narrowed to; without a choice it shows what people made. */
export const topicKinds = ["normal", "retry", "dlq", "system"] as const;
export const topicTypes = [
  "NORMAL",
  "FIFO",
  "DELAY",
  "TRANSACTION",
  "MIXED",
  "PRIORITY",
  "LITE",
  "UNSPECIFIED",
] as const;

export const topicListSearch = listSearchOf({
  ...resourceFields,
  kind: oneOf(...topicKinds, "all"),
  messageType: oneOf(...topicTypes),
  sort: oneOf("topic", "readQueues", "writeQueues", "tps", "lag", "neverConsumed", "stored", "lastStoredAt"),
});
export type TopicListSearch = ReturnType<typeof topicListSearch>;

export const topicTabs = ["queues", "messages", "groups", "lag", "tps", "producers", "route", "config"] as const;

export const topicSearch = searchOf({
  ...timeRangeFields,
  tab: oneOf(...topicTabs),
  open: oneOf("edit", "delete", "reset"),
  refresh: integer,
});

/** The topics that were ticked, or all that the list is narrowed to. */
export type ChosenTopics = { instanceId: string } & (
  | { topics: string[] }
  | (Pick<TopicListSearch, "search" | "broker" | "messageType"> & { kind?: TopicKind })
);
