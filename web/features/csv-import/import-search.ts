import { listSearchOf, oneOf, text } from "../../lib/search.ts";

export const importRowStates = ["create", "exists", "differs", "invalid"] as const;

export const importSearch = listSearchOf({
  /** The dry run that is shown. */
  check: text,
  state: oneOf(...importRowStates),
  /** The import that was started. */
  job: text,
});
export type ImportSearch = ReturnType<typeof importSearch>;
