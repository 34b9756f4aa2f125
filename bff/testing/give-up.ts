import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { int, long, str } from "../rocketmq/codec/shape.ts";
import { none, rpc } from "../rocketmq/rpc/rpc.ts";

/** How a push consumer gives a message back that it failed on. Source: ConsumerSendMsgBackRequestHeader.java. */
const sendBack = rpc({
  code: 36,
  to: "broker",
  header: { offset: long, group: str, delayLevel: int, originMsgId: str, originTopic: str, maxReconsumeTimes: int },
  response: none,
});

interface Failed {
  topic: string;
  msgId: string;
  /** Where it lies in the commit log of the broker. */
  physicalOffset: bigint;
}

/** Fails on a message, which comes again after the delay level, or as the group's retries have it. */
export function failOn(
  cluster: RocketMQCluster,
  addr: string,
  group: string,
  { topic, msgId, physicalOffset, delayLevel = 0, retries = 16 }: Failed & { delayLevel?: number; retries?: number },
): Promise<void> {
  const header = { group, delayLevel, originMsgId: msgId, originTopic: topic, maxReconsumeTimes: retries };
  return cluster.call(sendBack, addr, { ...header, offset: physicalOffset });
}

/** Fails on a message that may not be retried, so that it becomes a dead letter of the group. */
export const giveUp = (cluster: RocketMQCluster, addr: string, group: string, failed: Failed): Promise<void> =>
  failOn(cluster, addr, group, { ...failed, retries: 0 });
