import { MessageConst } from "../codec/properties.ts";
import { RocketMQError } from "../errors.ts";
import { checkMessage, messageProperties, type OutgoingMessage, type SizeRules } from "./outgoing-message.ts";

function encodeRecord(message: OutgoingMessage, msgId: string): Buffer {
  const properties = Buffer.from(`${MessageConst.UNIQ_KEY}\u0001${msgId}\u0002${messageProperties(message)}`);
  const { body, flag = 0 } = message;
  const record = Buffer.alloc(22 + body.length + properties.length);
  record.writeInt32BE(record.length, 0);
  record.writeInt32BE(flag, 12);
  record.writeInt32BE(body.length, 16);
  body.copy(record, 20);
  record.writeUInt16BE(properties.length, 20 + body.length);
  properties.copy(record, 22 + body.length);
  return record;
}

/**
 * Body of a batch: {totalLength, magic 0, crc 0, flag, bodyLength (int32 each), body, propertiesLength (int16), properties} for each message.
 * Throws MESSAGE_ILLEGAL for what a batch cannot hold. Source: MessageDecoder.encodeMessages, MessageBatch.java.
 */
export function encodeBatch(messages: readonly OutgoingMessage[], ids: readonly string[], rules: SizeRules): Buffer {
  const topic = messages[0]?.topic;
  const records = messages.map((message, i) => {
    checkMessage(message, rules);
    if (message.topic !== topic)
      throw new RocketMQError("MESSAGE_ILLEGAL", "the messages of a batch must have the same topic");
    if (message.delayLevel !== undefined || message.deliverAt !== undefined) {
      throw new RocketMQError("MESSAGE_ILLEGAL", "a batch cannot hold delayed messages");
    }
    if (topic.startsWith("%RETRY%")) throw new RocketMQError("MESSAGE_ILLEGAL", "a retry topic takes no batch");
    return encodeRecord(message, ids[i] ?? "");
  });
  const body = Buffer.concat(records);
  if (body.length > rules.maxMessageSize) {
    throw new RocketMQError(
      "MESSAGE_ILLEGAL",
      `the batch has ${body.length} bytes, the limit is ${rules.maxMessageSize}`,
    );
  }
  return body;
}
