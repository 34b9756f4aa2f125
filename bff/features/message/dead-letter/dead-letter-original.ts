import type { DeadLetterOriginal } from "#contract/dead-letter.ts";
import type { MessagePlace } from "#contract/message.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { findOriginal } from "../../../rocketmq/admin/dead-letter-origin.ts";
import { atField } from "../message-find.ts";
import { messageAt } from "../message-queue.ts";
import { originTopicOf, presentMessage } from "../message.presenter.ts";
import { presentOrigin } from "./dead-letter.presenter.ts";

/** Where the message is that a dead letter was. */
export async function originalOfDeadLetter(
  deps: Deps,
  place: MessagePlace & { instanceId: string },
  signal?: AbortSignal,
): Promise<DeadLetterOriginal> {
  if (!place.topic.startsWith(DLQ_PREFIX)) throw atField("BAD_REQUEST", "topic", "topic.noDeadLetters");
  const cluster = await deps.clusters.get(place.instanceId);
  const { message } = await messageAt(cluster, place, signal);
  const original = await findOriginal(cluster, message, originTopicOf(message), { signal });
  const found = original.message && presentMessage(original.message);
  return {
    origin: presentOrigin(message),
    place: found
      ? { topic: found.topic, brokerName: found.brokerName, queueId: found.queueId, queueOffset: found.queueOffset }
      : null,
    why: original.why ?? null,
    failures: failuresOf(original.failures),
  };
}
