import { afterEach, expect, test } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { untilRouted } from "../../testing/test-topic.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { producerRpc } from "../rpc/producer.ts";
import { topicRpc } from "../rpc/topic.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { testConnection } from "./connection-test.ts";
import { groupTopics, writeGroup } from "./group-admin.ts";
import { writeTopic } from "./topic-admin.ts";

let sandbox: SandboxCluster | undefined;
let cluster: RocketMQCluster | undefined;
afterEach(async () => {
  cluster?.close();
  await sandbox?.stop();
});

test.each(["5.5.1", "5.3.3", "5.1.4", "4.9.7"] as const)(
  "a broker of %s is read and written by the same rows",
  async (version) => {
    sandbox = await startCluster({ version });
    cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: 10_000 });
    const addr = sandbox.brokers[0]?.addr ?? "";
    await writeTopic(cluster, addr, { topic: "it-old", readQueueNums: 3, writeQueueNums: 3, perm: 6, order: false });
    await writeGroup(cluster, addr, { groupName: "it-old-group", patch: { retryMaxTimes: 5 } });
    await writeGroup(cluster, addr, { groupName: "it-old-group", patch: { consumeEnable: false } });
    const commit = { consumerGroup: "it-old-group", topic: "it-old", queueId: 2, commitOffset: 0n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, commit);

    const { topicConfigTable } = await cluster.call(topicRpc.getAllTopicConfig, addr, {});
    expect(topicConfigTable.get("it-old")).toMatchObject({ readQueueNums: 3, perm: 6 });
    const { subscriptionGroupTable } = await cluster.call(groupRpc.getAllSubscriptionGroupConfig, addr, {});
    expect(subscriptionGroupTable.get("it-old-group")?.config).toMatchObject({
      retryMaxTimes: 5,
      consumeEnable: false,
    });
    const stats = await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic: "it-old" });
    expect(stats.offsetTable).toHaveLength(3);
    const progress = await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: "it-old-group" });
    expect(progress.offsetTable.map(([queue]) => queue.topic)).toContain("it-old");
    expect((await groupTopics(cluster, "it-old-group")).topics).toContain("it-old");
    expect((await cluster.call(producerRpc.getAllProducerInfo, addr, {})).data).toBeInstanceOf(Map);
    expect((await cluster.call(brokerRpc.getBrokerConfig, addr, {})).get("brokerName")).toBe("broker-a");
    expect((await untilRouted(cluster, "it-old", 1)).queueDatas).toMatchObject([
      { brokerName: "broker-a", writeQueueNums: 3 },
    ]);
    await expect
      .poll(() => cluster && testConnection(cluster), { timeout: 20_000 })
      .toMatchObject({ ok: true, brokers: [{ version, reachable: true }] });
  },
  180_000,
);
