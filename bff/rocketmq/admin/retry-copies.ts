import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { consumeStates, type OffsetState } from "./consume-state.ts";
import { levelsMs, SCHEDULE_TOPIC } from "./timed-messages.ts";
import { copiesIn, type MessageIds } from "./message-copies.ts";

/** The last of the deliveries that a group asked for after failures. */
export interface Retry {
  /** Failures so far: the delivery is the next after so many. */
  attempt: number;
  /** `waits` for its time; else how far the group has come with the copy in its retry topic. */
  stage: "waits" | OffsetState;
  /** Of one that waits: when it is due, in epoch ms; undefined where nobody says how long its level is. */
  dueAt?: number;
  copy: StoredMessage;
}

/** Brokers set it on what comes again because nobody acknowledged it. Source: PopReviveService.java. */
const FIRST_POP_TIME = "1ST_POP_TIME";

/** The retry topic of a group whose clients are pushed to. */
export const retryTopicOf = (group: string): string => `%RETRY%${group}`;

/** Retry topics that a group may have for a topic: push consumers' own, and those of popped messages, by both names. Source: KeyBuilder.java. */
const retryTopicsOf = (group: string, topic: string): string[] => {
  const own = retryTopicOf(group);
  return [own, `${own}_${topic}`, `${own}+${topic}`];
};

/** `%RETRY%a_b` is that of a group a_b, and where a group a pops the topic b its own, too: who popped is seen at the copy. */
const isOfGroup = (group: string, { topic, properties }: StoredMessage): boolean =>
  properties.has(FIRST_POP_TIME) !== (topic === retryTopicOf(group));

/** When a message that waits for its level is due, by the setting of the broker that it waits at. */
async function dueAt(
  cluster: RocketMQCluster,
  { brokerName, storeTimestamp, properties }: StoredMessage,
  levels: Map<string, Promise<number[]>>,
): Promise<number | undefined> {
  const levelsOf = async () => {
    const { targets } = await cluster.masters();
    const addr = targets.find((target) => target.brokerName === brokerName)?.addr;
    return addr === undefined
      ? []
      : levelsMs((await cluster.call(brokerRpc.getBrokerConfig, addr, {})).get("messageDelayLevel"));
  };
  const asked = levels.get(brokerName ?? "") ?? levelsOf().catch(() => []);
  levels.set(brokerName ?? "", asked);
  const ms = (await asked)[Number(properties.get(MessageConst.DELAY)) - 1];
  return ms === undefined || !Number.isFinite(ms) ? undefined : storeTimestamp + ms;
}

const latest = (copies: readonly StoredMessage[]): StoredMessage | undefined =>
  copies.toSorted((a, b) => b.reconsumeTimes - a.reconsumeTimes || b.storeTimestamp - a.storeTimestamp)[0];

/** What became of messages that a group failed on, by their offsetMsgId: those that it failed on never are not among them. */
export async function retriesOfGroup(
  cluster: RocketMQCluster,
  group: string,
  messages: readonly MessageIds[],
  options: { signal?: AbortSignal } = {},
): Promise<{ byId: Map<string, Retry>; failures: FanOutFailure[] }> {
  const retryTopics = new Set(messages.flatMap(({ topic }) => retryTopicsOf(group, topic)));
  const [scheduled, ...stored] = await Promise.all(
    [SCHEDULE_TOPIC, ...retryTopics].map((topic) => copiesIn(cluster, topic, messages, options)),
  );
  const failures = [...(scheduled?.failures ?? []), ...stored.flatMap((one) => one.failures)];
  const byId = new Map<string, Retry>();
  const inRetryTopic: { id: string; copy: StoredMessage }[] = [];
  const levels = new Map<string, Promise<number[]>>();
  for (const { offsetMsgId: id } of messages) {
    const copies = stored.flatMap(({ byId: found }) => found.get(id) ?? []);
    // A message that itself is a retry is no copy of its own, nor are those before it.
    const own = copies.find((copy) => copy.offsetMsgId === id);
    const isLater = (copy: StoredMessage) => own === undefined || copy.reconsumeTimes > own.reconsumeTimes;
    // What was popped never waits for a level: brokers revive it into its retry topic at once. Source: PopReviveService.java.
    const waiting = latest(
      (scheduled?.byId.get(id) ?? []).filter(
        (copy) => isLater(copy) && copy.properties.get(MessageConst.REAL_TOPIC) === retryTopicOf(group),
      ),
    );
    const given = latest(copies.filter((copy) => isLater(copy) && isOfGroup(group, copy)));
    // What was delivered when its time came still lies where it waited.
    if (waiting !== undefined && waiting.reconsumeTimes > (given?.reconsumeTimes ?? -1)) {
      const due = await dueAt(cluster, waiting, levels);
      byId.set(id, { attempt: waiting.reconsumeTimes, stage: "waits", dueAt: due, copy: waiting });
    } else if (given !== undefined) {
      inRetryTopic.push({ id, copy: given });
    }
  }
  const copies = inRetryTopic.map(({ copy }) => copy);
  const { states, failures: unread } = await consumeStates(cluster, group, copies, options);
  for (const [index, { id, copy }] of inRetryTopic.entries())
    byId.set(id, { attempt: copy.reconsumeTimes, stage: states[index]?.state ?? "unknown", copy });
  return { byId, failures: [...failures, ...unread] };
}
