import { integer, listSearchOf, oneOf, searchOf, text } from "../../lib/search.ts";
import { timeRangeFields } from "../../lib/time-range.ts";

/** States that a list of instances in use may be filtered by. */
export const instanceStates = ["running", "abnormal", "unreachable", "unknown"] as const;

/** `tag` is `key=value`, or a key alone; `remove` the id of the instance whose removal is asked for. A few are shown as cards unless `view` says otherwise. */
export const instanceListSearch = listSearchOf({
  view: oneOf("table"),
  state: oneOf(...instanceStates),
  tag: text,
  open: oneOf("register"),
  remove: text,
});

export const recycleBinSearch = listSearchOf({ destroy: text });

export const overviewSearch = searchOf({
  ...timeRangeFields,
  tab: oneOf("details"),
  refresh: integer,
  open: oneOf("edit", "connection", "retention", "remove"),
});

export function tagFilter(tag: string | undefined): { tagKey?: string; tagValue?: string } {
  if (tag === undefined) return {};
  const equals = tag.indexOf("=");
  return equals < 0 ? { tagKey: tag } : { tagKey: tag.slice(0, equals), tagValue: tag.slice(equals + 1) };
}
