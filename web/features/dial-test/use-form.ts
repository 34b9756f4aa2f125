import { useEffect, useRef, useState } from "react";
import type { Patch } from "../../lib/search.ts";
import { isSame, useSettled } from "../../lib/settled.ts";
import type { DialTestsSearch } from "./dial-test-search.ts";

export interface UrlFormProps {
  instanceId: string;
  search: DialTestsSearch;
  patch: Patch<DialTestsSearch>;
}

/** What the fields of a form show and change. */
export interface DraftProps<D> {
  draft: D;
  change: (changes: Partial<D>) => void;
  faults: Partial<Record<keyof D, string>>;
}

/** A form that is at hand while typed and in the URL once typing rests; `resting` says whether it has. */
export function useUrlForm<D extends object>(
  initial: () => D,
  searchOf: (draft: D) => Partial<DialTestsSearch>,
  patch: Patch<DialTestsSearch>,
) {
  const [draft, setDraft] = useState(initial);
  const settled = useSettled(draft);
  const first = useRef(settled);
  useEffect(() => {
    if (isSame(settled, first.current)) return;
    first.current = settled;
    patch(searchOf(settled), { replace: true });
  }, [settled, searchOf, patch]);
  const change = (changes: Partial<D>): void => setDraft((before) => ({ ...before, ...changes }));
  return { draft, change, resting: isSame(settled, draft) };
}
