/** Rules for names and sizes that both sides check; no zod here, so that pages may use them for nothing. Source: TopicValidator.java, PRODUCT 4 and 5. */
export const NAME_PATTERN = /^[a-zA-Z0-9_-]+$/;
export const NAME_MIN = 2;
export const NAME_MAX = 64;
export const REMARK_MAX = 500;
export const DESCRIPTION_MAX = 256;
export const INSTANCE_TAGS_MAX = 20;
export const RETENTION_MIN_HOURS = 24;
/** Delayed messages may wait this long, so a shorter retention may delete them unread. */
export const RETENTION_WARN_HOURS = 48;
export const RETENTION_MAX_HOURS = 8760;
export const QUEUES_MAX_DEFAULT = 8;
export const RETRY_MAX = 1000;

export const MESSAGE_TYPES = ["NORMAL", "FIFO", "DELAY", "TRANSACTION"] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Permission bits of a topic, as RocketMQ counts them: 4 read, 2 write. */
export const PERM = { READ: 4, WRITE: 2, READ_WRITE: 6 } as const;
export const PERMS = [6, 4, 2] as const;
export type Perm = (typeof PERMS)[number];

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

/** Dial tests: messages in one test, kB in one message and in all, characters of an own body, properties of a message. */
export const DIAL_COUNT_MAX = 10_000;
export const DIAL_SIZE_KB_MAX = 4096;
export const DIAL_TOTAL_KB_MAX = 1024 * 1024;
export const DIAL_BODY_MAX = 262_144;
export const DIAL_PROPERTIES_MAX = 64;

/** Imports: bytes of a CSV file, rows in it, and columns that a row may have. */
export const IMPORT_MAX_BYTES = 5 * 1024 * 1024;
export const IMPORT_MAX_ROWS = 10_000;
export const IMPORT_MAX_COLUMNS = 256;

/** Bounds of a new password; the longest keeps hashing cheap enough to answer at all. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
/** What is wrong with a new password: message key of its issue. */
export type PasswordFault = "tooShort" | "unchanged" | "containsUsername" | "tooSimple";

/** Most bytes of an uploaded file. */
export const UPLOAD_MAX = 20 * 1024 * 1024;

interface SecretUse {
  namesrvAddrs: readonly string[];
  proxyRemotingAddrs: readonly string[];
  tls: boolean;
  tlsVerify: boolean;
}

/** Whether a stored secret may still sign: towards no address that it was not given for, and with no less encryption. A new authority to trust counts as less. */
export function keepsSecret(stored: SecretUse, now: SecretUse & { tlsCa?: string }): boolean {
  const given = new Set([...stored.namesrvAddrs, ...stored.proxyRemotingAddrs]);
  const elsewhere = [...now.namesrvAddrs, ...now.proxyRemotingAddrs].some((address) => !given.has(address));
  const less = stored.tls && (!now.tls || (stored.tlsVerify && (!now.tlsVerify || now.tlsCa !== undefined)));
  return !elsewhere && !less;
}
