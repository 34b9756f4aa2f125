import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { browseByTime } from "../../bff/rocketmq/admin/message-browse.ts";
import { queryByKey } from "../../bff/rocketmq/admin/message-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { createTestTopic, eventually } from "../../bff/testing/test-topic.ts";
import { holdThose } from "../support/api-route.ts";
import { commit, queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";

const HOUR_MS = 3_600_000;

/** Messages in one queue, whose offsets are their numbers and whose key is the topic's name; returns their ids. */
async function send(cluster: RocketMQCluster, topic: string, count = 1): Promise<string[]> {
  const producer = new Producer(cluster);
  const ids: string[] = [];
  for (let n = 0; n < count; n++)
    ids.push((await producer.send({ topic, queue: { ...queue }, body: Buffer.from("x"), keys: topic })).msgId);
  await eventually("all in their queue and index", async () => {
    const asked = { topic, begin: 0, end: Date.now() + 60_000, pageSize: 1 };
    const { total } = await browseByTime(cluster, asked);
    const indexed = await queryByKey(cluster, { topic, key: topic });
    return total === BigInt(count) && indexed.items.length === count ? true : undefined;
  });
  return ids;
}

test("a range counts back from when it is chosen, not from when the page was opened", async ({
  page,
  messages,
  cluster,
  unique,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("chosen") });
  await page.clock.setFixedTime(Date.now() - HOUR_MS);
  await messages.open({ topic });
  await expect(page.getByText("No messages in this range")).toBeVisible();
  const [id = ""] = await send(cluster, topic);
  await page.clock.setFixedTime(Date.now());
  await page.getByText("15 min", { exact: true }).first().click();
  await expect(messages.link(id)).toBeVisible();
});

test("another topic is asked for up to now, and so is the same one again", async ({
  page,
  messages,
  cluster,
  unique,
}) => {
  const first = await createTestTopic(cluster, { topic: unique("first") });
  const second = await createTestTopic(cluster, { topic: unique("second") });
  const [late = ""] = await send(cluster, second);
  await page.clock.setFixedTime(Date.now() - HOUR_MS);
  await messages.open({ topic: first });
  await expect(page.getByText("No messages in this range")).toBeVisible();
  await page.clock.setFixedTime(Date.now());
  await messages.field("Topic").fill(second);
  await messages.field("Topic").press("Enter");
  await expect(page).toHaveURL(new RegExp(second));
  await expect(messages.link(late)).toBeVisible();
  await page.clock.setFixedTime(Date.now() - 2 * HOUR_MS);
  await messages.open({ topic: second });
  await expect(page.getByText("No messages in this range")).toBeVisible();
  await page.clock.setFixedTime(Date.now());
  await messages.ask();
  await expect(messages.link(late)).toBeVisible();
});

test("further pages keep the range of the first, and asking again begins a new one", async ({
  page,
  messages,
  cluster,
  unique,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("pages"), readQueueNums: 1, writeQueueNums: 1 });
  const ids = await send(cluster, topic, 60);
  await messages.open({ topic, range: "15m" });
  await expect(messages.rows).toHaveCount(50);
  await page.clock.setFixedTime(Date.now() + HOUR_MS);
  await page.getByRole("button", { name: "Older" }).click();
  await expect(messages.link(ids[0] ?? "")).toBeVisible();
  await page.clock.setFixedTime(Date.now());
  await page.reload();
  await expect(messages.rows).toHaveCount(10);
  await expect(messages.link(ids[0] ?? "")).toBeVisible();
  await page.clock.setFixedTime(Date.now() + HOUR_MS);
  await messages.ask();
  await expect(page.getByText("No messages in this range")).toBeVisible();
});

test("another key is looked for in a range up to now", async ({ page, messages, cluster, unique }) => {
  const topic = await createTestTopic(cluster, { topic: unique("key") });
  const [id = ""] = await send(cluster, topic);
  // Of a range up to now the start alone is asked for: from a page opened in the future it lies after the message.
  await page.clock.setFixedTime(Date.now() + HOUR_MS);
  await messages.open({ tab: "key", topic, key: "nobody", range: "15m" });
  await expect(page.getByText("No message has this key in this range")).toBeVisible();
  await page.clock.setFixedTime(Date.now());
  await messages.field("Key").fill(topic);
  await messages.field("Key").press("Enter");
  await expect(messages.link(id)).toBeVisible();
});

test("a refresh asks for consume states too, and those known stay until the new ones come", async ({
  page,
  messages,
  cluster,
  unique,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("states"), readQueueNums: 1, writeQueueNums: 1 });
  const group = unique("reader");
  await send(cluster, topic, 3);
  await commit(cluster, group, topic, 1n);
  await messages.open({ topic, group });
  await expect(messages.rows.getByText("Not consumed")).toHaveCount(2);
  await commit(cluster, group, topic, 3n);
  const letGo = await holdThose(page, "message/states", topic);
  const asked = page.waitForRequest("**/api/rpc/message/states");
  await page.getByRole("button", { name: "Refresh" }).click();
  await asked;
  await expect(messages.rows.getByText("Not consumed")).toHaveCount(2);
  letGo();
  await expect(messages.rows.getByText("Not consumed")).toHaveCount(0);
  await expect(messages.rows.getByText("Offset passed")).toHaveCount(3);
});

test("on a message's own page the way through its queue keeps the focus", async ({
  page,
  messages,
  env,
  cluster,
  unique,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("walk"), readQueueNums: 1, writeQueueNums: 1 });
  const ids = await send(cluster, topic, 3);
  await page.goto(`/instances/${env.instanceId}/messages/${encodeURIComponent(`${topic}@broker-a:0:0`)}`);
  await expect(messages.message).toHaveAccessibleName(ids[0] ?? "");
  const next = messages.message.getByRole("button", { name: "Next in queue" });
  await next.press("Enter");
  await expect(messages.message).toHaveAccessibleName(ids[1] ?? "");
  await expect(next).toBeFocused();
});
