import { z } from "zod";

/** A Java long as the oracle writes it. */
const Long = z.string().regex(/^-?\d+$/);
/** A Java map: pairs of key and value. */
const pairs = <K extends z.ZodType, V extends z.ZodType>(key: K, value: V) => z.array(z.tuple([key, value]));
const named = <V extends z.ZodType>(value: V) =>
  z.preprocess((entries) => (Array.isArray(entries) ? new Map(entries) : entries), z.map(z.string(), value));
const Text = z.string();

export const MessageQueue = z.object({ topic: Text, brokerName: Text, queueId: z.number() });
export type MessageQueue = z.infer<typeof MessageQueue>;

export const TopicConfig = z.looseObject({
  topicName: Text,
  readQueueNums: z.number(),
  writeQueueNums: z.number(),
  perm: z.number(),
  topicFilterType: Text,
  topicSysFlag: z.number(),
  order: z.boolean(),
  /** 5.x. */
  attributes: named(Text).optional(),
});
export type TopicConfig = z.infer<typeof TopicConfig>;

const TopicOffset = z.object({ minOffset: Long, maxOffset: Long, lastUpdateTimestamp: Long });

/** Delays are longs, which policies show as they are in milliseconds. */
const RetryPolicy = z.object({
  type: Text,
  customizedRetryPolicy: z.object({ next: z.array(Long) }).nullable(),
  exponentialRetryPolicy: z.object({ initial: Long, max: Long, multiplier: Long }).nullable(),
});

export const SubscriptionGroupConfig = z.looseObject({
  groupName: Text,
  consumeEnable: z.boolean(),
  consumeFromMinEnable: z.boolean(),
  consumeBroadcastEnable: z.boolean(),
  consumeMessageOrderly: z.boolean().optional(),
  retryQueueNums: z.number(),
  retryMaxTimes: z.number(),
  brokerId: Long,
  whichBrokerWhenConsumeSlowly: Long,
  notifyConsumerIdsChangedEnable: z.boolean(),
  groupRetryPolicy: RetryPolicy.optional(),
  groupSysFlag: z.number().optional(),
  consumeTimeoutMinute: z.number().optional(),
  subscriptionDataSet: z.array(z.object({ topic: Text, expressionType: Text, expression: Text })).nullish(),
  attributes: named(Text).optional(),
});
export type SubscriptionGroupConfig = z.infer<typeof SubscriptionGroupConfig>;

const OffsetWrapper = z.object({
  brokerOffset: Long,
  consumerOffset: Long,
  /** 5.x. */
  pullOffset: Long.optional(),
  lastTimestamp: Long,
});
const ConsumeStats = z.object({ offsetTable: pairs(MessageQueue, OffsetWrapper), consumeTps: z.number() });

const SubscriptionData = z.object({
  topic: Text,
  subString: Text,
  tagsSet: z.array(Text),
  expressionType: Text,
});

/** A message as Java reads it from the wire; the body is unpacked and in base64. */
export const MessageExt = z.looseObject({
  topic: Text,
  brokerName: Text.nullish(),
  queueId: z.number(),
  queueOffset: Long,
  storeSize: z.number(),
  sysFlag: z.number(),
  flag: z.number(),
  bornTimestamp: Long,
  bornHost: Text,
  storeTimestamp: Long,
  storeHost: Text,
  msgId: Text,
  commitLogOffset: Long,
  bodyCRC: z.number(),
  reconsumeTimes: z.number(),
  preparedTransactionOffset: Long,
  properties: named(Text),
  body: Text.nullable(),
});
export type MessageExt = z.infer<typeof MessageExt>;

const KVTable = z.object({ table: named(Text) });
const ProducerInfo = z.object({ clientId: Text, remoteIP: Text, language: Text, version: z.number() });
const Nothing = z.null();

export const PullResult = z.looseObject({
  pullStatus: Text,
  nextBeginOffset: Long,
  minOffset: Long,
  maxOffset: Long,
  msgFoundList: z.array(MessageExt).nullable(),
});

/** What methods of DefaultMQAdminExt answer; fields that no comparison reads are left out. */
export const calls = {
  examineBrokerClusterInfo: z.object({
    brokerAddrTable: named(z.object({ cluster: Text, brokerName: Text, brokerAddrs: pairs(Long, Text) })),
    clusterAddrTable: named(z.array(Text)),
  }),
  fetchAllTopicList: z.object({ topicList: z.array(Text) }),
  getAllTopicConfig: z.object({ topicConfigTable: named(TopicConfig) }),
  getUserTopicConfig: z.object({ topicConfigTable: named(TopicConfig) }),
  examineTopicConfig: TopicConfig.nullable(),
  examineTopicStats: z.object({ offsetTable: pairs(MessageQueue, TopicOffset) }),
  examineTopicRouteInfo: z.object({
    orderTopicConf: Text.nullable(),
    queueDatas: z.array(
      z.object({ brokerName: Text, readQueueNums: z.number(), writeQueueNums: z.number(), perm: z.number() }),
    ),
    brokerDatas: z.array(z.object({ cluster: Text, brokerName: Text, brokerAddrs: pairs(Long, Text) })),
  }),
  getKVConfig: Text.nullable(),
  queryTopicConsumeByWho: z.object({ groupList: z.array(Text) }),
  queryTopicsByConsumer: z.object({ topicList: z.array(Text) }),
  getAllSubscriptionGroup: z.object({ subscriptionGroupTable: named(SubscriptionGroupConfig) }),
  getUserSubscriptionGroup: z.object({ subscriptionGroupTable: named(SubscriptionGroupConfig) }),
  examineConsumeStats: ConsumeStats,
  fetchConsumeStatsInBroker: z.object({ consumeStatsList: z.array(named(z.array(ConsumeStats))) }),
  examineConsumerConnectionInfo: z.object({
    connectionSet: z.array(z.object({ clientId: Text, clientAddr: Text, language: Text, version: z.number() })),
    subscriptionTable: named(SubscriptionData),
    consumeType: Text,
    messageModel: Text,
    consumeFromWhere: Text,
  }),
  getAllProducerInfo: z.object({ data: named(z.array(ProducerInfo)) }),
  getConsumerRunningInfo: z.looseObject({
    properties: named(Text),
    subscriptionSet: z.array(SubscriptionData),
    mqTable: pairs(
      MessageQueue,
      z.looseObject({
        commitOffset: Long,
        cachedMsgCount: z.number(),
        cachedMsgSizeInMiB: z.number(),
        locked: z.boolean(),
      }),
    ),
  }),
  consumeMessageDirectly: z.object({
    order: z.boolean(),
    autoCommit: z.boolean(),
    consumeResult: Text.nullable(),
    remark: Text.nullable(),
    spentTimeMills: Long,
  }),
  viewMessage: MessageExt,
  queryMessage: z.object({ messageList: z.array(MessageExt) }),
  messageTrackDetail: z.array(z.object({ consumerGroup: Text, trackType: Text, exceptionDesc: Text.nullable() })),
  searchOffset: Long,
  minOffset: Long,
  maxOffset: Long,
  fetchBrokerRuntimeStats: KVTable,
  getBrokerConfig: named(Text),
  createAndUpdateTopicConfig: Nothing,
  createAndUpdateSubscriptionGroupConfig: Nothing,
  deleteTopicInBroker: Nothing,
  deleteTopicInNameServer: Nothing,
  deleteSubscriptionGroup: Nothing,
  createOrUpdateOrderConf: Nothing,
  updateConsumeOffset: Nothing,
  setMessageRequestMode: Nothing,
} as const;

export type CallName = keyof typeof calls;
