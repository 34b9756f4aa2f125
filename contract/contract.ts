import { instanceContract } from "./instance.ts";
import { jobContract } from "./job.ts";
import { sessionContract } from "./session.ts";
import { topicContract } from "./topic.ts";

/** The whole API of the console. */
export const contract = {
  instance: instanceContract,
  job: jobContract,
  session: sessionContract,
  topic: topicContract,
};
