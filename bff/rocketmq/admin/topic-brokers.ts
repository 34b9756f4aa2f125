import { asRocketMQError, RocketMQError } from "../errors.ts";
import type { TopicRouteData } from "../rpc/namesrv.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { replicaAddrs, type ReplicaAddrs } from "../cluster/replicas.ts";

/** A broker that has queues of a topic. */
export interface TopicBroker extends ReplicaAddrs {
  readQueues: number;
  writeQueues: number;
  perm: number;
}

const READ = 4;

/** Whether its messages may be pulled: the permission of the topic there. */
export const isReadable = ({ perm }: Pick<TopicBroker, "perm">): boolean => (perm & READ) !== 0;

/** Of a broker that has the topic and does not let it be read. */
export const notReadable = (topic: string, { brokerName }: Pick<TopicBroker, "brokerName">): FanOutFailure => ({
  target: brokerName,
  error: new RocketMQError("TOPIC_NOT_READABLE", `${topic} cannot be read on ${brokerName}`),
});

export interface TopicBrokers {
  brokers: TopicBroker[];
  /** Brokers that vanished, which may have more of it. */
  gone: FanOutFailure[];
}

/**
 * Where a topic is, for somebody who looks: read anew, since a route that is kept for sending misses what another tool changed and who died.
 * Throws TOPIC_NOT_EXIST unless a broker is gone: name servers forget a topic along with the last broker that had it.
 */
export async function topicBrokers(
  cluster: RocketMQCluster,
  topic: string,
  signal?: AbortSignal,
): Promise<TopicBrokers> {
  let missing: unknown;
  const route = await cluster.route(topic, { fresh: true, signal }).catch((error: unknown) => {
    if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
    missing = error;
  });
  const brokers = route === undefined ? [] : brokersOf(cluster, route);
  // After the route: one that dies in between is in the route, and whoever asks it is told.
  const gone = await cluster.goneMasters({ fresh: true, signal });
  if (missing !== undefined && gone.length === 0) throw missing;
  return { brokers, gone };
}

function brokersOf(cluster: RocketMQCluster, route: TopicRouteData): TopicBroker[] {
  const datas = new Map(route.brokerDatas.map((data) => [data.brokerName, data]));
  return route.queueDatas.flatMap(({ brokerName, readQueueNums, writeQueueNums, perm }) => {
    const data = datas.get(brokerName);
    if (data === undefined || (cluster.clusterName !== undefined && data.cluster !== cluster.clusterName)) return [];
    const addrs = replicaAddrs(brokerName, data.brokerAddrs);
    return [{ ...addrs, readQueues: readQueueNums, writeQueues: writeQueueNums, perm }];
  });
}
