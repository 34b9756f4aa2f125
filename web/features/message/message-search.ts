import { integer, oneOf, searchOf, text } from "../../lib/search.ts";
import { storedRangeFields } from "../../lib/time-range.ts";

export const messageTabs = ["time", "key", "id", "offset"] as const;

export const messageSearch = searchOf({
  tab: oneOf(...messageTabs),
  topic: text,
  /** Whose consume states are shown. */
  group: text,
  key: text,
  id: text,
  broker: text,
  queue: integer,
  offset: text,
  ...storedRangeFields,
  order: oneOf("oldest"),
  /** Where the page before ended. */
  cursor: text,
  /** The message whose drawer is open, as `message-ref.ts` writes it. */
  msg: text,
});
export type MessageSearch = ReturnType<typeof messageSearch>;

export const messageDetailSearch = searchOf({ group: text });
