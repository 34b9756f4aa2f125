import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { decodeMessages, type StoredMessage } from "../rocketmq/codec/stored-message.ts";

/** Source: RequestCode.java, PopMessageRequestHeader.java, ConsumeInitMode.java. */
const POP_MESSAGE = 200_050;
const FROM_MIN = 0;

/** Takes messages of a queue as a client does that pops: those that are not acknowledged come again, by way of a retry topic. */
export async function pop(
  cluster: RocketMQCluster,
  { addr, brokerName }: { addr: string; brokerName: string },
  { group, topic, invisibleMs }: { group: string; topic: string; invisibleMs: number },
): Promise<readonly StoredMessage[]> {
  const now = Date.now();
  const header = { consumerGroup: group, topic, queueId: -1, maxMsgNums: 32, invisibleTime: invisibleMs, pollTime: 0 };
  const fields = { ...header, bornTime: now, initMode: FROM_MIN, expType: "TAG", exp: "*", order: false };
  const extFields = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
  const { code, body } = await cluster.remoting.invoke(addr, { code: POP_MESSAGE, extFields });
  return code === 0 ? decodeMessages(body, brokerName).messages : [];
}
