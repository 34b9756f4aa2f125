/** What a filter of a scan may ask of a message, with its type in CEL. */
export const scanVariables = {
  tag: "string",
  keys: "list<string>",
  props: "map<string, string>",
  "body.text": "string",
  "body.json": "dyn",
  size: "int",
  bornAt: "timestamp",
  storedAt: "timestamp",
  msgId: "string",
  bornHost: "string",
  retries: "int",
  queueId: "int",
  queueOffset: "int",
} as const;

/** Functions that are offered where one types, and what goes before them. */
export const scanFunctions = [
  "contains",
  "startsWith",
  "endsWith",
  "matches",
  "size",
  "exists",
  "all",
  "lowerAscii",
] as const;

/** Characters of an expression. */
export const SCAN_EXPRESSION_MAX = 2000;
/** A scan asks whether to go on after so many messages, bytes or seconds. */
export const SCAN_MESSAGES = 1_000_000;
export const SCAN_BYTES = 1024 ** 3;
export const SCAN_SECONDS = 60;
/** Hits that a scan shows; further ones are counted, and exported. */
export const SCAN_SHOWN = 500;
