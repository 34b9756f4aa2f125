import { bool, epochMs, int, long, num, obj, opt, str, text } from "../codec/shape.ts";
import { ext, none, rawBody, reply, rpc, type RpcTable } from "./rpc.ts";

/** Ids of all messages of a batch. */
const ids = text(1_048_576);

const sendReply = reply({
  msgId: opt(ids, ""),
  queueId: opt(int),
  queueOffset: opt(long, 0n),
  transactionId: opt(str),
  batchUniqId: opt(ids),
  recallHandle: opt(str),
});

/** Ext fields of a send, by their short names. Source: SendMessageRequestHeaderV2.java. */
const sendHeader = {
  /** producerGroup */ a: str,
  /** topic */ b: str,
  /** defaultTopic */ c: str,
  /** defaultTopicQueueNums */ d: int,
  /** queueId */ e: int,
  /** sysFlag */ f: int,
  /** bornTimestamp */ g: num,
  /** flag */ h: int,
  /** properties */ i: opt(str),
  /** reconsumeTimes */ j: opt(int),
  /** unitMode */ k: opt(bool),
  /** maxReconsumeTimes */ l: opt(int),
  /** batch */ m: opt(bool),
  /** brokerName */ n: opt(str),
};

const STORED_ALTHOUGH = [10, 11, 12];

/** Message RPCs. Source: RequestCode.java, PullMessageProcessor.java, QueryMessageProcessor.java, SendMessageProcessor.java. */
export const messageRpc = {
  /** 19 nothing yet, 20 nothing matched, 21 offset moved: read on at nextBeginOffset. */
  pullMessage: rpc({
    code: 11,
    to: "broker",
    header: {
      consumerGroup: str,
      topic: str,
      queueId: int,
      queueOffset: long,
      maxMsgNums: int,
      sysFlag: int,
      commitOffset: long,
      suspendTimeoutMillis: num,
      subVersion: long,
      subscription: opt(str),
      expressionType: opt(str),
      maxMsgBytes: opt(int),
    },
    response: reply({
      nextBeginOffset: opt(long, 0n),
      minOffset: opt(long, 0n),
      maxOffset: opt(long, 0n),
      suggestWhichBrokerId: opt(num),
    }),
    accept: [19, 20, 21],
  }),
  /** 22 when nothing was found. Matched by hash: filter the result by topic and key. */
  queryMessage: rpc({
    code: 12,
    to: "broker",
    header: {
      topic: str,
      key: str,
      maxNum: int,
      beginTimestamp: long,
      endTimestamp: long,
      _UNIQUE_KEY_QUERY: opt(bool),
      indexType: opt(str),
    },
    response: reply({ indexLastUpdateTimestamp: opt(epochMs), indexLastUpdatePhyoffset: opt(long) }),
    accept: [22],
  }),
  getEarliestMsgStoreTime: rpc({
    code: 32,
    to: "broker",
    header: { topic: str, queueId: int },
    response: ext({ timestamp: epochMs }),
  }),
  /** One stored message by its physical offset; 1 when there is none. */
  viewMessageById: rpc({ code: 33, to: "broker", header: { offset: long, topic: opt(str) }, response: reply({}) }),
  /** commitOrRollback: 8 commit, 12 rollback, 0 unknown. */
  endTransaction: rpc({
    code: 37,
    to: "broker",
    header: {
      topic: opt(str),
      producerGroup: str,
      tranStateTableOffset: long,
      commitLogOffset: long,
      commitOrRollback: int,
      fromTransactionCheck: opt(bool),
      msgId: opt(str),
      transactionId: opt(str),
    },
    response: none,
  }),
  /** Puts a discarded half message back among those that the broker asks about. `msgId` is the offsetMsgId, of which only the offset counts. */
  resumeHalfMessage: rpc({ code: 323, to: "broker", header: { topic: str, msgId: str }, response: none }),
  /** Since 5.3.1; 16 unless `recallMessageEnable`, 604 where the handle does not fit. Source: RecallMessageProcessor.java. */
  recallMessage: rpc({
    code: 370,
    to: "broker",
    header: { producerGroup: str, topic: str, recallHandle: str },
    response: none,
  }),
  /** 10, 11, 12: stored, but not flushed or not replicated in time. */
  sendMessageV2: rpc({
    code: 310,
    to: "broker",
    header: sendHeader,
    body: rawBody,
    response: sendReply,
    accept: STORED_ALTHOUGH,
  }),
  sendBatchMessage: rpc({
    code: 320,
    to: "broker",
    header: sendHeader,
    body: rawBody,
    response: sendReply,
    accept: STORED_ALTHOUGH,
  }),
} as const satisfies RpcTable;

/** Request of a broker to a registered producer: what became of this half message? Source: CheckTransactionStateRequestHeader.java. */
export const CHECK_TRANSACTION_STATE = 39;

/** Ext fields of CHECK_TRANSACTION_STATE. */
export const CheckTransactionStateHeader = obj({
  topic: opt(str),
  tranStateTableOffset: long,
  commitLogOffset: long,
  msgId: opt(str),
  transactionId: opt(str),
  offsetMsgId: opt(str),
});
