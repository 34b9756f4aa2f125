import { integer, listSearchOf, oneOf, searchOf, text } from "../../lib/search.ts";
import { timeRangeFields } from "../../lib/time-range.ts";

export const groupKinds = ["normal", "system"] as const;
const groupSorts = ["group", "lag", "delayMs", "tps", "retryMaxTimes"] as const;

const readList = listSearchOf({
  kind: oneOf(...groupKinds, "all"),
  broker: text,
  open: oneOf("create", "edit", "delete"),
  /** The group that an open drawer is about. */
  of: text,
  /** What the switch of the list asks the edit drawer for. */
  consume: oneOf("on", "off"),
});
const readSort = oneOf(...groupSorts);

export type GroupListSearch = Omit<ReturnType<typeof readList>, "sort"> & { sort?: (typeof groupSorts)[number] };

export function groupListSearch(raw: Record<string, unknown>): GroupListSearch {
  const { sort, ...search } = readList(raw);
  const known = readSort(sort);
  return known === undefined ? search : { ...search, sort: known };
}

export const groupTabs = ["progress", "tps", "clients", "subscriptions", "config"] as const;

export const groupSearch = searchOf({
  ...timeRangeFields,
  tab: oneOf(...groupTabs),
  open: oneOf("edit", "delete"),
  /** Client whose running state is shown. */
  client: text,
  refresh: integer,
});
