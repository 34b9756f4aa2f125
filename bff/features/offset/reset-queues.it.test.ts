import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { createTestTopic } from "../../testing/test-topic.ts";
import { readQueues, type AskedReset } from "./reset-queues.ts";

vi.setConfig({ hookTimeout: 180_000 });

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;
beforeAll(async () => {
  sandbox = await startCluster({ version: "4.9.7" });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: 10_000 });
});
afterAll(async () => {
  cluster.close();
  await sandbox.stop();
});

test("a broker before 5.0 that says 0 of a queue without an offset is not believed, and of one with an offset of 0 it is", async () => {
  const topic = await createTestTopic(cluster, { readQueueNums: 2, writeQueueNums: 2 });
  const [group, nobody] = [`${topic}-g`, `${topic}-nobody`];
  for (const groupName of [group, nobody]) await writeGroupEverywhere(cluster, { groupName, patch: {} });
  const addr = sandbox.brokers[0]?.addr ?? "";
  const header = { consumerGroup: group, topic, queueId: 1, commitOffset: 0n };
  await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
  const asked: AskedReset = {
    instanceId: "i",
    topic,
    group,
    to: "group",
    fromGroup: nobody,
    partial: false,
    who: "ada",
  };
  const read = (of: Partial<AskedReset>) =>
    readQueues(cluster, { ...asked, ...of }, { items: [], failures: [] }, Date.now());
  const { queues, failures } = await read({});
  expect(failures).toEqual([]);
  expect(queues.map(({ queueId, committed, target }) => [queueId, committed, target])).toEqual([
    [0, null, undefined],
    [1, 0n, undefined],
  ]);
  const copied = await read({ group: nobody, fromGroup: group });
  expect(copied.queues.map(({ committed, target }) => [committed, target])).toEqual([
    [null, undefined],
    [null, 0n],
  ]);
});
