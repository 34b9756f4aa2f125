import type { CopyAsked } from "#contract/resend.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import { Problem } from "../../../base/problem.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";
import { checkMessage, messageProperties, type OutgoingMessage } from "../../../rocketmq/client/outgoing-message.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, type RocketMQError } from "../../../rocketmq/errors.ts";
import { presentMessage } from "../message.presenter.ts";
import { originalTopicOf } from "./letters.ts";
import { outgoingOf } from "./outgoing.ts";

/** The group whose dead letter a message is. */
export const groupOf = (topic: string) => (topic.startsWith(DLQ_PREFIX) ? topic.slice(DLQ_PREFIX.length) : undefined);

/** Where a copy goes when nobody says: where the message was first sent to. */
function ownTopicOf(message: StoredMessage): string | undefined {
  const group = groupOf(message.topic);
  return group === undefined ? (presentMessage(message).realTopic ?? message.topic) : originalTopicOf(message, group);
}

function destinationOf(message: StoredMessage, asked: CopyAsked): { topic: string; retryOf?: string } {
  const own = ownTopicOf(message);
  const topic = asked.target ?? own;
  if (topic === undefined)
    throw new Problem("BAD_REQUEST", { issues: [{ path: "target", message: "target.unknown" }] });
  const group = groupOf(message.topic);
  if (!asked.onlyGroup) return { topic };
  if (group === undefined)
    throw new Problem("BAD_REQUEST", { issues: [{ path: "onlyGroup", message: "onlyGroup.noGroup" }] });
  return { topic: retryTopicOf(group), retryOf: topic };
}

function bodyOf(body: NonNullable<CopyAsked["body"]>): Buffer {
  const bytes = Buffer.from(body.content, body.encoding === "text" ? "utf8" : "base64");
  if (bytes.length > 0) return bytes;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "body.content", message: "body.notBase64" }] });
}

/** What is sent: the source with what was edited. */
export function editedOf(message: StoredMessage, asked: CopyAsked, now: number): OutgoingMessage {
  const { body, tag, keys, properties, shardingKey, delaySeconds } = asked;
  const source = outgoingOf(message, destinationOf(message, asked));
  return {
    ...source,
    ...(body !== undefined && { body: bodyOf(body), packed: undefined }),
    ...(tag !== undefined && { tag: tag ?? undefined }),
    ...(keys !== undefined && { keys: keys ?? undefined }),
    ...(properties !== undefined && { properties }),
    ...(shardingKey !== undefined && { shardingKey: shardingKey ?? undefined }),
    ...(delaySeconds !== undefined && { deliverAt: now + delaySeconds * 1000 }),
  };
}

const EDITED = ["body", "tag", "keys", "properties", "shardingKey", "delaySeconds"] as const;
export const editsIn = (asked: CopyAsked) => EDITED.filter((field) => asked[field] !== undefined);

/** Why no broker would take a message, or a client could not read it. */
export function faultOf(message: OutgoingMessage, maxMessageSize: number): RocketMQError | undefined {
  try {
    checkMessage(message, { maxMessageSize });
    messageProperties(message);
    return undefined;
  } catch (error) {
    return asRocketMQError(error);
  }
}
