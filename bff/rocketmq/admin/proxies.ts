import { asRocketMQError, RocketMQError } from "../errors.ts";
import { groupRpc } from "../rpc/group.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { brokerGroup } from "../cluster/targets.ts";
import type { FanOutFailure, Target } from "../cluster/fan-out.ts";

/** The topic by which proxies in cluster mode tell each other of their clients, and the group each of them reads it with. Source: HeartbeatSyncer.java, AbstractSystemMessageSyncer.java. */
const SYNCER_TOPIC = "DefaultHeartBeatSyncerTopic";
const SYNCER_GROUP = `CID_${SYNCER_TOPIC}`;

/**
 * gRPC clients of a proxy in cluster mode are known to no broker. Any one proxy knows those of all; where none is given,
 * each proxy that is connected is a failure (GRPC_CLIENTS_UNSEEN), since nobody can say whom it serves.
 */
export async function unseenClients(
  cluster: RocketMQCluster,
  proxyRemotingAddrs: readonly string[],
): Promise<FanOutFailure[]> {
  if (proxyRemotingAddrs.length > 0) return [];
  let brokers: Target[];
  try {
    brokers = await syncerBrokers(cluster);
  } catch (error) {
    const failure = asRocketMQError(error);
    return failure.code === "TOPIC_NOT_EXIST" ? [] : [{ target: failure.address ?? SYNCER_TOPIC, error: failure }];
  }
  const asked = await cluster.fanOut(brokers, ({ addr }) => proxiesAt(cluster, addr));
  const proxies = new Set(asked.items.flatMap(({ value }) => value));
  return [...asked.failures, ...[...proxies].sort().map(unseenBehind)];
}

/** A broker of each name that has the topic: every proxy is connected to all of them. */
async function syncerBrokers(cluster: RocketMQCluster): Promise<Target[]> {
  const { brokerDatas } = await cluster.route(SYNCER_TOPIC);
  return brokerDatas.flatMap((data) => {
    const { brokerName, replicas } = brokerGroup(data);
    const [first] = replicas;
    return first === undefined ? [] : [{ name: brokerName, addr: first.addr }];
  });
}

/** Hosts of the proxies that are connected to a broker. */
async function proxiesAt(cluster: RocketMQCluster, addr: string): Promise<string[]> {
  try {
    const { connectionSet } = await cluster.call(groupRpc.getConsumerConnectionList, addr, {
      consumerGroup: SYNCER_GROUP,
    });
    return connectionSet.map(({ clientAddr }) => clientAddr.slice(0, clientAddr.lastIndexOf(":")));
  } catch (error) {
    if (asRocketMQError(error).code === "CONSUMER_NOT_ONLINE") return [];
    throw error;
  }
}

const unseenBehind = (host: string): FanOutFailure => ({
  target: host,
  error: new RocketMQError("GRPC_CLIENTS_UNSEEN", `A proxy at ${host} serves clients that no broker knows`, {
    address: host,
  }),
});
