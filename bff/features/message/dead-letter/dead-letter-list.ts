import type { DeadLetterList } from "#contract/dead-letter.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { browseByTime, type BrowsePage } from "../../../rocketmq/admin/message-browse.ts";
import { isReadable, notReadable, topicBrokers } from "../../../rocketmq/admin/topic-brokers.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import { RocketMQError } from "../../../rocketmq/errors.ts";
import { assertGroupKnown } from "../group-known.ts";
import { atField } from "../message-find.ts";
import { presentDeadLetters } from "./dead-letter.presenter.ts";

interface Listed {
  instanceId: string;
  group: string;
  from: number;
  to: number;
  order: "newest" | "oldest";
  pageSize: number;
  cursor?: string;
}

export const hasCode = (error: unknown, code: RocketMQError["code"]): boolean =>
  error instanceof RocketMQError && error.code === code;

/** Of a topic that may be read nowhere: who does not let it, and who is gone. */
async function unreadableOf(cluster: RocketMQCluster, topic: string, signal?: AbortSignal): Promise<FanOutFailure[]> {
  const { brokers, gone } = await topicBrokers(cluster, topic, signal);
  return [...brokers.filter((broker) => !isReadable(broker)).map((broker) => notReadable(topic, broker)), ...gone];
}

export const unreadableAmong = (failures: readonly FanOutFailure[]): string[] =>
  failures.filter(({ error }) => error.code === "TOPIC_NOT_READABLE").map(({ target }) => target);

const NOTHING = { items: [], unread: { queues: 0, of: 0 } };

/** Dead letters of a group, by when they became such. */
export async function listDeadLetters(deps: Deps, input: Listed, signal?: AbortSignal): Promise<DeadLetterList> {
  const { group, from, to, order, pageSize, cursor } = input;
  if (from > to) throw atField("BAD_REQUEST", "to", "range.reversed");
  const cluster = await deps.clusters.get(input.instanceId);
  const topic = dlqTopicOf(group);
  let page: Pick<BrowsePage, "items" | "unread" | "failures" | "cursor" | "total">;
  let exists = true;
  try {
    page = await browseByTime(cluster, { topic, begin: from, end: to, order, pageSize, cursor, signal });
  } catch (error) {
    if (hasCode(error, "TOPIC_NOT_EXIST")) {
      // A group without a dead letter topic has none.
      await assertGroupKnown(cluster, group);
      exists = false;
      page = { ...NOTHING, failures: [], total: 0n };
    } else if (hasCode(error, "TOPIC_NOT_READABLE")) {
      page = { ...NOTHING, failures: await unreadableOf(cluster, topic, signal) };
    } else throw error;
  }
  return {
    topic: { name: topic, exists, unreadable: unreadableAmong(page.failures) },
    items: await presentDeadLetters(cluster, page.items, signal),
    failures: failuresOf(page.failures),
    unread: page.unread,
    cursor: page.cursor ?? null,
    total: page.total?.toString() ?? null,
    at: deps.now(),
  };
}
