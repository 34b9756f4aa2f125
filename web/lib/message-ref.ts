import type { MessagePlace } from "#contract/message.ts";

/** A message's place as one word of a URL: `topic@broker:queue:offset`. */
export const refOf = ({ topic, brokerName, queueId, queueOffset }: MessagePlace): string =>
  `${topic}@${brokerName}:${queueId}:${queueOffset}`;

/** Undefined when it is no such word. */
export function placeOf(ref: string): MessagePlace | undefined {
  // No topic has an @; what a broker's name may have is not told, so the figures are taken from the end.
  const [, topic, brokerName, queueId, queueOffset] = /^([^@]+)@(.+):(\d{1,9}):(\d{1,19})$/.exec(ref) ?? [];
  if (topic === undefined || brokerName === undefined || queueOffset === undefined) return undefined;
  return { topic, brokerName, queueId: Number(queueId), queueOffset };
}
