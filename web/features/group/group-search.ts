import { resourceFields } from "../../lib/resource-search.ts";
import { integer, listSearchOf, oneOf, searchOf, text } from "../../lib/search.ts";
import { timeRangeFields } from "../../lib/time-range.ts";

export const groupKinds = ["normal", "system"] as const;

export const groupConditions = ["behind", "offline", "paused", "mismatch", "differs", "deadLetters"] as const;

export const groupListSearch = listSearchOf({
  ...resourceFields,
  kind: oneOf(...groupKinds, "all"),
  condition: oneOf(...groupConditions),
  sort: oneOf("group", "lag", "neverConsumed", "delayMs", "deadLetters", "tps", "retryMaxTimes"),
  /** What the switch of the list asks the edit drawer for. */
  consume: oneOf("on", "off"),
});
export type GroupListSearch = ReturnType<typeof groupListSearch>;

export const groupTabs = ["progress", "tps", "clients", "subscriptions", "deadLetters", "config"] as const;

export const groupSearch = searchOf({
  ...timeRangeFields,
  tab: oneOf(...groupTabs),
  open: oneOf("edit", "delete", "reset"),
  /** Client whose running state is shown. */
  client: text,
  refresh: integer,
});
