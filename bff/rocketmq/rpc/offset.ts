import { bool, int, intMap, list, long, map, obj, opt, str, TABLE_MAX, type Infer } from "../codec/shape.ts";
import { byQueue } from "./namesrv.ts";
import { LIST_BODY_MAX, ext, none, rpc, type RpcTable } from "./rpc.ts";

/** Offsets by `topic@group`, then by queue. Source: ConsumerOffsetSerializeWrapper.java. */
export const ConsumerOffsetTable = obj({
  offsetTable: map(intMap(long), TABLE_MAX),
  pullOffsetTable: map(intMap(long), TABLE_MAX),
});
export type ConsumerOffsetTable = Infer<typeof ConsumerOffsetTable>;

const offset = ext({ offset: long });

/** Where messages of a queue lie in the commit log, and the queue's bounds. Source: QueryConsumeQueueResponseBody.java. */
export const ConsumeQueuePart = obj({
  minQueueIndex: long,
  maxQueueIndex: long,
  queueData: opt(list(obj({ physicOffset: long })), []),
});

/** Offset RPCs. Source: RequestCode.java, AdminBrokerProcessor.java, ConsumerManageProcessor.java. */
export const offsetRpc = {
  /** No offset when the group never committed one (22). */
  queryConsumerOffset: rpc({
    code: 14,
    to: "broker",
    header: { consumerGroup: str, topic: str, queueId: int, setZeroIfNotFound: opt(bool) },
    response: ext({ offset: opt(long) }),
    accept: [22],
  }),
  updateConsumerOffset: rpc({
    code: 15,
    to: "broker",
    header: { consumerGroup: str, topic: str, queueId: int, commitOffset: long },
    response: none,
  }),
  /** `timestamp` in epoch ms; `boundaryType` LOWER or UPPER since 5.0. */
  searchOffsetByTimestamp: rpc({
    code: 29,
    to: "broker",
    header: { topic: str, queueId: int, timestamp: long, boundaryType: opt(str) },
    response: offset,
  }),
  getMaxOffset: rpc({
    code: 30,
    to: "broker",
    header: { topic: str, queueId: int, committed: opt(bool) },
    response: offset,
  }),
  getMinOffset: rpc({ code: 31, to: "broker", header: { topic: str, queueId: int }, response: offset }),
  /** Of a queue that the topic has no more, too. No body where it begins beyond the end; 1 where there never was such a queue. */
  queryConsumeQueue: rpc({
    code: 321,
    to: "broker",
    header: { topic: str, queueId: int, index: long, count: int },
    response: opt(ConsumeQueuePart),
  }),
  getAllConsumerOffset: rpc({
    code: 43,
    to: "broker",
    header: {},
    bodyMax: LIST_BODY_MAX,
    response: ConsumerOffsetTable,
  }),
  /** `timestamp` in epoch ms, -1 the latest; `queueId` and `offset` since 5.x. */
  invokeBrokerToResetOffset: rpc({
    code: 222,
    to: "broker",
    header: { topic: str, group: str, timestamp: long, isForce: bool, queueId: opt(int), offset: opt(long) },
    response: obj({ offsetTable: byQueue(long) }),
  }),
} as const satisfies RpcTable;
