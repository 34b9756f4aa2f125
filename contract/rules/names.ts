/** What names may be. Source: TopicValidator.java. */
export const NAME_PATTERN = /^[a-zA-Z0-9_-]+$/;
export const NAME_MIN = 2;
export const NAME_MAX = 64;

export type NameFault = "empty" | "tooShort" | "tooLong" | "characters" | "reserved";

/** Topics of every cluster. Source: TopicValidator.java, TopicConfigManager.java; the last is a proxy's, ProxyConfig.java. */
const SYSTEM_TOPICS = new Set([
  "TBW102",
  "SCHEDULE_TOPIC_XXXX",
  "BenchmarkTest",
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_TRANS_OP_HALF_TOPIC",
  "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
  "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
  "TRANS_CHECK_MAX_TIME_TOPIC",
  "RMQ_SYS_TRACE_TOPIC",
  "SELF_TEST_TOPIC",
  "OFFSET_MOVED_EVENT",
  "CHECKPOINT_TOPIC",
  "DefaultHeartBeatSyncerTopic",
]);
/** Source: MixAll.isPredefinedGroup; the last is a proxy's. */
const SYSTEM_GROUPS = new Set([
  "DEFAULT_PRODUCER",
  "DEFAULT_CONSUMER",
  "TOOLS_CONSUMER",
  "SCHEDULE_CONSUMER",
  "FILTERSRV_CONSUMER",
  "__MONITOR_CONSUMER",
  "CLIENT_INNER_PRODUCER",
  "SELF_TEST_P_GROUP",
  "SELF_TEST_C_GROUP",
  "CID_ONS-HTTP-PROXY",
  "CID_ONSAPI_PERMISSION",
  "CID_ONSAPI_OWNER",
  "CID_ONSAPI_PULL",
  "CID_DefaultHeartBeatSyncerTopic",
]);

export const RETRY_PREFIX = "%RETRY%";
export const DLQ_PREFIX = "%DLQ%";

/** Whether the topic is RocketMQ's own: of every cluster, or one of `ownTopics`, which this one's brokers made. Source: TopicValidator.isSystemTopic. */
export const isSystemTopic = (topic: string, ownTopics: ReadonlySet<string> = new Set()): boolean =>
  SYSTEM_TOPICS.has(topic) || topic.startsWith("rmq_sys_") || ownTopics.has(topic);

/** Source: MixAll.isSysConsumerGroup, MixAll.isPredefinedGroup. */
export const isSystemGroup = (group: string): boolean => SYSTEM_GROUPS.has(group) || group.startsWith("CID_RMQ_SYS_");

/** Producers that clients have beside those of their application. Others may be called like a system group: that is what some clients send as when nobody names one. Source: MQClientInstance.java, TraceConstants.java. */
export const isInnerProducer = (group: string): boolean =>
  group === "CLIENT_INNER_PRODUCER" || group.startsWith("_INNER_TRACE_PRODUCER");

function nameFault(name: string, reserved: boolean): NameFault | undefined {
  if (name === "") return "empty";
  if (!NAME_PATTERN.test(name)) return "characters";
  if (name.length < NAME_MIN) return "tooShort";
  if (name.length > NAME_MAX) return "tooLong";
  return reserved ? "reserved" : undefined;
}

export const topicNameFault = (name: string) => nameFault(name, isSystemTopic(name));
export const groupNameFault = (name: string) => nameFault(name, isSystemGroup(name));
