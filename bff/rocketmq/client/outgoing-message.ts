import { RocketMQError } from "../errors.ts";
import { compressZlib } from "../codec/compression.ts";
import { encodeProperties, isSystemProperty, MessageConst } from "../codec/properties.ts";
import { SysFlag } from "../codec/sys-flag.ts";

/** A message to be sent. */
export interface OutgoingMessage {
  topic: string;
  /** At least one byte. */
  body: Buffer;
  tag?: string;
  /** Several keys are separated by spaces. */
  keys?: string | readonly string[];
  /** The application's own; names that RocketMQ uses are refused. */
  properties?: Readonly<Record<string, string>>;
  /** The application's own int. Default 0. */
  flag?: number;
  /** Level of the broker's `messageDelayLevel`, from 1. */
  delayLevel?: number;
  /** Milliseconds since the epoch at which the message becomes visible; brokers since 5.0 with timers. */
  deliverAt?: number;
  /** Messages with the same key go to the same queue, in order. */
  shardingKey?: string;
  /** Sends to exactly this queue. */
  queue?: { brokerName: string; queueId: number };
  /** The body is packed already, as these bits of its sysFlag say; it is sent as it is. */
  packed?: number;
  /** Sent to the retry topic of a group, as a message of this topic. */
  retryOf?: string;
}

/** What makes a message too large, in bytes. */
export interface SizeRules {
  maxMessageSize: number;
  /** Bodies above it are compressed. */
  compressAbove: number;
}

const MAX_PROPERTIES_LENGTH = 32_767;
const MAX_TOPIC_LENGTH = 127;
const TOPIC = /^[%|a-zA-Z0-9_-]+$/;

/** Source: TopicValidator.NOT_ALLOWED_SEND_TOPIC_SET. */
const NOT_ALLOWED_SEND_TOPICS = new Set([
  "SCHEDULE_TOPIC_XXXX",
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_TRANS_OP_HALF_TOPIC",
  "TRANS_CHECK_MAX_TIME_TOPIC",
  "SELF_TEST_TOPIC",
  "OFFSET_MOVED_EVENT",
]);

function illegal(why: string): RocketMQError {
  return new RocketMQError("MESSAGE_ILLEGAL", why, { remark: why });
}

function checkTopic(topic: string): void {
  if (!TOPIC.test(topic) || topic.length > MAX_TOPIC_LENGTH)
    throw illegal(`not a topic name: ${JSON.stringify(topic)}`);
  if (NOT_ALLOWED_SEND_TOPICS.has(topic)) throw illegal(`RocketMQ itself writes to ${topic}: clients must not`);
}

function checkTime({ delayLevel, deliverAt }: OutgoingMessage): void {
  if (delayLevel !== undefined && deliverAt !== undefined)
    throw illegal("either a delay level or a delivery time, not both");
  if (delayLevel !== undefined && (!Number.isInteger(delayLevel) || delayLevel < 1))
    throw illegal(`delay level ${delayLevel}: must be 1 or more`);
  if (deliverAt !== undefined && (!Number.isSafeInteger(deliverAt) || deliverAt < 0))
    throw illegal(`delivery time ${deliverAt}: must be epoch ms`);
}

/** Throws MESSAGE_ILLEGAL when a broker or consumer could not take the message. Source: Validators.java, Message.java. */
export function checkMessage(message: OutgoingMessage, { maxMessageSize }: Pick<SizeRules, "maxMessageSize">): void {
  checkTopic(message.topic);
  checkTime(message);
  if (message.body.length === 0) throw illegal("the body is empty");
  if (message.body.length > maxMessageSize)
    throw illegal(`the body has ${message.body.length} bytes, the limit is ${maxMessageSize}`);
  const { tag, properties = {} } = message;
  if (tag !== undefined && (tag.trim() !== tag || tag.includes("||")))
    throw illegal(`tag ${JSON.stringify(tag)}: spaces around it or "||" in it`);
  for (const [name, value] of Object.entries(properties)) {
    if (isSystemProperty(name)) throw illegal(`property ${name} is RocketMQ's own`);
    if (name.trim() === "" || value.trim() === "")
      throw illegal(`property ${JSON.stringify(name)}: name and value must not be blank`);
  }
}

/** Properties that come from the message alone, on the wire's form; throws MESSAGE_ILLEGAL. */
export function messageProperties(message: OutgoingMessage): string {
  const { tag, keys, delayLevel, deliverAt, shardingKey, properties, retryOf } = message;
  const entries: [string, string][] = [[MessageConst.WAIT, "true"]];
  if (tag) entries.push([MessageConst.TAGS, tag]);
  if (keys?.length) entries.push([MessageConst.KEYS, typeof keys === "string" ? keys : keys.join(" ")]);
  if (delayLevel !== undefined) entries.push([MessageConst.DELAY, String(delayLevel)]);
  if (deliverAt !== undefined) entries.push([MessageConst.TIMER_DELIVER_MS, String(deliverAt)]);
  if (shardingKey !== undefined) entries.push([MessageConst.SHARDING_KEY, shardingKey]);
  if (retryOf !== undefined) entries.push([MessageConst.RETRY_TOPIC, retryOf]);
  if (properties) entries.push(...Object.entries(properties));
  const text = encodeProperties(entries);
  // The id and what a transaction adds need room too.
  if (Buffer.byteLength(text) > MAX_PROPERTIES_LENGTH - 512) throw illegal("the properties take more than 32 kB");
  return text;
}

/** Body as it is sent, with the sysFlag that says so. */
export interface EncodedBody {
  body: Buffer;
  sysFlag: number;
}

/** Compresses when that saves something. The flag names no type, which every version since 3.x reads as zlib. */
export async function compressedBody(body: Buffer): Promise<EncodedBody> {
  const compressed = await compressZlib(body);
  return compressed.length < body.length ? { body: compressed, sysFlag: SysFlag.COMPRESSED } : { body, sysFlag: 0 };
}
