import type { BrokerData } from "../rpc/namesrv.ts";
import type { Target } from "./fan-out.ts";

export interface Replica {
  /** 0 is the master; a slave may have any other number. */
  brokerId: number;
  addr: string;
  role: "master" | "slave";
}

/** The brokers that share a name. */
export interface BrokerGroup {
  brokerName: string;
  cluster: string;
  /** Masters first, then by id. */
  replicas: Replica[];
  /** Address of the master, when there is one. */
  master?: string;
}

/** A master or slave to ask. */
export interface BrokerTarget extends Target {
  brokerName: string;
  cluster: string;
  brokerId: number;
  role: "master" | "slave";
}

/** The brokers of one name, as a name server tells them. */
export function brokerGroup(data: BrokerData): BrokerGroup {
  const replicas = [...data.brokerAddrs]
    .map(([brokerId, addr]): Replica => ({ brokerId, addr, role: brokerId === 0 ? "master" : "slave" }))
    .sort((a, b) => a.brokerId - b.brokerId);
  return { brokerName: data.brokerName, cluster: data.cluster, replicas, master: data.brokerAddrs.get(0) };
}

/** A replica as someone to ask; a slave is named `broker:id`. */
export function brokerTarget(
  { brokerName, cluster }: Pick<BrokerGroup, "brokerName" | "cluster">,
  replica: Replica,
): BrokerTarget {
  const { addr, brokerId, role } = replica;
  return {
    name: role === "master" ? brokerName : `${brokerName}:${brokerId}`,
    addr,
    brokerName,
    cluster,
    brokerId,
    role,
  };
}
