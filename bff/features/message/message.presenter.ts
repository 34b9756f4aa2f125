import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { FoundMessage, MessageItem, MessageStage } from "#contract/message.ts";
import { sentToTopic } from "../../cluster/group-of-topic.ts";
import { deadLetterOriginOf } from "../../rocketmq/admin/dead-letter-origin.ts";
import { retriesOf } from "../../rocketmq/admin/dead-letters.ts";
import { isSystemProperty, MessageConst } from "../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { SysFlag } from "../../rocketmq/codec/sys-flag.ts";
import { headOf } from "./body-head.ts";

/** Topics in which messages wait for their time or their commit, under the property REAL_TOPIC. */
export const WAITING_TOPICS = [
  "SCHEDULE_TOPIC_XXXX",
  "rmq_sys_wheel_timer",
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
] as const;

const stages: Readonly<Record<string, MessageStage>> = {
  SCHEDULE_TOPIC_XXXX: "delayed",
  rmq_sys_wheel_timer: "timed",
  RMQ_SYS_TRANS_HALF_TOPIC: "half",
  RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC: "half",
  TRANS_CHECK_MAX_TIME_TOPIC: "half",
};

function stageOf(topic: string): MessageStage {
  if (topic.startsWith(RETRY_PREFIX)) return "retry";
  if (topic.startsWith(DLQ_PREFIX)) return "dlq";
  return stages[topic] ?? "stored";
}

/** The topic that a dead letter was sent to, also where it was popped and retried in a topic of its group. */
export function originTopicOf(message: StoredMessage): string | undefined {
  const { topic } = deadLetterOriginOf(message);
  return topic === undefined ? undefined : sentToTopic(topic, message.topic.slice(DLQ_PREFIX.length));
}

function realTopicOf(message: StoredMessage, stage: MessageStage): string | null {
  const { properties } = message;
  if (stage === "stored") return null;
  if (stage === "retry") return properties.get(MessageConst.RETRY_TOPIC) ?? null;
  if (stage === "dlq") return originTopicOf(message) ?? null;
  return properties.get(MessageConst.REAL_TOPIC) ?? null;
}

export function presentMessage(message: StoredMessage): MessageItem {
  const stage = stageOf(message.topic);
  return {
    topic: message.topic,
    brokerName: message.brokerName ?? "",
    queueId: message.queueId,
    queueOffset: message.queueOffset.toString(),
    msgId: message.msgId,
    offsetMsgId: message.offsetMsgId,
    tags: message.tags ?? null,
    keys: message.keys?.split(" ").filter((key) => key !== "") ?? [],
    storedAt: message.storeTimestamp,
    bornAt: message.bornTimestamp,
    bornHost: message.bornHost,
    bodySize: message.storedBodySize,
    reconsumeTimes: message.reconsumeTimes,
    retries: stage === "dlq" ? retriesOf(message) : message.reconsumeTimes,
    stage,
    realTopic: realTopicOf(message, stage),
  };
}

const PROPERTIES_MAX = 1024;

function ownProperties({ properties }: StoredMessage): string {
  const own = [...properties].filter(([name]) => !isSystemProperty(name)).map(([name, value]) => `${name}=${value}`);
  return own.join(" ").slice(0, PROPERTIES_MAX);
}

/** One after the other: what is unpacked for a list at a time stays small. */
export async function presentFound(messages: readonly StoredMessage[]): Promise<FoundMessage[]> {
  const items: FoundMessage[] = [];
  for (const message of messages) {
    items.push({ ...presentMessage(message), head: await headOf(message), properties: ownProperties(message) });
  }
  return items;
}

/** What RocketMQ itself set comes after what the application set. */
export function presentProperties(message: StoredMessage): { name: string; value: string; system: boolean }[] {
  return [...message.properties]
    .map(([name, value]) => ({ name, value, system: isSystemProperty(name) }))
    .sort((a, b) => Number(a.system) - Number(b.system));
}

const transactions: Readonly<Record<number, string>> = {
  [SysFlag.TRANSACTION_PREPARED]: "TRANSACTION_PREPARED",
  [SysFlag.TRANSACTION_COMMIT]: "TRANSACTION_COMMIT",
  [SysFlag.TRANSACTION_ROLLBACK]: "TRANSACTION_ROLLBACK",
};
const single = ["COMPRESSED", "MULTI_TAGS", "BORN_HOST_V6", "STORE_HOST_V6", "NEED_UNWRAP", "INNER_BATCH"] as const;

/** Names of the bits that are set. */
export function sysFlagNames(sysFlag: number): string[] {
  const transaction = transactions[sysFlag & SysFlag.TRANSACTION_MASK];
  const names: string[] = single.filter((name) => (sysFlag & SysFlag[name]) !== 0);
  return transaction === undefined ? names : [...names, transaction];
}
