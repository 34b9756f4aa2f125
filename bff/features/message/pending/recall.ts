import type { MessagePlace } from "#contract/message.ts";
import type { RecallHindrance, RecallPlan } from "#contract/pending.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { outcomesOf, warn } from "../../../cluster/plan-lines.ts";
import type { PlanKind } from "../../../cluster/plans.ts";
import { askIndex } from "../../../rocketmq/admin/key-index.ts";
import { recallMessage } from "../../../rocketmq/admin/recall.ts";
import { isDeletion, TIMER_TOPIC } from "../../../rocketmq/admin/timed-messages.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { noMaster, Replicas } from "../../../rocketmq/cluster/replicas.ts";
import type { BrokerTarget } from "../../../rocketmq/cluster/targets.ts";
import { dueAt as dueOf } from "../../../rocketmq/codec/due-time.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { messageAt } from "../message-queue.ts";
import { waitSettings } from "./broker-settings.ts";
import { producerGroupOf } from "./half.ts";

export type AskedAt = MessagePlace & { instanceId: string };

/** Writes about messages of a topic take turns. */
export const subjectOf = ({ topic, brokerName, queueId, queueOffset }: MessagePlace): string =>
  [topic, brokerName, queueId, queueOffset].join(" ");

/** The master of the broker that has a message. Throws NO_MASTER. */
export async function masterOf(cluster: RocketMQCluster, brokerName: string): Promise<BrokerTarget> {
  const { targets } = await cluster.masters();
  const master = targets.find((one) => one.brokerName === brokerName);
  if (master === undefined) throw noMaster(brokerName);
  return master;
}

/** A timer takes up to a few seconds to learn of a recall. */
const NEARLY_DUE_MS = 3000;

const blockedBy: Readonly<Record<RecallHindrance, ProblemCode>> = {
  notTimed: "MESSAGE_ILLEGAL",
  noId: "MESSAGE_ILLEGAL",
  due: "MESSAGE_ILLEGAL",
  recalled: "NOTHING_TO_CHANGE",
  unsupported: "REQUEST_CODE_NOT_SUPPORTED",
  disabled: "NO_PERMISSION",
};

function hindranceOf({ topic, properties }: StoredMessage, dueAt: number | null, now: number): RecallHindrance | null {
  const realTopic = properties.get(MessageConst.REAL_TOPIC);
  const timed = topic === TIMER_TOPIC && dueAt !== null && realTopic !== undefined;
  if (!timed || realTopic.startsWith(RETRY_PREFIX)) return "notTimed";
  if (!properties.has(MessageConst.UNIQ_KEY)) return "noId";
  return dueAt <= now + NEARLY_DUE_MS ? "due" : null;
}

/** Whether a record that deletes the message is found by its id; where there is no index nobody knows. */
async function wasRecalled(cluster: RocketMQCluster, { brokerName, addr }: BrokerTarget, msgId: string) {
  const broker = { brokerName, master: addr, slaves: [] };
  const query = { topic: TIMER_TOPIC, key: msgId, unique: true };
  const { messages } = await askIndex(cluster, new Replicas(), broker, query);
  return messages.some((message) => message.msgId === msgId && isDeletion(message));
}

/** Takes back a message before its time. */
export const messageRecall = (deps: Deps): PlanKind<AskedAt, RecallPlan> => ({
  kind: "message.recall",
  subject: subjectOf,
  async prepare(asked, { signal }) {
    const cluster = await deps.clusters.get(asked.instanceId, signal);
    const { message } = await messageAt(cluster, asked, signal);
    const master = await masterOf(cluster, asked.brokerName);
    const { brokerName, addr } = master;
    const { msgId, properties } = message;
    const topic = properties.get(MessageConst.REAL_TOPIC) ?? asked.topic;
    const dueAt = dueOf(message);
    const atBroker = async (): Promise<RecallHindrance | null> => {
      if (!(await cluster.can(addr, "recall"))) return "unsupported";
      if ((await waitSettings(cluster, addr, signal)).recallOn === false) return "disabled";
      return (await wasRecalled(cluster, master, msgId)) ? "recalled" : null;
    };
    const hindrance = hindranceOf(message, dueAt, deps.now()) ?? (await atBroker());
    return {
      shown: {
        changes: [{ brokerName, addr, topic, msgId }],
        blocked: hindrance === null ? null : blockedBy[hindrance],
        hindrance,
        dueAt,
        warnings: hindrance === null ? [warn("noWord")] : [],
        commands: [],
        failures: [],
      },
      params: { remark: hindrance ?? "", address: addr },
      async apply() {
        // Without a time it is blocked.
        const recalled = { topic, brokerName, timerOutMs: Number(dueAt), msgId };
        const group = producerGroupOf(message) ?? "rocketdeck";
        return outcomesOf(await cluster.fanOut([master], () => recallMessage(cluster, addr, recalled, group)));
      },
    };
  },
});
