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

/** Fails on a message that may not be retried, so that it becomes a dead letter of the group. */
export function giveUp(
  cluster: RocketMQCluster,
  addr: string,
  group: string,
  { topic, msgId, physicalOffset }: Failed,
): Promise<void> {
  const header = { group, delayLevel: 0, originMsgId: msgId, originTopic: topic, maxReconsumeTimes: 0 };
  return cluster.call(sendBack, addr, { ...header, offset: physicalOffset });
}
