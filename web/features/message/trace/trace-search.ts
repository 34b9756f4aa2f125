import { oneOf, searchOf, text } from "../../../lib/search.ts";

/** Where clients write unless they are told another topic. */
export const DEFAULT_TRACE_TOPIC = "RMQ_SYS_TRACE_TOPIC";

export const traceTabs = ["id", "key"] as const;

export const traceSearch = searchOf({
  tab: oneOf(...traceTabs),
  id: text,
  key: text,
  traceTopic: text,
  /** Of the message, where the way here knew it. */
  topic: text,
});
export type TraceSearch = ReturnType<typeof traceSearch>;
