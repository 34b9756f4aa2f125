import type { RocketMQCluster } from "../cluster/cluster.ts";
import { messageRpc } from "../rpc/message.ts";

interface Recalled {
  topic: string;
  brokerName: string;
  /** When it is due by the timer (TIMER_OUT_MS). */
  timerOutMs: number;
  /** UNIQ_KEY. */
  msgId: string;
}

/** The handle that a broker gave its sender: of the time that it wrote a ms more, since it rounds down. Source: SendMessageProcessor.attachRecallHandle, RecallMessageHandle.java. */
export const recallHandle = ({ topic, brokerName, timerOutMs, msgId }: Recalled): string => {
  const text = Buffer.from(["v1", topic, brokerName, timerOutMs + 1, msgId].join(" ")).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
};

/** Has a broker drop a message when its time comes; it writes a record that deletes it, and tells no more. */
export const recallMessage = (
  cluster: RocketMQCluster,
  addr: string,
  recalled: Recalled,
  producerGroup: string,
): Promise<void> =>
  cluster.call(messageRpc.recallMessage, addr, {
    producerGroup,
    topic: recalled.topic,
    recallHandle: recallHandle(recalled),
  });
