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
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** The server writes them; of another kind of job nothing is read. */
export function readTask({ params }: Pick<Job, "params">): ResendTask {
  const { group, target, from, to, places, limit } = params;
  return {
    group: text(group) ?? "",
    target: target === "group" ? "group" : "original",
    from: number(from),
    to: number(to),
    places: Array.isArray(places) ? (places as LetterPlace[]) : undefined,
    limit: number(limit),
  };
}

function placeIn(value: unknown, topic?: string): MessagePlace | undefined {
  const { brokerName, queueId, queueOffset, ...rest } = Object(value) as Record<string, unknown>;
  const own = text(rest["topic"]) ?? topic;
  const [broker, queue, offset] = [text(brokerName), number(queueId), text(queueOffset)];
  if (own === undefined || broker === undefined || queue === undefined || offset === undefined) return undefined;
  return { topic: own, brokerName: broker, queueId: queue, queueOffset: offset };
}

/** The dead letter of a row, and what was sent of it. */
export function readRow({ data }: Pick<JobRow, "data">): {
  letter: MessagePlace | undefined;
  sentTo: MessagePlace | undefined;
  msgId: string | undefined;
} {
  const { letter, sentTo, target, msgId } = data ?? {};
  return { letter: placeIn(letter), sentTo: placeIn(sentTo, text(target)), msgId: text(msgId) };
}
