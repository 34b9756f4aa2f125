import { PullConsumer } from "../client/pull-consumer.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { asRocketMQError } from "../errors.ts";
import type { SubscriptionData } from "../rpc/group.ts";
import type { MessagePosition } from "./consume-state.ts";

/** Whether clients that subscribe so pass over the tag. False also where their filter is no list of tags. Source: FilterAPI.java. */
export function leavesOutTag({ tagsSet, subString, classFilterMode }: SubscriptionData, tag: string | null): boolean {
  if (classFilterMode || tagsSet.length === 0 || subString === "*" || tagsSet.includes("*")) return false;
  return tag === null || !tagsSet.includes(tag);
}

/** Whether a subscription leaves a message out; a condition on properties is tried by the broker itself, and false where it does not say. */
export async function leavesOut(
  cluster: RocketMQCluster,
  subscription: SubscriptionData,
  { topic, brokerName = "", queueId, queueOffset, tag }: MessagePosition & { tag: string | null },
  options: { signal?: AbortSignal } = {},
): Promise<boolean> {
  const { expressionType, subString } = subscription;
  if (expressionType !== "SQL92") return leavesOutTag(subscription, tag);
  try {
    const pull = { maxNums: 1, sql92: subString, signal: options.signal };
    const place = { topic, brokerName, queueId };
    const { status, messages } = await new PullConsumer(cluster).pull(place, queueOffset, pull);
    if (status === "NO_MATCHED") return true;
    return messages.length > 0 && messages.every((message) => message.queueOffset !== queueOffset);
  } catch (error) {
    options.signal?.throwIfAborted();
    asRocketMQError(error);
    return false;
  }
}
