import { bool, entries, int, intMap, list, long, map, obj, opt, str, type Infer } from "../codec/shape.ts";
import { ext, none, properties, rpc, type RpcTable } from "./rpc.ts";

/** One broker name: addresses by broker id, 0 is the master. Source: BrokerData.java. */
export const BrokerData = obj({
  brokerName: str,
  cluster: opt(str, ""),
  brokerAddrs: intMap(str),
  zoneName: opt(str),
  enableActingMaster: opt(bool, false),
});
export type BrokerData = Infer<typeof BrokerData>;

/** Source: ClusterInfo.java. */
export const ClusterInfo = obj({ brokerAddrTable: map(BrokerData), clusterAddrTable: map(list(str)) });
export type ClusterInfo = Infer<typeof ClusterInfo>;

/** Queues of a topic on one broker. `perm`: 4 read, 2 write. Source: QueueData.java. */
export const QueueData = obj({
  brokerName: str,
  readQueueNums: int,
  writeQueueNums: int,
  perm: int,
  topicSysFlag: opt(int, 0),
});
export type QueueData = Infer<typeof QueueData>;

/** Source: TopicRouteData.java. */
export const TopicRouteData = obj({
  brokerDatas: list(BrokerData),
  queueDatas: list(QueueData),
  orderTopicConf: opt(str),
});
export type TopicRouteData = Infer<typeof TopicRouteData>;

/** Source: TopicList.java. */
export const TopicList = obj({ topicList: list(str), brokerAddr: opt(str) });
export type TopicList = Infer<typeof TopicList>;

/** Source: KVTable.java. */
export const KVTable = obj({ table: map(str) });
export type KVTable = Infer<typeof KVTable>;

/** A queue as a key. Source: MessageQueue.java. */
export const MessageQueue = obj({ topic: str, brokerName: str, queueId: int });
export type MessageQueue = Infer<typeof MessageQueue>;

/** Version of a table on a server. Source: DataVersion.java. */
export const DataVersion = obj({ counter: opt(long, 0n), timestamp: opt(long, 0n), stateVersion: opt(long, 0n) });
export type DataVersion = Infer<typeof DataVersion>;

/** Queue → value. */
export const byQueue = <T>(shape: Parameters<typeof entries<MessageQueue, T>>[1]) => entries(MessageQueue, shape);

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
  deleteKvConfig: rpc({ code: 102, to: "namesrv", header: { namespace: str, key: str }, response: none }),
  /** 17 when the topic is unknown. */
  getRouteInfoByTopic: rpc({
    code: 105,
    to: "namesrv",
    header: { topic: str, acceptStandardJsonOnly: opt(bool) },
    response: TopicRouteData,
  }),
  getBrokerClusterInfo: rpc({ code: 106, to: "namesrv", header: {}, response: ClusterInfo }),
  getAllTopicListFromNameserver: rpc({ code: 206, to: "namesrv", header: {}, response: TopicList }),
  deleteTopicInNamesrv: rpc({
    code: 216,
    to: "namesrv",
    header: { topic: str, clusterName: opt(str) },
    response: none,
  }),
  getTopicsByCluster: rpc({ code: 224, to: "namesrv", header: { cluster: str }, response: TopicList }),
  getSystemTopicListFromNs: rpc({ code: 304, to: "namesrv", header: {}, response: TopicList }),
  getNamesrvConfig: rpc({ code: 319, to: "namesrv", header: {}, response: properties }),
} as const satisfies RpcTable;
