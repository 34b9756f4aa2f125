import { useUrlState } from "../../../lib/search.ts";
import type { DeadLetterParts } from "./dead-letter-parts.ts";
import { groupDeadLetterSearch } from "./dead-letter-search.ts";
import { DeadLetters } from "./dead-letters.tsx";

/** The same for one group, whose page has tabs of its own. */
export function GroupDeadLetters(props: { instanceId: string; group: string; parts: DeadLetterParts }) {
  const [search, patch] = useUrlState(groupDeadLetterSearch);
  return <DeadLetters {...props} search={search} patch={patch} />;
}
