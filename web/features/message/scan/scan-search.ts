import type { ScanSource } from "#contract/scan.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import { integer, oneOf, searchOf, text } from "../../../lib/search.ts";
import { rangeOf, storedRangeFields, type Range } from "../../../lib/time-range.ts";

export const scanSources = ["time", "queue", "unread", "deadLetters"] as const;
export type ScanSourceKind = (typeof scanSources)[number];

/** What a scan is, so that a link to it can be shared. */
export const scanSearch = searchOf({
  source: oneOf(...scanSources),
  topic: text,
  /** Whose unread part, or dead letters. */
  group: text,
  broker: text,
  queue: integer,
  fromOffset: text,
  toOffset: text,
  ...storedRangeFields,
  filter: text,
  /** The message whose drawer is open. */
  msg: text,
});
export type ScanSearch = ReturnType<typeof scanSearch>;

export const PRESET: Range = "1h";
/** Brokers and browsers differ in their clocks. */
const CLOCK_ROOM_MS = 300_000;
const OFFSET = /^\d{1,19}$/;

/** What the API is asked for; undefined while something is missing. */
export function sourceOf(instanceId: string, search: ScanSearch, now: number): ScanSource | undefined {
  const { source = "time", topic, group, broker, queue } = search;
  if (source === "unread")
    return topic === undefined || group === undefined ? undefined : { instanceId, topic, source, group };
  if (source === "queue") {
    if (topic === undefined || broker === undefined || queue === undefined) return undefined;
    const bounds = { fromOffset: offsetOf(search.fromOffset), toOffset: offsetOf(search.toOffset) };
    return { instanceId, topic, source, brokerName: broker, queueId: queue, ...bounds };
  }
  const named = source === "deadLetters" ? group && `${DLQ_PREFIX}${group}` : topic;
  if (named === undefined) return undefined;
  const own = search.from !== undefined && search.to !== undefined;
  const { from, to } = rangeOf(search, PRESET, now, 1);
  return { instanceId, topic: named, source: "time", from, to: own ? to : to + CLOCK_ROOM_MS };
}

const offsetOf = (typed: string | undefined) => (typed !== undefined && OFFSET.test(typed) ? typed : undefined);
