import { JOB_STATES } from "#contract/rules/job.ts";
import { listSearchOf, oneOf } from "../../lib/search.ts";

export const jobListSearch = listSearchOf({ state: oneOf(...JOB_STATES) });
