import type { Deps } from "../../api/deps.ts";
import { apartFromGone, failuresOf } from "../../cluster/failures.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import type { TopicPlace } from "./topic-detail.ts";
import type { PlanContext, TopicState } from "./topic-plan.ts";

/** What the masters have of a topic before it is written. */
export interface Found {
  cluster: RocketMQCluster;
  state: TopicState;
  /** Configurations as they are on the wire, by broker: an update must repeat what it does not change. */
  configs: ReadonlyMap<string, TopicConfig>;
  target: PlanContext["target"];
  /** Brokers that may come back with what they have. */
  gone: string[];
}

export async function find(deps: Deps, { instanceId, topic }: TopicPlace): Promise<Found> {
  const cluster = await deps.clusters.get(instanceId);
  const [asked, groups] = await Promise.all([topicConfigs(cluster, [topic]), cluster.brokers()]);
  const keeps = await cluster.fanOut(
    asked.items.map(({ target, value }) => ({ ...target, config: value.get(topic) ?? null })),
    ({ addr }) => cluster.can(addr, "topicAttributes"),
  );
  const configs = new Map<string, TopicConfig>();
  const at = keeps.items.map(({ target: { brokerName, addr, config }, value: keepsTypes }) => {
    if (config !== null) configs.set(brokerName, config);
    return { brokerName, addr, config, keepsTypes };
  });
  const failures = failuresOf(asked.failures, keeps.failures);
  return {
    cluster,
    state: { at, failures },
    configs,
    gone: apartFromGone(failures).gone,
    target: { namesrvAddrs: cluster.namesrvAddrs, clusterName: groups[0]?.cluster ?? "" },
  };
}

/** What is kept of the topic, and of the tables of its cluster, is out of date. */
export function forgetTopic(cluster: RocketMQCluster, topic: string): void {
  cluster.forgetRoute(topic);
  forgetWritten(cluster);
}
