import { asRocketMQError, type RocketMQError } from "../errors.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { topicRpc } from "../rpc/topic.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { BrokerTarget } from "../cluster/targets.ts";
import type { FanOut, FanOutFailure, Target } from "../cluster/fan-out.ts";
import { changeOrderConf } from "./order-conf.ts";
import { routedBy, topicConfigs } from "./topic-admin.ts";

/** When a deletion is looked at again: after a registration that was under way, and after the next one (each 30 s). */
export const LOOK_AGAIN_MS = { soon: 5000, late: 45_000 } as const;

/**
 * A broker that was just telling the name servers its topics brings back the route of one that was deleted meanwhile, for
 * good. Such a route is deleted again; where that fails, lists show the topic as one that only name servers know.
 */
export async function deleteRouteAgain(
  cluster: RocketMQCluster,
  topic: string,
): Promise<{ cameBack: boolean; failures: FanOutFailure[] }> {
  const { namesrvs, failures } = await routedBy(cluster, topic);
  if (namesrvs.length === 0) return { cameBack: false, failures };
  const configs = await topicConfigs(cluster, [topic]);
  const isThere = configs.items.some(({ value }) => value.has(topic));
  if (isThere || configs.failures.length > 0) return { cameBack: !isThere, failures: configs.failures };
  return { cameBack: true, failures: (await deleteRoute(cluster, topic)).failures };
}

/** For whom nobody waits. */
export function lookAgain(cluster: RocketMQCluster, topic: string, afterMs: readonly number[]): void {
  for (const ms of afterMs) setTimeout(() => void deleteRouteAgain(cluster, topic).catch(() => undefined), ms).unref();
}

async function deleteRoute(cluster: RocketMQCluster, topic: string): Promise<FanOut<Target, void>> {
  const clusterName = (await cluster.brokers())[0]?.cluster;
  return cluster.callAllNamesrvs(namesrvRpc.deleteTopicInNamesrv, { topic, clusterName });
}

export interface Deletion extends FanOut<Target, void> {
  /** Slaves that take no deletion themselves (before 5.0): they follow their master within some seconds. */
  following: string[];
}

/** Brokers before 5.0 say so with a code that stands for anything. */
const leavesItToMaster = ({ role }: BrokerTarget, { responseCode, remark = "" }: RocketMQError): boolean =>
  role === "slave" && responseCode === 1 && remark.includes("from slave broker");

/**
 * Deletes a topic on every master and slave, then its route and its order configuration on every name server. What it is
 * on brokers that did not do it, or that are `gone` and may come back, stays in the order configuration.
 * The route may come back (`deleteRouteAgain`).
 */
export async function deleteTopic(
  cluster: RocketMQCluster,
  topic: string,
  gone: readonly string[] = [],
): Promise<Deletion> {
  const { failures: masterless } = await cluster.masters({ fresh: true, listedOnly: true });
  const replicas = await cluster.replicas();
  const following: string[] = [];
  const onBrokers = await cluster.fanOut(replicas, async (target) => {
    try {
      await cluster.call(topicRpc.deleteTopicInBroker, target.addr, { topic });
    } catch (error) {
      if (!leavesItToMaster(target, asRocketMQError(error))) throw error;
      following.push(target.name);
    }
  });
  const onNamesrvs = await deleteRoute(cluster, topic);
  const stays = new Set([...gone, ...[...masterless, ...onBrokers.failures].map(({ target }) => target)]);
  const orders = await changeOrderConf(
    cluster,
    topic,
    (stored) => new Map([...stored].filter(([name]) => stays.has(name))),
  );
  cluster.forgetRoute(topic);
  const told = new Set(onNamesrvs.failures.map(({ target }) => target));
  return {
    items: [...onBrokers.items.filter(({ target }) => !following.includes(target.name)), ...onNamesrvs.items],
    failures: [
      ...masterless,
      ...onBrokers.failures,
      ...onNamesrvs.failures,
      ...orders.failures.filter(({ target }) => !told.has(target)),
    ],
    following,
  };
}
