import { expect, it } from "vitest";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { sharedCluster } from "./shared-cluster.ts";

it("is one cluster of two masters and a slave, whoever asks and however often", async () => {
  const [one, other] = await Promise.all([sharedCluster(), sharedCluster()]);
  expect(other).toEqual(one);
  const cluster = new RocketMQCluster({ namesrvAddrs: one.namesrvAddrs, clusterName: one.clusterName });
  try {
    const groups = await cluster.brokers({ fresh: true });
    const roles = groups.flatMap((group) => group.replicas.map((replica) => `${group.brokerName} ${replica.role}`));
    expect(roles.toSorted()).toEqual(["broker-a master", "broker-a slave", "broker-b master"]);
  } finally {
    cluster.close();
  }
});
