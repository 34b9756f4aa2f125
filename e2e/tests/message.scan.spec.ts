import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { viewByQueueOffset } from "../../bff/rocketmq/admin/message-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { createTestTopic, untilInQueues } from "../../bff/testing/test-topic.ts";
import { queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";

const COUNT = 60;

async function topicWith(cluster: RocketMQCluster, topic: string): Promise<void> {
  await createTestTopic(cluster, { topic, readQueueNums: 2, writeQueueNums: 2 });
  const producer = new Producer(cluster);
  for (let n = 0; n < COUNT; n++) {
    await producer.send({
      topic,
      queue: { ...queue },
      body: Buffer.from(JSON.stringify({ order: n, user: { city: n % 20 === 0 ? "北京" : "上海" } })),
      tag: n % 2 === 0 ? "PAID" : "OPEN",
      keys: `${topic}-${n}`,
      properties: { region: "eu" },
    });
  }
  await untilInQueues(cluster, topic, COUNT);
}

test("messages are found by what they hold: the filter is checked as it is typed, the cost told before, and the link opens the same scan", async ({
  page,
  messages,
  cluster,
  known,
  unique,
  env,
  shot,
}) => {
  const topic = unique("scan");
  await topicWith(cluster, topic);
  await known(topic);
  await page.goto(`/instances/${env.instanceId}/messages/scan`);
  await expect(page.getByText("Find messages by what they hold")).toBeVisible();
  await shot("message-scan-empty");
  await messages.field("Topic").fill(topic);
  await expect(page.getByText(`${COUNT} messages, about`)).toBeVisible();
  const filter = messages.field("Filter");
  await filter.fill('tag = "PAID"');
  await expect(page.getByText("Equality is ==.")).toBeVisible();
  await expect(filter).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("button", { name: "Start scan" })).toBeDisabled();
  await filter.fill("bod");
  await page.locator(".rd-scan-offer").getByText("body.json", { exact: true }).click();
  await expect(filter).toHaveValue("body.json");
  await filter.fill('tag == "PAID" && body.json.user.city == "北京"');
  await expect(page.getByText("brokers send those tagged PAID alone")).toBeVisible();
  await page.getByRole("button", { name: "Start scan" }).click();
  await expect(page.getByText("Read to the end")).toBeVisible();
  await expect(page.getByText("3 hits")).toBeVisible();
  await expect(messages.rows).toHaveCount(3);
  await shot("message-scan-hits");

  await page.reload();
  await expect(filter).toHaveValue('tag == "PAID" && body.json.user.city == "北京"');
  await page.getByRole("button", { name: "Start scan" }).click();
  await expect(messages.rows).toHaveCount(3);
  await messages.rows.first().getByRole("link").click();
  await expect(messages.drawer.getByText("Would a filter take it?")).toBeVisible();
  await shot("message-scan-drawer");
});

test("whether a subscription would take a message is what its broker says", async ({
  page,
  messages,
  cluster,
  unique,
  env,
  shot,
}) => {
  const topic = unique("would");
  await topicWith(cluster, topic);
  const place = { topic, ...queue };
  const stored = await viewByQueueOffset(cluster, place, 0n);
  expect(stored.tags).toBe("PAID");
  await page.goto(
    `/instances/${env.instanceId}/messages/${encodeURIComponent(`${topic}@${queue.brokerName}:${queue.queueId}:0`)}`,
  );
  const section = messages.part("Would a filter take it?");
  const ask = async (expression: string) => {
    await section.getByLabel("Subscription expression").fill(expression);
    await section.getByRole("button", { name: "Ask the broker" }).click();
  };
  await ask("PAID || OTHER");
  await expect(section.getByText("Taken", { exact: true })).toBeVisible();
  await ask("OPEN");
  await expect(section.getByText("Left out", { exact: true })).toBeVisible();
  await section.getByText("SQL92", { exact: true }).click();
  await ask("region = 'eu'");
  await expect(section.getByText("Taken", { exact: true })).toBeVisible();
  await ask("region = ");
  await expect(section.getByText("Refused", { exact: true })).toBeVisible();
  await shot("message-would-match");
});
