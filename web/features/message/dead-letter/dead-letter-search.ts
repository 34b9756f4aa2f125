import { oneOf, searchOf, text } from "../../../lib/search.ts";
import { storedRangeFields } from "../../../lib/time-range.ts";

export const deadLetterTabs = ["time", "id"] as const;

const fields = {
  id: text,
  ...storedRangeFields,
  order: oneOf("oldest"),
  /** Where the page before ended. */
  cursor: text,
  /** The message whose drawer is open, as `message-ref.ts` writes it. */
  msg: text,
  by: oneOf(...deadLetterTabs),
  /** The drawer that lets the topic be read. */
  let: oneOf("read"),
};

export const deadLetterSearch = searchOf({ ...fields, group: text });
/** On the page of a group. */
export const groupDeadLetterSearch = searchOf(fields);
export type DeadLetterSearch = ReturnType<typeof groupDeadLetterSearch>;
