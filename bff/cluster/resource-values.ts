import { PERM } from "#contract/rules/topic.ts";
import type { GroupRetryPolicy, SubscriptionGroupConfig } from "../rocketmq/rpc/group.ts";
import type { TopicConfig } from "../rocketmq/rpc/topic.ts";
import { byCodeUnit } from "./ranking.ts";

/** What a broker has of a topic or group as cells of a file, by heading: an export writes them, and an import compares with them. */
export type Values = Readonly<Record<string, string>>;
export type Cells<Config> = Readonly<Record<string, (config: Config) => string>>;

const TYPE = "message.type";

const attributesText = (attributes: ReadonlyMap<string, string>) =>
  [...attributes]
    .filter(([name]) => name !== TYPE)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(";");

export const topicCells = {
  QueueNums: (config) => String(config.writeQueueNums),
  Perm: (config) => String(config.perm & PERM.READ_WRITE),
  MessageType: (config) => config.attributes.get(TYPE) ?? "NORMAL",
  Order: (config) => String(config.order),
  ReadQueueNums: (config) => String(config.readQueueNums),
  TopicFilterType: (config) => config.topicFilterType,
  TopicSysFlag: (config) => String(config.topicSysFlag),
  Attributes: (config) => attributesText(config.attributes),
  PermInherit: (config) => String((config.perm & PERM.INHERIT) !== 0),
  PermPriority: (config) => String((config.perm & PERM.PRIORITY) !== 0),
} satisfies Cells<TopicConfig>;

/** The permission that three cells tell together. */
export const permOf = (values: Values): number =>
  Number(values["Perm"]) |
  (values["PermInherit"] === "true" ? PERM.INHERIT : 0) |
  (values["PermPriority"] === "true" ? PERM.PRIORITY : 0);

/** In the words of `mqadmin updateSubGroup -p`. */
export const policyText = (policy: GroupRetryPolicy): string => JSON.stringify(policy);

/** What a group is made to consume whatever its clients subscribe to; when it was set is not told. */
export const subscriptionsText = (subscriptions: SubscriptionGroupConfig["subscriptionDataSet"]): string =>
  subscriptions.length === 0
    ? ""
    : JSON.stringify(
        subscriptions
          .map(({ topic, expressionType, expression }) => ({ topic, expressionType, expression }))
          .sort((a, b) => byCodeUnit(a.topic, b.topic)),
      );

/** What a broker is too old for is an empty cell. */
export const groupCells = {
  MaxRetryTimes: (config) => String(config.retryMaxTimes),
  ConsumeEnable: (config) => String(config.consumeEnable),
  BroadcastEnable: (config) => String(config.consumeBroadcastEnable),
  Order: (config) => String(config.consumeMessageOrderly ?? ""),
  RetryPolicy: (config) => (config.groupRetryPolicy === undefined ? "" : policyText(config.groupRetryPolicy)),
  RetryQueueNums: (config) => String(config.retryQueueNums),
  ConsumeFromMinEnable: (config) => String(config.consumeFromMinEnable),
  NotifyConsumerIdsChangedEnable: (config) => String(config.notifyConsumerIdsChangedEnable),
  WhichBrokerWhenConsumeSlowly: (config) => String(config.whichBrokerWhenConsumeSlowly),
  BrokerId: (config) => String(config.brokerId),
  GroupSysFlag: (config) => String(config.groupSysFlag ?? ""),
  ConsumeTimeoutMinute: (config) => String(config.consumeTimeoutMinute ?? ""),
  Attributes: (config) => attributesText(config.attributes),
  SubscriptionDataSet: (config) => subscriptionsText(config.subscriptionDataSet),
} satisfies Cells<SubscriptionGroupConfig>;

/** A remark of the console as a cell: without what no file can hold, nor what is lost when a cell is read. */
export const remarkCell = (remark: string): string => remark.replaceAll(/(?![\n\r\t])\p{Cc}/gu, "").trim();

export const valuesOf = <Config>(cells: Cells<Config>, config: Config): Values =>
  Object.fromEntries(Object.entries(cells).map(([heading, of]) => [heading, of(config)]));

/** The attributes of a cell, as changes: what is written names them with a sign. */
export const attributeChanges = (cell: string): Record<string, string> =>
  Object.fromEntries(
    cell.split(";").flatMap((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      return name === undefined || value === undefined ? [] : [[`+${name}`, value]];
    }),
  );
