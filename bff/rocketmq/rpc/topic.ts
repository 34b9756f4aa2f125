import {
  bool,
  double,
  epochMs,
  int,
  list,
  long,
  map,
  obj,
  opt,
  str,
  TABLE_MAX,
  tableSize,
  type Infer,
} from "../codec/shape.ts";
import { byQueue, name } from "./namesrv.ts";
import { bodyAndExt, dataVersion, jsonBody, none, rpc, type RpcTable } from "./rpc.ts";

/** Source: TopicConfig.java. `perm`: 8 priority, 4 read, 2 write, 1 inherit. A route alone says which queues there are to ask; one topic out of order must not hide the others. */
export const TopicConfig = obj({
  topicName: name,
  readQueueNums: int,
  writeQueueNums: int,
  perm: int,
  topicFilterType: opt(str, "SINGLE_TAG"),
  topicSysFlag: opt(int, 0),
  order: opt(bool, false),
  attributes: map(str),
});
export type TopicConfig = Infer<typeof TopicConfig>;

/** Source: TopicConfigAndMappingSerializeWrapper.java. `dataVersion` is echoed as it came when paging. */
export const TopicConfigTable = obj({ topicConfigTable: map(TopicConfig, TABLE_MAX), dataVersion });
export type TopicConfigTable = Infer<typeof TopicConfigTable>;

/** `lastUpdateTimestamp` 0: nothing was ever written. Source: TopicOffset.java. */
export const TopicOffset = obj({ minOffset: long, maxOffset: long, lastUpdateTimestamp: epochMs });
export type TopicOffset = Infer<typeof TopicOffset>;

/** Source: TopicStatsTable.java; `topicPutTps` since 5.3. */
export const TopicStatsTable = obj({ offsetTable: byQueue(TopicOffset), topicPutTps: opt(double) });
export type TopicStatsTable = Infer<typeof TopicStatsTable>;

/** Source: GroupList.java. */
export const GroupList = obj({ groupList: list(name, TABLE_MAX) });
export type GroupList = Infer<typeof GroupList>;

/** Topic RPCs. Source: RequestCode.java, AdminBrokerProcessor.java. */
export const topicRpc = {
  /** `attributes`: comma list of `+key=value` and `-key`, changes only. To every master. */
  updateAndCreateTopic: rpc({
    code: 17,
    to: "broker",
    header: {
      topic: str,
      defaultTopic: str,
      readQueueNums: int,
      writeQueueNums: int,
      perm: int,
      topicFilterType: str,
      topicSysFlag: opt(int),
      order: bool,
      attributes: opt(str),
    },
    response: none,
  }),
  /** Since 5.3; a body `{ topicConfigList }`, attributes as `{ "+key": value }`. Succeeds without doing the rest when one of them is as it is stored. */
  updateAndCreateTopicList: rpc({ code: 18, to: "broker", header: {}, body: jsonBody, response: none }),
  /** Since 5.0; 17 when absent. */
  getTopicConfig: rpc({ code: 351, to: "broker", header: { topic: str, lo: opt(bool) }, response: TopicConfig }),
  /** The whole table when no field is given; paged since 5.3.4, then `topicSeq` is always needed. */
  getAllTopicConfig: rpc({
    code: 21,
    to: "broker",
    header: { topicSeq: opt(int), dataVersion: opt(str), maxTopicNum: opt(int) },
    response: bodyAndExt(TopicConfigTable, { totalTopicNum: opt(tableSize) }),
  }),
  getTopicStatsInfo: rpc({ code: 202, to: "broker", header: { topic: str }, response: TopicStatsTable }),
  /** To every master and slave; 0 also when unknown. */
  deleteTopicInBroker: rpc({ code: 215, to: "broker", header: { topic: str }, response: none }),
  queryTopicConsumeByWho: rpc({ code: 300, to: "broker", header: { topic: str }, response: GroupList }),
} as const satisfies RpcTable;
