import { TopicMessageType, type TopicItem, type TopicOnBroker } from "#contract/topic.ts";
import type { BrokerTopicConfig, CatalogTopic } from "../../cluster/topic-catalog.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";

/** RocketMQ takes a topic without the attribute for a normal one. Source: TopicConfig.getTopicMessageType. */
export function messageTypeOf(config: TopicConfig): TopicMessageType {
  const parsed = TopicMessageType.safeParse(config.attributes.get("message.type"));
  return parsed.success ? parsed.data : "NORMAL";
}

export const presentOnBroker = ({ brokerName, config }: BrokerTopicConfig): TopicOnBroker => ({
  brokerName,
  readQueues: config.readQueueNums,
  writeQueues: config.writeQueueNums,
  perm: config.perm,
  order: config.order,
  messageType: messageTypeOf(config),
});

const sameConfig = (a: TopicOnBroker, b: TopicOnBroker) =>
  a.readQueues === b.readQueues &&
  a.writeQueues === b.writeQueues &&
  a.perm === b.perm &&
  a.order === b.order &&
  a.messageType === b.messageType;

const byBroker = (a: TopicOnBroker, b: TopicOnBroker) => a.brokerName.localeCompare(b.brokerName);

/** Figures of a topic; null where they are not known. */
export interface TopicFigures {
  tps: number | null;
  stored: bigint | null;
  lastStoredAt: number | null;
  lag: bigint | null;
  neverConsumed: bigint | null;
  /** A master that may have part of it did not tell: those that are known are of the others. */
  atLeast: boolean;
}

/** A topic as its brokers are set. */
export type TopicSettings = Omit<TopicItem, "remark" | "tps" | "lag" | "neverConsumed" | "stored" | "lastStoredAt">;

/** `whole`: every master told. */
export function presentTopic({ topic, kind, configs }: CatalogTopic, whole: boolean): TopicSettings {
  const brokers = configs.map(presentOnBroker).sort(byBroker);
  const first = brokers[0];
  const sum = (of: (b: TopicOnBroker) => number) =>
    first === undefined ? null : brokers.reduce((total, b) => total + of(b), 0);
  return {
    topic,
    kind,
    brokers,
    routeOnly: whole && first === undefined,
    atLeast: !whole,
    readQueues: sum((b) => b.readQueues),
    writeQueues: sum((b) => b.writeQueues),
    perm: first?.perm ?? null,
    order: first?.order ?? null,
    messageType: first?.messageType ?? null,
    differs: first !== undefined && brokers.some((b) => !sameConfig(b, first)),
  };
}

/** A row of the list. */
export const presentRow = (settings: TopicSettings, figures: TopicFigures, remark: string): TopicItem => ({
  ...settings,
  atLeast: settings.atLeast || figures.atLeast,
  remark,
  tps: figures.tps,
  lag: figures.lag?.toString() ?? null,
  neverConsumed: figures.neverConsumed?.toString() ?? null,
  stored: figures.stored?.toString() ?? null,
  lastStoredAt: figures.lastStoredAt,
});
