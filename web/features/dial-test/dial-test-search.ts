import { JOB_STATES } from "#contract/rules/job.ts";
import { flag, integer, listSearchOf, oneOf, text } from "../../lib/search.ts";

export const dialTabs = ["produce", "consume", "history", "statuses"] as const;
export const dialKinds = ["dialTest.produce", "dialTest.consume", "dialTest.readBack"] as const;
export const startingPoints = ["committed", "earliest", "latest", "time"] as const;
export const sendModes = ["own", "filled"] as const;
export const outcomes = ["commit", "rollback"] as const;

/** The forms are in the URL too, so that a test can be linked to and run again; what is left out has its usual value. */
export const dialTestsSearch = listSearchOf({
  tab: oneOf(...dialTabs),
  topic: text,
  count: integer,
  type: oneOf("NORMAL", "FIFO", "DELAY", "TRANSACTION"),
  size: integer,
  tag: text,
  keys: text,
  properties: text,
  mode: oneOf(...sendModes),
  /** The test to be run again, which had a body of its own: bodies are in no URL. */
  bodyOf: text,
  sharding: text,
  level: integer,
  delay: integer,
  outcome: oneOf(...outcomes),
  group: text,
  ordered: flag,
  from: oneOf(...startingPoints),
  time: integer,
  tags: text,
  timeout: integer,
  commit: flag,
  kind: oneOf(...dialKinds),
  state: oneOf(...JOB_STATES),
});
export type DialTestsSearch = ReturnType<typeof dialTestsSearch>;
