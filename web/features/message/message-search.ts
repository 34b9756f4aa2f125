import { integer, oneOf, searchOf, text } from "../../lib/search.ts";
import { storedRangeFields } from "../../lib/time-range.ts";

export const messageTabs = ["time", "key", "id", "offset"] as const;

const fields = {
  /** Whose consume states are shown. */
  group: text,
  key: text,
  id: text,
  broker: text,
  queue: integer,
  offset: text,
  ...storedRangeFields,
  /** `live`: what comes from now on. */
  order: oneOf("oldest", "live"),
  /** Where the page before ended. */
  cursor: text,
  /** The message whose drawer is open, as `message-ref.ts` writes it. */
  msg: text,
};

export const messageSearch = searchOf({ ...fields, tab: oneOf(...messageTabs), topic: text });
/** On the page of a topic, whose own tab is `tab`. */
export const topicMessagesSearch = searchOf({ ...fields, by: oneOf(...messageTabs) });
export type MessageSearch = ReturnType<typeof messageSearch>;

export const messageDetailSearch = searchOf({ group: text });
