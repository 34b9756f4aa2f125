/** What the console looks for by itself. */
export const FINDING_RULES = [
  "namesrvSilent",
  "brokerSilent",
  "brokerGone",
  "slaveBehind",
  "diskFull",
  "fallsBehind",
  "isBehind",
  "offline",
  "paused",
  "subscriptionsDiffer",
  "neverConsumed",
  "beyondEnd",
  "sharedClientId",
  "deadLetters",
  "notSeen",
] as const;
export type FindingRule = (typeof FINDING_RULES)[number];
