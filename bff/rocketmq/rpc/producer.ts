import { epochMs, int, list, map, obj, opt, str, TABLE_MAX, type Infer } from "../codec/shape.ts";
import { ClientConnection } from "./group.ts";
import { jsonBody, none, rpc, type RpcTable } from "./rpc.ts";

/** `remoteIP` has a leading slash. Source: ProducerInfo.java. */
export const ProducerInfo = obj({
  clientId: str,
  remoteIP: opt(str, ""),
  language: opt(str),
  version: opt(int, 0),
  lastUpdateTimestamp: opt(epochMs, 0),
});
export type ProducerInfo = Infer<typeof ProducerInfo>;

/** Body of a heartbeat of a producer. Source: HeartbeatData.java. */
export interface HeartbeatData {
  clientID: string;
  producerDataSet: { groupName: string }[];
  consumerDataSet: never[];
}

/** Producer RPCs. Source: RequestCode.java, ClientManageProcessor.java, AdminBrokerProcessor.java. */
export const producerRpc = {
  heartBeat: rpc({
    code: 34,
    to: "broker",
    header: {},
    body: (value: HeartbeatData) => jsonBody(value),
    response: none,
  }),
  unregisterClient: rpc({
    code: 35,
    to: "broker",
    header: { clientID: str, producerGroup: opt(str), consumerGroup: opt(str) },
    response: none,
  }),
  /** Of one group, whose whole name has to be known; code 1 where none of it is connected. */
  getProducerConnectionList: rpc({
    code: 204,
    to: "broker",
    header: { producerGroup: str },
    response: obj({ connectionSet: list(ClientConnection) }),
  }),
  /** Since 4.9.4. */
  getAllProducerInfo: rpc({
    code: 328,
    to: "broker",
    header: {},
    response: obj({ data: map(list(ProducerInfo), TABLE_MAX) }),
  }),
} as const satisfies RpcTable;
