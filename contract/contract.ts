import { jobContract } from "./job.ts";

/** The whole API of the console. */
export const contract = {
  job: jobContract,
};
