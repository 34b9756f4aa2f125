import { JOB_STATES } from "#contract/rules/job.ts";
import { flag, integer, listSearchOf, oneOf, text } from "../../lib/search.ts";

export const dialTabs = ["produce", "consume", "roundTrip", "load", "history", "statuses"] as const;
export const dialKinds = [
  "dialTest.produce",
  "dialTest.consume",
  "dialTest.readBack",
  "dialTest.roundTrip",
  "dialTest.load",
] as const;
export const startingPoints = ["committed", "earliest", "latest", "time"] as const;
export const sendModes = ["own", "filled"] as const;
/** Where a round trip or a load test sends: to a topic made for it, or to one that there is. */
export const places = ["made", "given"] as const;
export const receivers = ["console", "group", "made"] as const;
export const paces = ["rate", "threads"] as const;
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
  place: oneOf(...places),
  /** Names with commas between. */
  brokers: text,
  receiver: oneOf(...receivers),
  by: oneOf(...paces),
  rate: integer,
  threads: integer,
  seconds: integer,
  sendOnly: flag,
  kind: oneOf(...dialKinds),
  state: oneOf(...JOB_STATES),
});
export type DialTestsSearch = ReturnType<typeof dialTestsSearch>;
