import { integer, oneOf, searchOf } from "../../../lib/search.ts";

export const pendingTabs = ["timed", "half", "discarded"] as const;

/** `depth`: how many times as many records as at first are read; `hour`: whose timed messages are listed, by where it begins. */
export const pendingSearch = searchOf({ tab: oneOf(...pendingTabs), depth: integer, hour: integer });
