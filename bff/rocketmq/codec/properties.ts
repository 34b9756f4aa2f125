import { RocketMQError } from "../errors.ts";

/** Names of message properties that clients and brokers themselves read. Source: MessageConst.java. */
export const MessageConst = {
  KEYS: "KEYS",
  TAGS: "TAGS",
  WAIT: "WAIT",
  DELAY: "DELAY",
  RETRY_TOPIC: "RETRY_TOPIC",
  REAL_TOPIC: "REAL_TOPIC",
  REAL_QID: "REAL_QID",
  TRAN_MSG: "TRAN_MSG",
  PGROUP: "PGROUP",
  UNIQ_KEY: "UNIQ_KEY",
  ORIGIN_MESSAGE_ID: "ORIGIN_MESSAGE_ID",
  TRANSACTION_ID: "__transactionId__",
  SHARDING_KEY: "__SHARDINGKEY",
  TIMER_DELIVER_MS: "TIMER_DELIVER_MS",
  TIMER_DELAY_SEC: "TIMER_DELAY_SEC",
  TIMER_DELAY_MS: "TIMER_DELAY_MS",
  DLQ_ORIGIN_TOPIC: "DLQ_ORIGIN_TOPIC",
  DLQ_ORIGIN_MESSAGE_ID: "DLQ_ORIGIN_MESSAGE_ID",
} as const;

/** Property names that an application must not set. Source: MessageConst.STRING_HASH_SET, and the constants that it leaves out. */
export const SYSTEM_PROPERTIES: ReadonlySet<string> = new Set([
  "TRACE_ON",
  "MSG_REGION",
  "KEYS",
  "TAGS",
  "WAIT",
  "DELAY",
  "RETRY_TOPIC",
  "ORIGIN_GROUP",
  "REAL_TOPIC",
  "REAL_QID",
  "TRAN_MSG",
  "PGROUP",
  "MIN_OFFSET",
  "MAX_OFFSET",
  "BUYER_ID",
  "ORIGIN_MESSAGE_ID",
  "TRANSFER_FLAG",
  "CORRECTION_FLAG",
  "MQ2_FLAG",
  "RECONSUME_TIME",
  "UNIQ_KEY",
  "TRANS_OFFSET",
  "EXTEND_UNIQ_INFO",
  "MAX_RECONSUME_TIMES",
  "CONSUME_START_TIME",
  "_SYS_MSG_PRIORITY_",
  "INNER_NUM",
  "INNER_BASE",
  "DUP_INFO",
  "CHECK_IMMUNITY_TIME_IN_SECONDS",
  "TRAN_PREPARED_QUEUE_OFFSET",
  "__transactionId__",
  "TRANSACTION_CHECK_TIMES",
  "INSTANCE_ID",
  "CORRELATION_ID",
  "REPLY_TO_CLIENT",
  "TTL",
  "ARRIVE_TIME",
  "PUSH_REPLY_TIME",
  "CLUSTER",
  "MSG_TYPE",
  "POP_CK",
  "POP_CK_OFFSET",
  "1ST_POP_TIME",
  "__SHARDINGKEY",
  "__LITE_TOPIC",
  "PROPERTY_FORWARD_QUEUE_ID",
  "REDIRECT",
  "INNER_MULTI_DISPATCH",
  "INNER_MULTI_QUEUE_OFFSET",
  "TRACE_CONTEXT",
  "TIMER_DELAY_SEC",
  "TIMER_DELIVER_MS",
  "__BORNHOST",
  "BORN_TIMESTAMP",
  "TIMER_ENQUEUE_MS",
  "TIMER_DEQUEUE_MS",
  "TIMER_ROLL_TIMES",
  "TIMER_OUT_MS",
  "TIMER_DEL_UNIQKEY",
  "TIMER_ROLL_LABEL",
  "TIMER_DELAY_LEVEL",
  "TIMER_DELAY_MS",
  "__CRC32#",
  "DLQ_ORIGIN_TOPIC",
  "DLQ_ORIGIN_MESSAGE_ID",
]);

/** Whether RocketMQ itself sets or reads the property. */
export function isSystemProperty(name: string): boolean {
  return SYSTEM_PROPERTIES.has(name) || name.startsWith("__RMQ.TRANSIENT.");
}

const NAME_VALUE_SEPARATOR = "\u0001";
const PROPERTY_SEPARATOR = "\u0002";
const hasSeparator = (text: string) => text.includes(NAME_VALUE_SEPARATOR) || text.includes(PROPERTY_SEPARATOR);

/** Decodes `name U+0001 value U+0002` repeated; the last U+0002 may be missing, as in records of old clients. Source: MessageDecoder.java. */
export function decodeProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  let start = 0;
  let middle = -1;
  while (start < text.length) {
    let end = text.indexOf(PROPERTY_SEPARATOR, start);
    if (end < 0) end = text.length;
    // Looked for once and no more before it is reached, or text without it would be read anew from each separator on.
    if (middle < start) middle = text.indexOf(NAME_VALUE_SEPARATOR, start);
    if (middle < 0) break;
    if (middle < end) properties.set(text.slice(start, middle), text.slice(middle + 1, end));
    start = end + 1;
  }
  return properties;
}

/** Encodes properties for the wire; refuses an empty name and separators in a name or value with MESSAGE_ILLEGAL. */
export function encodeProperties(properties: Iterable<readonly [string, string]>): string {
  let text = "";
  for (const [name, value] of properties) {
    if (name === "" || hasSeparator(name) || hasSeparator(value)) {
      throw new RocketMQError(
        "MESSAGE_ILLEGAL",
        `property ${JSON.stringify(name)}: an empty name, or U+0001 or U+0002 in name or value`,
      );
    }
    text += name + NAME_VALUE_SEPARATOR + value + PROPERTY_SEPARATOR;
  }
  return text;
}
