import { decodeOffsetMsgId, type OffsetMsgId } from "../codec/message-id.ts";
import { MessageConst } from "../codec/properties.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { queryByUniqKey } from "./message-admin.ts";
import { viewByOffsetMsgId } from "./offset-msg-id.ts";

/** What a dead letter's record says of the message that it was. */
export interface DeadLetterOrigin {
  /** Of a message that was popped again this is its group's retry topic. */
  topic?: string;
  /** Given by the client, and kept by every copy. */
  msgId?: string;
  /** Where the original was stored. */
  offsetMsgId?: string;
  /** When and where the original was sent. */
  bornTimestamp?: number;
  bornHost?: string;
}

const RETRY_PREFIX = "%RETRY%";
/** Of copies that a broker made of popped messages. */
const FIRST_POP_TIME = "1ST_POP_TIME";

/**
 * A broker that takes a message back keeps as ORIGIN_MESSAGE_ID where it lay as it failed for the first time; a client that consumes in order sends it
 * anew, as born then and there, with UNIQ_KEY in its place. Of a message that was popped again it is the copy in the retry topic, born at the broker.
 * Source: AbstractSendMessageProcessor.java, ConsumeMessageOrderlyService.java, PopReviveService.java.
 */
export function deadLetterOriginOf({ properties, bornTimestamp, bornHost }: StoredMessage): DeadLetterOrigin {
  const topic = properties.get(MessageConst.DLQ_ORIGIN_TOPIC) ?? properties.get(MessageConst.RETRY_TOPIC);
  const uniqKey = properties.get(MessageConst.UNIQ_KEY);
  const first = properties.get(MessageConst.DLQ_ORIGIN_MESSAGE_ID) ?? properties.get(MessageConst.ORIGIN_MESSAGE_ID);
  const isPlace = first !== undefined && first !== uniqKey && offsetIdOf(first) !== undefined;
  const isOfCopy = topic?.startsWith(RETRY_PREFIX) === true;
  const isResent = first !== undefined && first === uniqKey;
  return {
    topic,
    msgId: uniqKey ?? first,
    offsetMsgId: isPlace && !isOfCopy ? first : undefined,
    bornTimestamp: isResent ? undefined : bornTimestamp,
    bornHost: isResent || isOfCopy || properties.has(FIRST_POP_TIME) ? undefined : bornHost,
  };
}

function offsetIdOf(id: string): OffsetMsgId | undefined {
  try {
    return decodeOffsetMsgId(id);
  } catch {
    return undefined;
  }
}

/** The original, or why it is not told. */
export interface Original {
  message?: StoredMessage;
  why?: "gone" | "notIndexed" | "topicGone" | "several" | "notKnown" | "failed";
  failures: FanOutFailure[];
}

interface Ask {
  signal?: AbortSignal;
}

/** At the place that the record names, where another message may lie by now. */
async function atPlace(
  cluster: RocketMQCluster,
  { topic, offsetMsgId }: DeadLetterOrigin,
  isIt: (message: StoredMessage) => boolean,
  options: Ask,
): Promise<Original> {
  const wanted = offsetMsgId === undefined ? undefined : offsetIdOf(offsetMsgId);
  if (wanted === undefined) return { failures: [] };
  try {
    const { message, failures } = await viewByOffsetMsgId(cluster, wanted, { topic, ...options });
    return message !== undefined && isIt(message) ? { message, failures: [] } : { failures };
  } catch (error) {
    options.signal?.throwIfAborted();
    const known = asRocketMQError(error);
    return { failures: [{ target: known.address ?? `${wanted.host}:${wanted.port}`, error: known }] };
  }
}

/** Looks for the message that a dead letter was, in the topic that it was sent to: where it lay, then by the id that its client gave it. */
export async function findOriginal(
  cluster: RocketMQCluster,
  deadLetter: StoredMessage,
  topic: string | undefined,
  options: Ask = {},
): Promise<Original> {
  const origin = { ...deadLetterOriginOf(deadLetter), topic };
  const uniqKey = deadLetter.properties.get(MessageConst.UNIQ_KEY);
  if (topic === undefined || (uniqKey === undefined && origin.offsetMsgId === undefined))
    return { why: "notKnown", failures: [] };
  const { bornTimestamp } = origin;
  const isIt = (message: StoredMessage) =>
    message.topic === topic &&
    (bornTimestamp === undefined || message.bornTimestamp === bornTimestamp) &&
    message.properties.get(MessageConst.UNIQ_KEY) === uniqKey;
  const there = await atPlace(cluster, origin, isIt, options);
  if (there.message !== undefined) return there;
  if (uniqKey === undefined) return { why: there.failures.length > 0 ? "failed" : "gone", failures: there.failures };
  try {
    const { items, failures } = await queryByUniqKey(cluster, topic, uniqKey, options);
    const [message, another] = items.filter(isIt);
    if (message !== undefined && another === undefined) return { message, failures: [] };
    if (message !== undefined) return { why: "several", failures };
    if (failures.some(({ error }) => error.code !== "INDEX_DISABLED")) return { why: "failed", failures };
    return { why: failures.length > 0 ? "notIndexed" : "gone", failures };
  } catch (error) {
    const known = asRocketMQError(error);
    if (known.code === "TOPIC_NOT_EXIST") return { why: "topicGone", failures: [] };
    throw known;
  }
}
