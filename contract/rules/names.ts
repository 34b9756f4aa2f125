/** What names may be, and which are RocketMQ's own. Source: TopicValidator.java, PRODUCT 4 and 5. */
export const NAME_PATTERN = /^[a-zA-Z0-9_-]+$/;
export const NAME_MIN = 2;
export const NAME_MAX = 64;

export type NameFault = "empty" | "tooShort" | "tooLong" | "characters" | "reserved";

const RESERVED_TOPICS = new Set([
  "TBW102",
  "SCHEDULE_TOPIC_XXXX",
  "BenchmarkTest",
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_TRANS_OP_HALF_TOPIC",
  "TRANS_CHECK_MAX_TIME_TOPIC",
  "RMQ_SYS_TRACE_TOPIC",
  "SELF_TEST_TOPIC",
  "OFFSET_MOVED_EVENT",
  "CHECKPOINT_TOPIC",
  "DefaultHeartBeatSyncerTopic",
]);
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
  "CID_DefaultHeartBeatSyncerTopic",
]);

export const RETRY_PREFIX = "%RETRY%";
export const DLQ_PREFIX = "%DLQ%";

/** Whether RocketMQ itself owns the topic. `clusterNames` and `brokerNames` exist as topics too and count as system. */
export function isSystemTopic(topic: string, ownNames: ReadonlySet<string> = new Set()): boolean {
  return (
    RESERVED_TOPICS.has(topic) ||
    topic.startsWith("rmq_sys_") ||
    topic.startsWith("RMQ_SYS_") ||
    topic.endsWith("_REPLY_TOPIC") ||
    ownNames.has(topic)
  );
}

export function isSystemGroup(group: string): boolean {
  return SYSTEM_GROUPS.has(group) || group.startsWith("CID_RMQ_SYS_") || group.startsWith("CID_ONSAPI_");
}

function nameFault(name: string, reserved: boolean): NameFault | undefined {
  if (name === "") return "empty";
  if (!NAME_PATTERN.test(name)) return "characters";
  if (name.length < NAME_MIN) return "tooShort";
  if (name.length > NAME_MAX) return "tooLong";
  return reserved ? "reserved" : undefined;
}

export const topicNameFault = (name: string) => nameFault(name, isSystemTopic(name));
export const groupNameFault = (name: string) => nameFault(name, isSystemGroup(name));
