import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveJars } from "../../sandbox/jars.ts";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { deleteGroup, writeGroupEverywhere } from "../rocketmq/admin/group-admin.ts";
import { writeTopic } from "../rocketmq/admin/topic-admin.ts";
import { deleteTopic } from "../rocketmq/admin/topic-deletion.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { groupRpc } from "../rocketmq/rpc/group.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import { untilInQueues, untilRouted } from "../testing/test-topic.ts";
import { addConsumeStats } from "./sweep-groups.ts";
import { StatsSweep } from "./stats-sweep.ts";

const TOPIC = "SweepOrders";
const GROUP = "sweep-billing";
const RETRY = `%RETRY%${GROUP}`;
const SENT = 40;

let cluster: RocketMQCluster;
let namesrvAddr: string;

const sweepOf = () =>
  new StatsSweep({
    clusterOf: () => Promise.resolve(cluster),
    now: Date.now,
    callsPerSecond: 1000,
    tell: () => {},
    onError: () => {},
  });

async function mqadmin(...args: string[]): Promise<string> {
  const classPath = await resolveJars("5.5.0");
  const flags = ["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath];
  const main = "org.apache.rocketmq.tools.command.MQAdminStartup";
  const { stdout } = await promisify(execFile)("java", [...flags, main, ...args, "-n", namesrvAddr], {
    env: { ...process.env, ROCKETMQ_HOME: "/nonexistent" },
  });
  return stdout;
}

beforeAll(async () => {
  const shared = await sharedCluster();
  namesrvAddr = shared.namesrvAddrs.join(";");
  cluster = new RocketMQCluster({ namesrvAddrs: shared.namesrvAddrs });
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
  const printed = await mqadmin("consumerProgress", "-g", GROUP);
  const total = /Consume Diff Total:\s*(\d+)/.exec(printed)?.[1];
  expect(total, printed).toBe(String(SENT - 4 * 3));
  expect(byName.get(GROUP)?.lag.toString()).toBe(total);
  expect(byName.get(GROUP)?.topics.get(TOPIC)?.lag.toString()).toBe(total);
}, 120_000);

test("figures of every group are those of one code 208 without a topic", async () => {
  const { byName } = await sweepOf().groups("i");
  const { items } = await cluster.onMasters(({ addr }) =>
    cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: GROUP }),
  );
  const sums: Parameters<typeof addConsumeStats>[0] = new Map();
  for (const { value } of items) addConsumeStats(sums, GROUP, value);
  expect(byName.get(GROUP)).toEqual(sums.get(GROUP));
  expect([...(byName.get(GROUP)?.topics.keys() ?? [])].sort()).toEqual([RETRY, TOPIC].sort());
});

test("all who ask share one sweep, and an older one is not repeated unless its age matters", async () => {
  const sweep = sweepOf();
  const [a, b] = await Promise.all([sweep.groups("i"), sweep.groups("i", { maxAgeMs: 0 })]);
  expect(a).toBe(b);
  expect(await sweep.groups("i")).toBe(a);
  await expect.poll(() => Date.now()).toBeGreaterThan(a.at);
  expect(await sweep.groups("i", { maxAgeMs: 0 })).not.toBe(a);
});
