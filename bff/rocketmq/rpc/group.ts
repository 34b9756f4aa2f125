import {
  anyJson,
  bool,
  double,
  epochMs,
  int,
  list,
  long,
  map,
  num,
  obj,
  opt,
  str,
  TABLE_MAX,
  tableSize,
  text,
  type Infer,
  type Shape,
} from "../codec/shape.ts";
import type { JsonValue } from "../codec/json-value.ts";
import { byQueue, MessageQueue, name, QUEUES_MAX, TopicList } from "./namesrv.ts";
import { bodyAndExt, dataVersion, jsonBody, none, rpc, type RpcTable } from "./rpc.ts";

/** When failed messages come again, times in ms. Source: GroupRetryPolicy.java, ExponentialRetryPolicy.java, CustomizedRetryPolicy.java. */
export const GroupRetryPolicy = obj({
  type: opt(str, "CUSTOMIZED"),
  customizedRetryPolicy: opt(obj({ next: list(num) })),
  exponentialRetryPolicy: opt(obj({ initial: opt(num, 5000), max: opt(num, 7_200_000), multiplier: opt(double, 2) })),
});
export type GroupRetryPolicy = Infer<typeof GroupRetryPolicy>;

/** Source: SimpleSubscriptionData.java. */
export const SimpleSubscriptions = list(
  obj({ topic: name, expressionType: opt(str, "TAG"), expression: opt(str, "*") }),
);

/** Source: SubscriptionGroupConfig.java; 4.9 has neither the 5.x fields nor attributes. */
export const SubscriptionGroupConfig = obj({
  groupName: name,
  consumeEnable: opt(bool, true),
  consumeFromMinEnable: opt(bool, true),
  consumeBroadcastEnable: opt(bool, true),
  consumeMessageOrderly: opt(bool),
  retryQueueNums: opt(int, 1),
  retryMaxTimes: opt(int, 16),
  groupRetryPolicy: opt(GroupRetryPolicy),
  brokerId: opt(num, 0),
  whichBrokerWhenConsumeSlowly: opt(num, 1),
  notifyConsumerIdsChangedEnable: opt(bool, true),
  groupSysFlag: opt(int),
  consumeTimeoutMinute: opt(int),
  subscriptionDataSet: SimpleSubscriptions,
  attributes: map(str),
});
export type SubscriptionGroupConfig = Infer<typeof SubscriptionGroupConfig>;

/** A configuration as the broker wrote it beside its decoded form: what is written back must keep unknown fields. */
export interface GroupConfigEntry {
  config: SubscriptionGroupConfig;
  raw: JsonValue;
}
const asWritten = anyJson(65_536);
const GroupConfigEntryShape: Shape<GroupConfigEntry> = {
  decode: (value) => ({ config: SubscriptionGroupConfig.decode(value), raw: asWritten.decode(value) ?? null }),
};

/** Source: SubscriptionGroupWrapper.java. */
export const SubscriptionGroupTable = obj({
  subscriptionGroupTable: map(GroupConfigEntryShape, TABLE_MAX),
  dataVersion,
});
export type SubscriptionGroupTable = Infer<typeof SubscriptionGroupTable>;

/** `pullOffset` since 5.0. Source: OffsetWrapper.java. */
export const OffsetWrapper = obj({
  brokerOffset: long,
  consumerOffset: long,
  pullOffset: opt(long),
  lastTimestamp: epochMs,
});
export type OffsetWrapper = Infer<typeof OffsetWrapper>;

/** Source: ConsumeStats.java. */
export const ConsumeStats = obj({ consumeTps: opt(double, 0), offsetTable: byQueue(OffsetWrapper) });
export type ConsumeStats = Infer<typeof ConsumeStats>;

/** `version` is an ordinal of MQVersion. Source: Connection.java. */
export const ClientConnection = obj({ clientId: str, clientAddr: str, language: opt(str), version: opt(int, 0) });
export type ClientConnection = Infer<typeof ClientConnection>;

/** Source: SubscriptionData.java. */
export const SubscriptionData = obj({
  topic: str,
  subString: opt(str, "*"),
  tagsSet: list(str),
  codeSet: list(int),
  subVersion: opt(long, 0n),
  expressionType: opt(str, "TAG"),
  classFilterMode: opt(bool, false),
});
export type SubscriptionData = Infer<typeof SubscriptionData>;

/** Source: ConsumerConnection.java. */
export const ConsumerConnection = obj({
  connectionSet: list(ClientConnection),
  subscriptionTable: map(SubscriptionData),
  consumeType: opt(str),
  messageModel: opt(str),
  consumeFromWhere: opt(str),
});
export type ConsumerConnection = Infer<typeof ConsumerConnection>;

/** Source: ProcessQueueInfo.java. */
export const ProcessQueueInfo = obj({
  commitOffset: opt(long, 0n),
  cachedMsgMinOffset: opt(long, 0n),
  cachedMsgMaxOffset: opt(long, 0n),
  cachedMsgCount: opt(int, 0),
  cachedMsgSizeInMiB: opt(int, 0),
  transactionMsgCount: opt(int, 0),
  locked: opt(bool, false),
  tryUnlockTimes: opt(num, 0),
  lastLockTimestamp: opt(epochMs, 0),
  droped: opt(bool, false),
  lastPullTimestamp: opt(epochMs, 0),
  lastConsumeTimestamp: opt(epochMs, 0),
});
export type ProcessQueueInfo = Infer<typeof ProcessQueueInfo>;

/** Source: PopProcessQueueInfo.java. */
export const PopProcessQueueInfo = obj({
  waitAckCount: opt(int, 0),
  droped: opt(bool, false),
  lastPopTimestamp: opt(epochMs, 0),
});

/** Rates per second, times in ms. Source: ConsumeStatus.java. */
export const ConsumeStatus = obj({
  pullRT: opt(double, 0),
  pullTPS: opt(double, 0),
  consumeRT: opt(double, 0),
  consumeOKTPS: opt(double, 0),
  consumeFailedTPS: opt(double, 0),
  consumeFailedMsgs: opt(num, 0),
});
export type ConsumeStatus = Infer<typeof ConsumeStatus>;

/** Characters of the stacks of a client with thousands of threads. */
const JSTACK_MAX = 8_388_608;

/** Written by the client itself. Source: ConsumerRunningInfo.java. */
export const ConsumerRunningInfo = obj({
  properties: map(str),
  subscriptionSet: list(SubscriptionData),
  mqTable: byQueue(ProcessQueueInfo),
  mqPopTable: byQueue(PopProcessQueueInfo),
  statusTable: map(ConsumeStatus),
  userConsumerInfo: map(str),
  jstack: opt(text(JSTACK_MAX)),
});
export type ConsumerRunningInfo = Infer<typeof ConsumerRunningInfo>;

/** The exception of a listener, with its message. */
const REMARK_MAX = 65_536;

/** Written by the client: what its listener made of a message. Source: ConsumeMessageDirectlyResult.java, CMResult.java. */
export const ConsumeMessageDirectlyResult = obj({
  order: opt(bool, false),
  autoCommit: opt(bool, true),
  consumeResult: opt(str),
  remark: opt(text(REMARK_MAX)),
  spentTimeMills: opt(num, 0),
});
export type ConsumeMessageDirectlyResult = Infer<typeof ConsumeMessageDirectlyResult>;

/** `delayTime` is the broker's time minus when the message at the group's offset was stored; times are in ms, -1 for none. Source: QueueTimeSpan.java. */
export const QueueTimeSpan = obj({ messageQueue: MessageQueue, minTimeStamp: num, delayTime: opt(num, 0) });

/** Group RPCs. Source: RequestCode.java, AdminBrokerProcessor.java, ConsumerManageProcessor.java. */
export const groupRpc = {
  /** Fields left out take Java's defaults; `attributes` is a list of changes (`+key`, `-key`). To every master. */
  updateAndCreateSubscriptionGroup: rpc({
    code: 200,
    to: "broker",
    header: {},
    body: jsonBody,
    response: none,
  }),
  /** Since 5.3; a body `{ groupConfigList }`. To every master. */
  updateAndCreateSubscriptionGroupList: rpc({ code: 225, to: "broker", header: {}, body: jsonBody, response: none }),
  /** The whole table when no field is given; paged since 5.3.4, then `groupSeq` is always needed. */
  getAllSubscriptionGroupConfig: rpc({
    code: 201,
    to: "broker",
    header: { groupSeq: opt(int), dataVersion: opt(str), maxGroupNum: opt(int) },
    response: bodyAndExt(SubscriptionGroupTable, { totalGroupNum: opt(tableSize) }),
  }),
  /** 206 when no client of the group is connected to this broker. */
  getConsumerConnectionList: rpc({
    code: 203,
    to: "broker",
    header: { consumerGroup: str },
    response: ConsumerConnection,
  }),
  /** removeOffset is the name in 4.9, cleanOffset in 5.x: send both. To every master. */
  deleteSubscriptionGroup: rpc({
    code: 207,
    to: "broker",
    header: { groupName: str, removeOffset: bool, cleanOffset: bool },
    response: none,
  }),
  getConsumeStats: rpc({
    code: 208,
    to: "broker",
    header: { consumerGroup: str, topic: opt(str), topicList: opt(str) },
    response: ConsumeStats,
  }),
  /** Of queues that may be written. Source: AdminBrokerProcessor.queryConsumeTimeSpan. */
  queryConsumeTimeSpan: rpc({
    code: 303,
    to: "broker",
    header: { topic: str, group: str },
    response: obj({ consumeTimeSpanSet: list(QueueTimeSpan, QUEUES_MAX) }),
  }),
  /** The broker asks the client and waits up to 10 s; 207 when that is over. */
  getConsumerRunningInfo: rpc({
    code: 307,
    to: "broker",
    relayed: true,
    header: { consumerGroup: str, clientId: str, jstackEnable: bool },
    response: ConsumerRunningInfo,
  }),
  /**
   * The broker that has the message sends it to a client that is connected to it, which runs its listener, and waits up to 10 s; 207 when that is
   * over. `msgId` is the offsetMsgId, of which only the offset counts; 1 where the client is not there, too old, or has no push consumer of the group.
   */
  consumeMessageDirectly: rpc({
    code: 309,
    to: "broker",
    relayed: true,
    header: { consumerGroup: str, clientId: str, topic: str, msgId: str },
    response: ConsumeMessageDirectlyResult,
  }),
  /** Since 5.0: which queues a client is given, and whether it is to pop them. Source: QueryAssignmentProcessor.java. */
  queryAssignment: rpc({
    code: 400,
    to: "broker",
    header: {},
    body: jsonBody,
    response: obj({ messageQueueAssignments: list(obj({ mode: opt(str) })) }),
  }),
  /** Since 5.0. */
  queryTopicsByConsumer: rpc({ code: 343, to: "broker", header: { group: str }, response: TopicList }),
} as const satisfies RpcTable;
