import type { RemotingCommand } from "../remoting/command.ts";
import { responseError } from "../response-code.ts";
import { messageRpc } from "../rpc/message.ts";
import { decodeResponse } from "../rpc/rpc.ts";
import type { PublishQueue } from "./publish-queues.ts";

/** All four mean that the master has stored the message; the last three that it is not as safe as asked for. Source: SendStatus.java. */
export type SendStatus = "SEND_OK" | "FLUSH_DISK_TIMEOUT" | "SLAVE_NOT_AVAILABLE" | "FLUSH_SLAVE_TIMEOUT";

const statusByCode: Readonly<Record<number, SendStatus>> = {
  0: "SEND_OK",
  10: "FLUSH_DISK_TIMEOUT",
  11: "SLAVE_NOT_AVAILABLE",
  12: "FLUSH_SLAVE_TIMEOUT",
};

/** Where a broker has stored a message. */
export interface SendResult {
  sendStatus: SendStatus;
  /** UNIQ_KEY. */
  msgId: string;
  offsetMsgId: string;
  brokerName: string;
  queueId: number;
  queueOffset: bigint;
  /** Takes back a timed message; brokers since 5.3.1. */
  recallHandle?: string;
}

/** Reads the answer to a send; throws the error that its code stands for. Source: SendMessageResponseHeader.java. */
export function sendResult(answer: RemotingCommand, queue: PublishQueue, msgId: string): SendResult {
  const sendStatus = statusByCode[answer.code];
  if (!sendStatus) throw responseError(queue.address, answer.code, answer.remark);
  const { header } = decodeResponse(messageRpc.sendMessageV2, answer);
  return {
    sendStatus,
    msgId,
    offsetMsgId: header.msgId,
    brokerName: queue.brokerName,
    queueId: header.queueId ?? queue.queueId,
    queueOffset: header.queueOffset,
    recallHandle: header.recallHandle,
  };
}
