import { afterAll, beforeAll, expect, it } from "vitest";
import { RocketMQCluster } from "../bff/rocketmq/cluster/cluster.ts";
import { allTopicConfigs, topicStats } from "../bff/rocketmq/admin/topic-admin.ts";
import { createTopics } from "./java-yardstick.ts";
import { sharedCluster } from "./testing/shared-cluster.ts";
import type { SharedCluster } from "./testing/shared-cluster-setup.ts";
import { startWorkload } from "./workload.ts";

const BUILD_LIMIT_MS = 240_000;
let shared: SharedCluster;
let client: RocketMQCluster;

beforeAll(async () => {
  shared = await sharedCluster();
  client = new RocketMQCluster({ namesrvAddrs: shared.namesrvAddrs, clusterName: shared.clusterName });
});
afterAll(() => client.close());

async function messagesIn(topic: string): Promise<bigint> {
  const { items } = await topicStats(client, topic);
  const offsets = items.flatMap(({ value }) =>
    value.offsetTable.map(([, { minOffset, maxOffset }]) => maxOffset - minOffset),
  );
  return offsets.reduce((sum, count) => sum + count, 0n);
}

it(
  "seeds as many messages as asked, of every kind, into topics of their type",
  { timeout: BUILD_LIMIT_MS },
  async () => {
    const workload = startWorkload(shared, { seedOnly: 64 });
    try {
      await workload.ready;
    } finally {
      await workload.stop();
    }
    const seeded = [
      ["orders", 12n],
      ["order-status", 12n],
      ["user-activity", 16n],
    ] as const;
    // A broker counts a message when its queue has it, which is after the send was answered.
    for (const [topic, count] of seeded) {
      await expect.poll(() => messagesIn(topic), { timeout: 20_000 }).toBe(count);
    }
    const types = (await allTopicConfigs(client)).items.map(({ value }) =>
      ["orders", "order-status", "payments", "payment-reminders"].map((name) =>
        value.get(name)?.attributes.get("message.type"),
      ),
    );
    expect(types).toEqual([
      ["NORMAL", "FIFO", "TRANSACTION", "DELAY"],
      ["NORMAL", "FIFO", "TRANSACTION", "DELAY"],
    ]);
  },
);

it("measures what the official admin client does, one line a round", { timeout: BUILD_LIMIT_MS }, async () => {
  const rounds = await createTopics(shared, { prefix: "yardstick-", count: 5, repeat: 2 });
  expect(rounds.map(({ name, count }) => `${name} ${count}`)).toEqual(["create-topics 5", "create-topics 5"]);
  for (const { seconds, cpuSeconds } of rounds) {
    expect(seconds).toBeGreaterThan(0);
    expect(cpuSeconds).toBeGreaterThan(0);
  }
  const configs = (await allTopicConfigs(client)).items.map(({ value }) => value.has("yardstick-r1-4"));
  expect(configs).toEqual([true, true]);
});
