import type { MessageTrace, TraceSend } from "#contract/trace.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import type { QueryOptions } from "../../../rocketmq/admin/key-index.ts";
import { viewByOffsetMsgId } from "../../../rocketmq/admin/offset-msg-id.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { decodeOffsetMsgId, type OffsetMsgId } from "../../../rocketmq/codec/message-id.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";

/** Of a batch both lists have the same order. */
function placeOf({ msgIds, offsetMsgId }: TraceSend, msgId: string): OffsetMsgId | undefined {
  const id = offsetMsgId?.split(",")[msgIds.indexOf(msgId)];
  try {
    return id === undefined ? undefined : decodeOffsetMsgId(id);
  } catch {
    return undefined;
  }
}

/** The message as the broker took it from its producer, where a record of the send says; null where it is no longer there, or nothing says. */
export async function storedBySend(
  cluster: RocketMQCluster,
  msgId: string,
  sends: readonly TraceSend[],
  options: QueryOptions,
): Promise<{ stored: MessageTrace["stored"]; failures: FanOutFailure[] }> {
  const send = sends.findLast((one) => placeOf(one, msgId) !== undefined);
  const place = send === undefined ? undefined : placeOf(send, msgId);
  if (place === undefined) return { stored: null, failures: [] };
  const found = await viewByOffsetMsgId(cluster, place, options).catch((error: unknown) => {
    const target = send?.storeHost ?? place.host;
    return { message: undefined, failures: [{ target, error: asRocketMQError(error) }] };
  });
  const { message, failures } = found;
  // What is there by now may be another one.
  if (message === undefined || message.msgId !== msgId) return { stored: null, failures };
  const { topic, brokerName = "", queueId, queueOffset, storeTimestamp: at } = message;
  return { stored: { topic, brokerName, queueId, queueOffset: queueOffset.toString(), at }, failures };
}
