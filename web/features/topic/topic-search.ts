import { integer, listSearchOf, oneOf, searchOf, text } from "../../lib/search.ts";
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
const topicSorts = ["topic", "readQueues", "writeQueues", "tps", "lag"] as const;

const readList = listSearchOf({
  kind: oneOf(...topicKinds, "all"),
  broker: text,
  messageType: oneOf(...topicTypes),
  open: oneOf("create", "edit", "delete"),
  /** The topic that an open drawer is about. */
  of: text,
});
const readSort = oneOf(...topicSorts);

export type TopicListSearch = Omit<ReturnType<typeof readList>, "sort"> & { sort?: (typeof topicSorts)[number] };

export function topicListSearch(raw: Record<string, unknown>): TopicListSearch {
  const { sort, ...search } = readList(raw);
  const known = readSort(sort);
  return known === undefined ? search : { ...search, sort: known };
}

export const topicTabs = ["queues", "groups", "lag", "tps", "producers", "route", "config"] as const;
export type TopicTab = (typeof topicTabs)[number];

export const topicSearch = searchOf({
  ...timeRangeFields,
  tab: oneOf(...topicTabs),
  open: oneOf("edit", "delete"),
  refresh: integer,
});
