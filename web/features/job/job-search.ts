import { listSearchOf, oneOf } from "../../lib/search.ts";

/** States that a job may be filtered by. */
export const jobStates = ["queued", "running", "succeeded", "partial", "failed", "cancelled", "interrupted"] as const;

export const jobListSearch = listSearchOf({ state: oneOf(...jobStates) });
