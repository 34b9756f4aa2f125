import { afterAll, beforeAll, expect, test } from "vitest";
import { startOracle } from "../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { backlogOf } from "../cluster/backlog.ts";
import { delayAt } from "../rocketmq/admin/group-delay.ts";
import { groupOffsets } from "../rocketmq/admin/group-offsets.ts";
import { dlqTopicOf } from "../rocketmq/admin/dead-letters.ts";
import { viewByQueueOffset } from "../rocketmq/admin/message-admin.ts";
import { deleteGroup, writeGroupEverywhere } from "../rocketmq/admin/group-admin.ts";
import { writeTopic } from "../rocketmq/admin/topic-admin.ts";
import { deleteTopic } from "../rocketmq/admin/topic-deletion.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { brokerRpc } from "../rocketmq/rpc/broker.ts";
import { topicRpc } from "../rocketmq/rpc/topic.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import { giveUp } from "../testing/give-up.ts";
import { eventually, untilInQueues, untilRouted } from "../testing/test-topic.ts";
import { addConsumeStats } from "./sweep-groups.ts";
import { StatsSweep } from "./stats-sweep.ts";

const TOPIC = "SweepOrders";
const GROUP = "sweep-billing";
const RETRY = `%RETRY%${GROUP}`;
const SENT = 40;

let cluster: RocketMQCluster;
let namesrvAddrs: readonly string[];

const sweepOf = () =>
  new StatsSweep({
    clusterOf: () => Promise.resolve(cluster),
    now: Date.now,
    proxiesOf: () => Promise.resolve([]),
    callsPerSecond: 1000,
    tell: () => {},
    onError: () => {},
  });

beforeAll(async () => {
  const shared = await sharedCluster();
  namesrvAddrs = shared.namesrvAddrs;
  cluster = new RocketMQCluster({ namesrvAddrs });
  const { targets } = await cluster.masters();
  for (const { addr } of targets) {
    for (const topic of [TOPIC, RETRY]) {
      await writeTopic(cluster, addr, { topic, readQueueNums: 2, writeQueueNums: 2, perm: 6, order: false });
    }
  }
  await writeGroupEverywhere(cluster, { groupName: GROUP, patch: {} });
  // mqadmin finds the brokers of a group by the route of its retry topic.
  for (const topic of [TOPIC, RETRY]) await untilRouted(cluster, topic, targets.length);
  const producer = new Producer(cluster);
  for (let i = 0; i < SENT; i++) await producer.send({ topic: TOPIC, body: Buffer.from(`order ${i}`) });
  await untilInQueues(cluster, TOPIC, SENT);
  for (const { addr } of targets) {
    for (const queueId of [0, 1]) {
      const header = { consumerGroup: GROUP, topic: TOPIC, queueId, commitOffset: 3n };
      await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
    }
    const retry = { consumerGroup: GROUP, topic: RETRY, queueId: 0, commitOffset: 0n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, retry);
  }
});

afterAll(async () => {
  for (const topic of [TOPIC, RETRY]) await deleteTopic(cluster, topic);
  await deleteGroup(cluster, GROUP, true);
  cluster.close();
});

test("the sweep knows what every topic holds", async () => {
  const { byName, failures } = await sweepOf().topics("i");
  expect(failures).toEqual([]);
  expect(byName.get(TOPIC)).toMatchObject({ maxOffset: BigInt(SENT), minOffset: 0n });
  expect(byName.get(TOPIC)?.lastUpdateAt).toBeGreaterThan(Date.now() - 120_000);
});

test("the lag of a group is the one that mqadmin consumerProgress prints", async () => {
  const { byName } = await sweepOf().groups("i");
  const oracle = await startOracle({ version: "5.5.0", namesrvAddrs });
  // The tool gives a name server some seconds, and prints nothing where that was too short.
  const total = await eventually("mqadmin tells the lag", async () => {
    const printed = await oracle.mqadmin("consumerProgress", ["-g", GROUP]).catch(String);
    return /Consume Diff Total:\s*(\d+)/.exec(printed)?.[1];
  }).finally(() => void oracle.stop());
  expect(total).toBe(String(SENT - 4 * 3));
  expect(byName.get(GROUP)?.lag.toString()).toBe(total);
  expect(byName.get(GROUP)?.topics.get(TOPIC)?.lag.toString()).toBe(total);
}, 120_000);

test("the sweep has the same figures of a group as a look at it alone", async () => {
  const { byName } = await sweepOf().groups("i");
  const { items } = await groupOffsets(cluster, GROUP);
  const sums: Parameters<typeof addConsumeStats>[0] = new Map();
  for (const { value } of items) addConsumeStats(sums, GROUP, value);
  expect(byName.get(GROUP)).toEqual(sums.get(GROUP));
  expect([...(byName.get(GROUP)?.topics.keys() ?? [])].sort()).toEqual([RETRY, TOPIC].sort());
});

test("queues that a group has not begun are a figure of their own, at masters too where it has no offset at all", async () => {
  const group = "sweep-never";
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const { targets } = await cluster.masters();
  const [first, second] = await Promise.all(
    targets.map(
      async ({ addr }) => (await cluster.call(topicRpc.getTopicStatsInfo, addr, { topic: TOPIC })).offsetTable,
    ),
  );
  const ends = new Map(first?.map(([{ queueId }, { maxOffset }]) => [queueId, maxOffset]));
  const commit = { consumerGroup: group, topic: TOPIC, queueId: 0, commitOffset: (ends.get(0) ?? 0n) + 50n };
  await cluster.call(offsetRpc.updateConsumerOffset, targets[0]?.addr ?? "", commit);
  const never = (ends.get(1) ?? 0n) + (second ?? []).reduce((sum, [, { maxOffset }]) => sum + maxOffset, 0n);
  const expected = { lag: 0n, neverConsumed: never, neverConsumedQueues: 3, beyondEndQueues: 1, offsets: 1 };
  const { byName } = await sweepOf().groups("i");
  expect(byName.get(group)).toMatchObject(expected);
  const alone = await groupOffsets(cluster, group);
  expect(backlogOf(alone.items.flatMap(({ value }) => value.queues))).toMatchObject(expected);
  await deleteGroup(cluster, group, true);
});

test("how far a group is behind in time is the age of its oldest message that waits, not of the last it consumed", async () => {
  const { addr, brokerName } = (await cluster.masters()).targets[0] ?? { addr: "", brokerName: "" };
  const message = await viewByQueueOffset(cluster, { topic: TOPIC, brokerName, queueId: 0 }, 3n);
  const before = Date.now() - (message?.storeTimestamp ?? 0);
  const delay = await delayAt(cluster, addr, { group: GROUP, topic: TOPIC, someWithout: false });
  expect(delay).toBeGreaterThanOrEqual(before);
  const { byName } = await sweepOf().delays("i");
  expect(byName.get(GROUP)).toBeGreaterThanOrEqual(before);
});

test("of dead letters it is known when the oldest was stored, and how long the broker keeps it", async () => {
  const { addr, brokerName } = (await cluster.masters()).targets[0] ?? { addr: "", brokerName: "" };
  const [dlq, sweep] = [dlqTopicOf(GROUP), sweepOf()];
  for (const at of [0n, 1n]) {
    const { msgId, physicalOffset } = await viewByQueueOffset(cluster, { topic: TOPIC, brokerName, queueId: 0 }, at);
    await giveUp(cluster, addr, GROUP, { topic: TOPIC, msgId, physicalOffset });
    await untilInQueues(cluster, dlq, Number(at) + 1);
  }
  const oldest = await viewByQueueOffset(cluster, { topic: dlq, brokerName, queueId: 0 }, 0n);
  const hours = Number((await cluster.call(brokerRpc.getBrokerConfig, addr, {})).get("fileReservedTime"));
  const kept = { oldestAt: oldest.storeTimestamp, until: oldest.storeTimestamp + hours * 3_600_000 };
  const first = await sweep.topics("i", { maxAgeMs: 0 });
  expect(first.byName.get(dlq)?.kept).toEqual(kept);
  expect(first.byName.get(TOPIC)?.kept, "of dead letters alone").toBeUndefined();
  await expect.poll(() => Date.now()).toBeGreaterThan(first.at);
  const again = await sweep.topics("i", { maxAgeMs: 0 });
  expect(again.byName.get(dlq)?.kept, "as long as the queue begins where it did").toEqual(kept);
  await deleteTopic(cluster, dlq);
});

test("all who ask share one sweep, and an older one is not repeated unless its age matters", async () => {
  const sweep = sweepOf();
  const [a, b] = await Promise.all([sweep.groups("i"), sweep.groups("i", { maxAgeMs: 0 })]);
  expect(a).toBe(b);
  expect(await sweep.groups("i")).toBe(a);
  await expect.poll(() => Date.now()).toBeGreaterThan(a.at);
  expect(await sweep.groups("i", { maxAgeMs: 0 })).not.toBe(a);
});
