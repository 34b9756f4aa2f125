import type { RowResult } from "../../jobs/job.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";

/** The row of a message that was read. */
export function readRow(message: StoredMessage): RowResult {
  const { msgId, brokerName, queueId, bornTimestamp, storeTimestamp, tags, keys } = message;
  const place = { brokerName, queueId, queueOffset: message.queueOffset.toString() };
  const data = { msgId, ...place, bornTimestamp, storeTimestamp, size: message.storedBodySize, tags, keys };
  return { state: "ok", code: "CONSUME_SUCCESS", data };
}
