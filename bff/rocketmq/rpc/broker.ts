import { bool, epochMs, int, list, long, map, obj, opt, str, TABLE_MAX, type Infer } from "../codec/shape.ts";
import { KVTable } from "./namesrv.ts";
import { LIST_BODY_MAX, none, properties, propertiesBody, rpc, type RpcTable } from "./rpc.ts";

/** Replication to one slave, as its master sees it; `diff` in bytes. Source: HARuntimeInfo.HAConnectionRuntimeInfo. */
export const HAConnectionInfo = obj({
  addr: str,
  slaveAckOffset: opt(long, 0n),
  diff: opt(long, 0n),
  inSync: opt(bool, false),
  transferredByteInSecond: opt(long, 0n),
  transferFromWhere: opt(long, 0n),
});
export type HAConnectionInfo = Infer<typeof HAConnectionInfo>;

/** Replication as a slave sees it. Source: HARuntimeInfo.HAClientRuntimeInfo. */
export const HAClientRuntimeInfo = obj({
  masterAddr: opt(str),
  transferredByteInSecond: opt(long, 0n),
  maxOffset: opt(long, 0n),
  lastReadTimestamp: opt(epochMs, 0),
  lastWriteTimestamp: opt(epochMs, 0),
  masterFlushOffset: opt(long, 0n),
});

/** Source: HARuntimeInfo.java. */
export const HARuntimeInfo = obj({
  master: opt(bool, false),
  masterCommitLogMaxOffset: opt(long, 0n),
  inSyncSlaveNums: opt(int, 0),
  haConnectionInfo: list(HAConnectionInfo),
  haClientRuntimeInfo: opt(HAClientRuntimeInfo),
});
export type HARuntimeInfo = Infer<typeof HARuntimeInfo>;

/** Messages that wait for a time of their own, by the topic that they were sent to. Source: TimerMetrics.java. */
export const TimerMetrics = obj({ timingCount: map(obj({ count: opt(long, 0n) }), TABLE_MAX) });

/** Broker RPCs. Source: RequestCode.java, AdminBrokerProcessor.java. */
export const brokerRpc = {
  /** 0 also when a value is bad and ignored: read 26 afterwards. The broker rewrites its file. */
  updateBrokerConfig: rpc({ code: 25, to: "broker", header: {}, body: propertiesBody, response: none }),
  /** Holds passwords in clear text: mask before anything leaves this process. */
  getBrokerConfig: rpc({ code: 26, to: "broker", header: {}, response: properties }),
  getBrokerRuntimeInfo: rpc({ code: 28, to: "broker", header: {}, response: KVTable }),
  /** Since 5.0; 1 where timers are off. */
  getTimerMetrics: rpc({ code: 61, to: "broker", header: {}, bodyMax: LIST_BODY_MAX, response: TimerMetrics }),
  /** Since 5.0. */
  getBrokerHaStatus: rpc({ code: 907, to: "broker", header: {}, response: HARuntimeInfo }),
} as const satisfies RpcTable;
