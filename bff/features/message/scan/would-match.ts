import type { MessagePlace } from "#contract/message.ts";
import type { WouldMatch } from "#contract/scan.ts";
import type { Deps } from "../../../api/deps.ts";
import { tryFilter } from "../../../rocketmq/admin/subscription-filter.ts";
import { messageAt } from "../message-queue.ts";

type Asked = MessagePlace & { instanceId: string; type: "TAG" | "SQL92"; expression: string };

/** What a broker does with a message for clients that subscribe so. Throws MESSAGE_NOT_FOUND and what reading the message does. */
export async function wouldMatch(deps: Deps, asked: Asked, signal?: AbortSignal): Promise<WouldMatch> {
  const cluster = await deps.clusters.get(asked.instanceId, signal);
  const { message } = await messageAt(cluster, asked, signal);
  const { topic, brokerName, queueId } = asked;
  const place = { topic, brokerName, queueId, queueOffset: message.queueOffset };
  const tried = await tryFilter(cluster, asked, place, { signal });
  return { ...tried, brokerName };
}
