import pLimit from "p-limit";
import type { DeadLettersById } from "#contract/dead-letter.ts";
import { messageIdsIn, spellingsOf } from "#contract/rules/message-id.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { deadLettersOf, dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { viewById } from "../../../rocketmq/admin/message-admin.ts";
import { isReadable, topicBrokers } from "../../../rocketmq/admin/topic-brokers.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { assertGroupKnown } from "../group-known.ts";
import { atField } from "../message-find.ts";
import { presentDeadLetters } from "./dead-letter.presenter.ts";
import { hasCode } from "./dead-letter-list.ts";

const IDS_MAX = 50;
const AT_ONCE = 4;

interface Found {
  messages: StoredMessage[];
  failures: FanOutFailure[];
}

interface Asking {
  cluster: RocketMQCluster;
  group: string;
  signal?: AbortSignal;
}

/** By an id as it is spelled: the dead letter's own, or that of the message that it was. */
async function findSpelled({ cluster, group, signal }: Asking, id: string): Promise<Found> {
  const topic = dlqTopicOf(group);
  let found: { items: StoredMessage[]; failures: FanOutFailure[] };
  try {
    found = await viewById(cluster, id, { topic, signal });
  } catch (error) {
    if (hasCode(error, "MESSAGE_NOT_FOUND") || hasCode(error, "MALFORMED_MESSAGE_ID"))
      return { messages: [], failures: [] };
    throw error;
  }
  const own = found.items.filter((message) => message.topic === topic);
  const originals = found.items.filter((message) => message.topic !== topic);
  const copies = await deadLettersOf(cluster, group, originals, { signal });
  return { messages: [...own, ...copies.byId.values()], failures: [...found.failures, ...copies.failures] };
}

async function findOne(asking: Asking, id: string): Promise<Found & { id: string }> {
  const failures: FanOutFailure[] = [];
  for (const spelled of spellingsOf(id)) {
    const found = await findSpelled(asking, spelled);
    if (found.messages.length > 0) return { id, ...found };
    failures.push(...found.failures);
  }
  return { id, messages: [], failures };
}

const placeOf = ({ brokerName, queueId, queueOffset }: StoredMessage) => `${brokerName} ${queueId} ${queueOffset}`;

/** Dead letters of a group by the ids in what somebody copied. */
export async function findDeadLetters(
  deps: Deps,
  { instanceId, group, id: copied }: { instanceId: string; group: string; id: string },
  signal?: AbortSignal,
): Promise<DeadLettersById> {
  const topic = dlqTopicOf(group);
  const ids = messageIdsIn(copied, topic);
  if (ids.length > IDS_MAX) throw atField("BAD_REQUEST", "id", "id.tooMany");
  const cluster = await deps.clusters.get(instanceId);
  const none = { items: [], notFound: ids, failures: [], at: deps.now() };
  const where = await topicBrokers(cluster, topic, signal).catch(async (error: unknown) => {
    if (!hasCode(error, "TOPIC_NOT_EXIST")) throw error;
    await assertGroupKnown(cluster, group);
  });
  if (where === undefined) return { ...none, topic: { name: topic, exists: false, unreadable: [] } };
  const found = await pLimit(AT_ONCE).map(ids, (id) => findOne({ cluster, group, signal }, id));
  const messages = new Map(found.flatMap((one) => one.messages).map((message) => [placeOf(message), message]));
  const unreadable = where.brokers.filter((broker) => !isReadable(broker)).map(({ brokerName }) => brokerName);
  return {
    topic: { name: topic, exists: true, unreadable },
    items: await presentDeadLetters(cluster, [...messages.values()], signal),
    notFound: found.filter((one) => one.messages.length === 0).map(({ id }) => id),
    failures: failuresOf(...found.map(({ failures }) => failures)),
    at: deps.now(),
  };
}
