import { useEffect, useState } from "react";
import type { Patch } from "../lib/search.ts";
import { keep, kept } from "../lib/store.ts";
import { timeRangeFields, type TimeRangeSearch } from "../lib/time-range.ts";

const KEY = "range";

/**
 * The range that was last chosen for charts on any page: it is put into the URL of one that is opened without, so that a link shows the same.
 * After that the URL alone says it, so that Back undoes a choice. An own range is of one moment, and not remembered.
 */
export function useKeptRange(
  search: TimeRangeSearch,
  patch: Patch<TimeRangeSearch>,
): [TimeRangeSearch, (range: TimeRangeSearch) => void] {
  const isBare = search.range === undefined && search.from === undefined;
  const [opening, setOpening] = useState(() => (isBare ? timeRangeFields.range(kept(KEY)) : undefined));
  if (opening !== undefined && !isBare) setOpening(undefined);
  useEffect(() => {
    if (opening !== undefined) patch({ range: opening }, { replace: true });
  }, [opening, patch]);
  const choose = (range: TimeRangeSearch): void => {
    if (range.range !== undefined) keep(KEY, range.range);
    patch(range);
  };
  return [opening !== undefined && isBare ? { range: opening } : search, choose];
}
