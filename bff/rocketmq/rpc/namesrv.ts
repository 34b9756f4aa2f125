import {
  bool,
  checked,
  entries,
  int,
  list,
  long,
  map,
  numMap,
  obj,
  opt,
  queueNums,
  str,
  TABLE_MAX,
  text,
  type Infer,
} from "../codec/shape.ts";
import { NAMES_BODY_MAX, ext, none, rpc, type RpcTable } from "./rpc.ts";

/** Far more than anybody runs; each of them is asked. */
const BROKERS_MAX = 4096;
const ADDRESSES_MAX = 8192;
/** Of one topic on all brokers: each of them may be asked. */
export const QUEUES_MAX = 65_536;
/** Of a group on one broker, over all of its topics. */
const OFFSETS_MAX = 262_144;
/** A topic, group, broker or cluster: RocketMQ allows 255 characters before it adds a prefix. */
export const name = text(511);
const address = text(511);

/** One broker name: addresses by broker id, 0 is the master. Source: BrokerData.java. */
export const BrokerData = obj({
  brokerName: name,
  cluster: opt(name, ""),
  brokerAddrs: numMap(address, ADDRESSES_MAX),
  zoneName: opt(str),
  enableActingMaster: opt(bool, false),
});
export type BrokerData = Infer<typeof BrokerData>;

/** Source: ClusterInfo.java. */
export const ClusterInfo = checked(
  obj({
    brokerAddrTable: map(BrokerData, BROKERS_MAX),
    clusterAddrTable: map(list(name, BROKERS_MAX), BROKERS_MAX),
  }),
  `at most ${ADDRESSES_MAX} brokers`,
  ({ brokerAddrTable }) => sumOf(brokerAddrTable.values(), ({ brokerAddrs }) => brokerAddrs.size) <= ADDRESSES_MAX,
);
export type ClusterInfo = Infer<typeof ClusterInfo>;

/** Queues of a topic on one broker. `perm`: 4 read, 2 write. Source: QueueData.java. */
export const QueueData = obj({
  brokerName: name,
  readQueueNums: queueNums,
  writeQueueNums: queueNums,
  perm: int,
  topicSysFlag: opt(int, 0),
});
export type QueueData = Infer<typeof QueueData>;

/** Source: TopicRouteData.java. */
export const TopicRouteData = checked(
  obj({
    brokerDatas: list(BrokerData, BROKERS_MAX),
    queueDatas: list(QueueData, BROKERS_MAX),
    orderTopicConf: opt(str),
  }),
  `at most ${QUEUES_MAX} queues`,
  ({ queueDatas }) =>
    sumOf(queueDatas, ({ readQueueNums, writeQueueNums }) => Math.max(readQueueNums, writeQueueNums)) <= QUEUES_MAX,
);
export type TopicRouteData = Infer<typeof TopicRouteData>;

/** Source: TopicList.java. */
export const TopicList = obj({ topicList: list(name, TABLE_MAX), brokerAddr: opt(str) });
export type TopicList = Infer<typeof TopicList>;

/** Source: KVTable.java. */
export const KVTable = obj({ table: map(str) });
export type KVTable = Infer<typeof KVTable>;

/** A queue as a key. Source: MessageQueue.java. */
export const MessageQueue = obj({ topic: name, brokerName: name, queueId: int });
export type MessageQueue = Infer<typeof MessageQueue>;

/** Version of a table on a server. Source: DataVersion.java. */
export const DataVersion = obj({ counter: opt(long, 0n), timestamp: opt(long, 0n), stateVersion: opt(long, 0n) });
export type DataVersion = Infer<typeof DataVersion>;

/** Queue → value. */
export const byQueue = <T>(shape: Parameters<typeof entries<MessageQueue, T>>[1]) =>
  entries(MessageQueue, shape, OFFSETS_MAX);

function sumOf<T>(items: Iterable<T>, count: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += count(item);
  return sum;
}

/** Name server RPCs. Source: RequestCode.java, namesrv/processor/DefaultRequestProcessor.java, ClientRequestProcessor.java. */
export const namesrvRpc = {
  putKvConfig: rpc({ code: 100, to: "namesrv", header: { namespace: str, key: str, value: str }, response: none }),
  /** 22 when absent. */
  getKvConfig: rpc({
    code: 101,
    to: "namesrv",
    header: { namespace: str, key: str },
    response: ext({ value: opt(str) }),
    accept: [22],
  }),
  /** All keys of a namespace; 22 when there is none. */
  getKvListByNamespace: rpc({
    code: 219,
    to: "namesrv",
    header: { namespace: str },
    bodyMax: NAMES_BODY_MAX,
    response: obj({ table: map(str, TABLE_MAX) }),
  }),
  deleteKvConfig: rpc({ code: 102, to: "namesrv", header: { namespace: str, key: str }, response: none }),
  /** 17 when the topic is unknown. */
  getRouteInfoByTopic: rpc({
    code: 105,
    to: "namesrv",
    header: { topic: str, acceptStandardJsonOnly: opt(bool) },
    response: TopicRouteData,
  }),
  getBrokerClusterInfo: rpc({ code: 106, to: "namesrv", header: {}, response: ClusterInfo }),
  deleteTopicInNamesrv: rpc({
    code: 216,
    to: "namesrv",
    header: { topic: str, clusterName: opt(str) },
    response: none,
  }),
  getTopicsByCluster: rpc({
    code: 224,
    to: "namesrv",
    header: { cluster: str },
    bodyMax: NAMES_BODY_MAX,
    response: TopicList,
  }),
} as const satisfies RpcTable;
