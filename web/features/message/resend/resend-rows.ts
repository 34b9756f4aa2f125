import type { Job, JobRow } from "#contract/job.ts";
import type { MessagePlace } from "#contract/message.ts";
import type { LetterPlace, ResendAsked } from "#contract/resend.ts";

/** What a job of resending was asked for. */
export interface ResendTask {
  group: string;
  target: ResendAsked["target"];
  from: number | undefined;
  to: number | undefined;
  places: LetterPlace[] | undefined;
  limit: number | undefined;
  /** How many there were by the offsets of the queues that could be read. */
  matching: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** The server writes them; of another kind of job nothing is read. */
export function readTask({ params }: Pick<Job, "params">): ResendTask {
  const { group, target, from, to, places, limit, matching } = params;
  return {
    group: text(group) ?? "",
    target: target === "group" ? "group" : "original",
    from: number(from),
    to: number(to),
    places: Array.isArray(places) ? (places as LetterPlace[]) : undefined,
    limit: number(limit),
    matching: text(matching),
  };
}

function placeIn(value: unknown, topic?: string): MessagePlace | undefined {
  const { brokerName, queueId, queueOffset, ...rest } = Object(value) as Record<string, unknown>;
  const own = text(rest["topic"]) ?? topic;
  const [broker, queue, offset] = [text(brokerName), number(queueId), text(queueOffset)];
  if (own === undefined || broker === undefined || queue === undefined || offset === undefined) return undefined;
  return { topic: own, brokerName: broker, queueId: queue, queueOffset: offset };
}

const HOUR_MS = 3_600_000;

/** The hour of a moment, by where it begins, as the page of what is pending takes it. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

/** The dead letter of a row, and what was sent of it. */
export function readRow({ data, code }: Pick<JobRow, "data" | "code">): {
  letter: MessagePlace | undefined;
  sentTo: MessagePlace | undefined;
  msgId: string | undefined;
} {
  const { letter, sentTo, target, msgId } = data ?? {};
  const from = placeIn(letter);
  // Its broker put it among the dead letters, and not where it was sent to.
  const storedIn = code === "deadAtOnce" ? from?.topic : text(target);
  return { letter: from, sentTo: placeIn(sentTo, storedIn), msgId: text(msgId) };
}
