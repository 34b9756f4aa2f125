import { afterEach, expect, test } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { untilInQueues, untilRouted } from "../../testing/test-topic.ts";
import { Producer } from "../client/producer.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { messageRpc } from "../rpc/message.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { producerRpc } from "../rpc/producer.ts";
import { topicRpc } from "../rpc/topic.ts";
import type { Capability } from "../cluster/capabilities.ts";
import type { RocketMQError } from "../errors.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { testConnection } from "./connection-test.ts";
import { groupTable, groupTopics, writeGroup } from "./group-admin.ts";
import { committedAt } from "./queue-offsets.ts";
import { lookIntoShutQueue } from "./shut-queue.ts";
import { topicTable, writeTopic } from "./topic-admin.ts";

let sandbox: SandboxCluster | undefined;
let cluster: RocketMQCluster | undefined;
afterEach(async () => {
  cluster?.close();
  await sandbox?.stop();
});

const NOT_EVERYWHERE = ["timers", "exactTimeSearch", "createManyTopics", "createManyGroups"] as const;

/** Requests by which a broker shows what its version promises; an empty list creates nothing. */
const shown = {
  topicAttributes: (cluster, addr) => cluster.call(topicRpc.getTopicConfig, addr, { topic: "it-old", lo: true }),
  topicsOfGroup: (cluster, addr) => cluster.call(groupRpc.queryTopicsByConsumer, addr, { group: "it-old-group" }),
  assignQueues: (cluster, addr) =>
    cluster.call(groupRpc.queryAssignment, addr, {}, { body: { topic: "it-old", consumerGroup: "it-old-group" } }),
  listProducers: (cluster, addr) => cluster.call(producerRpc.getAllProducerInfo, addr, {}),
  haStatus: (cluster, addr) => cluster.call(brokerRpc.getBrokerHaStatus, addr, {}),
  createManyTopics: (cluster, addr) =>
    cluster.call(topicRpc.updateAndCreateTopicList, addr, {}, { body: { topicConfigList: [] } }),
  createManyGroups: (cluster, addr) =>
    cluster.call(groupRpc.updateAndCreateSubscriptionGroupList, addr, {}, { body: { groupConfigList: [] } }),
  recall: (cluster, addr) =>
    cluster.call(messageRpc.recallMessage, addr, { producerGroup: "it-old", topic: "it-old", recallHandle: "none" }),
} satisfies Partial<Record<Capability, (cluster: RocketMQCluster, addr: string) => Promise<unknown>>>;

const storedGroup = async (cluster: RocketMQCluster, addr: string) =>
  (await groupTable(cluster, addr)).get("it-old-group")?.config;

test.each(["5.5.1", "5.3.3", "5.1.4", "4.9.7"] as const)(
  "a broker of %s is read and written by the same rows",
  async (version) => {
    sandbox = await startCluster({ version });
    const seen = (cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: 10_000 }));
    const addr = sandbox.brokers[0]?.addr ?? "";
    // Before anything was asked of the broker.
    const typed = await cluster.can(addr, "topicAttributes");
    expect(typed).toBe(version !== "4.9.7");
    const [exact, many] = [version !== "4.9.7", version !== "4.9.7" && version !== "5.1.4"];
    expect(await Promise.all(NOT_EVERYWHERE.map((one) => seen.can(addr, one)))).toEqual([typed, exact, many, many]);
    await writeTopic(cluster, addr, {
      topic: "it-old",
      readQueueNums: 3,
      writeQueueNums: 3,
      perm: 6,
      order: false,
      attributes: ["+message.type=FIFO"],
    });
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
    const never = await committedAt(cluster, addr, { topic: "it-old", queueId: 0 }, "it-old-group");
    expect(never, "an offset where none was committed").toBe((await cluster.can(addr, "tellsNoOffset")) ? null : 0n);
    const progress = await cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: "it-old-group" });
    expect(progress.offsetTable.map(([queue]) => queue.topic)).toContain("it-old");
    const ofTopics = { consumerGroup: "it-old-group", topicList: "it-old;it-old-other" };
    const listed = await cluster.call(groupRpc.getConsumeStats, addr, ofTopics);
    if (await cluster.can(addr, "statsOfTopics"))
      expect(listed.offsetTable.map(([queue]) => queue.topic)).toEqual(["it-old", "it-old", "it-old"]);
    expect((await groupTopics(cluster, "it-old-group")).topics).toContain("it-old");
    expect((await cluster.call(producerRpc.getAllProducerInfo, addr, {})).data).toBeInstanceOf(Map);
    expect((await cluster.call(brokerRpc.getBrokerConfig, addr, {})).get("brokerName")).toBe("broker-a");
    expect((await untilRouted(cluster, "it-old", 1)).queueDatas).toMatchObject([
      { brokerName: "broker-a", writeQueueNums: 3 },
    ]);
    for (const [capability, ask] of Object.entries(shown)) {
      const other = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
      const promised = await other.can(addr, capability as keyof typeof shown);
      const does = await ask(other, addr).then(
        () => true,
        (error: unknown) => (error as RocketMQError).code !== "REQUEST_CODE_NOT_SUPPORTED",
      );
      expect([capability, does]).toEqual([capability, promised]);
      if (!does) {
        const sent: number[] = [];
        other.observe(({ code }) => sent.push(code));
        await expect(ask(other, addr)).rejects.toMatchObject({ code: "REQUEST_CODE_NOT_SUPPORTED" });
        expect(sent, "a request that a broker does not know is asked once").toEqual([]);
      }
      other.close();
    }
    const [topic, group] = [(await topicTable(cluster, addr)).get("it-old"), await storedGroup(cluster, addr)];
    expect(topic?.attributes.get("message.type")).toBe(typed ? "FIFO" : undefined);
    expect(group?.groupRetryPolicy !== undefined).toBe(await cluster.can(addr, "groupRetryPolicy"));
    const queue = { topic: "it-old", brokerName: "broker-a", queueId: 2 };
    await new Producer(cluster).send({ topic: "it-old", body: Buffer.from("left behind"), queue });
    await untilInQueues(cluster, "it-old", 1);
    await writeTopic(cluster, addr, { topic: "it-old", readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false });
    const at = { brokerName: "broker-a", master: addr, slaves: [] };
    const left = await lookIntoShutQueue(cluster, at, queue, 0n);
    expect(left).toMatchObject({ minOffset: 0n, maxOffset: 1n });
    expect(left?.message?.storedBody.toString()).toBe("left behind");
    expect(await lookIntoShutQueue(cluster, at, queue, 7n)).toBeNull();
    expect(await lookIntoShutQueue(cluster, at, { ...queue, queueId: 99 }, 0n)).toBeUndefined();
    await expect
      .poll(() => cluster && testConnection(cluster), { timeout: 20_000 })
      .toMatchObject({ ok: true, brokers: [{ version, reachable: true }] });
  },
  180_000,
);
