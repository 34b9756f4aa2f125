import { readFile } from "node:fs/promises";
import { Producer, type SendOptions } from "../../bff/rocketmq/client/producer.ts";
import type { OutgoingMessage } from "../../bff/rocketmq/client/outgoing-message.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

async function send(cluster: RocketMQCluster, message: OutgoingMessage, options?: SendOptions): Promise<string> {
  const { msgId } = await new Producer(cluster).send(message, options);
  await untilFound(cluster, message.delayLevel === undefined ? message.topic : "SCHEDULE_TOPIC_XXXX", msgId);
  return msgId;
}

test("a message opens by keyboard, with its body in every form, its properties and its record", async ({
  page,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("detail"), readQueueNums: 1, writeQueueNums: 1 });
  const queue = { brokerName: "broker-a", queueId: 0 };
  const body = Buffer.from('{"id":9007199254740993,"lines":[{"item":"keyboard"}]}');
  await send(cluster, { topic, queue, body: Buffer.from("订单") });
  const id = await send(cluster, { topic, queue, body, tag: "PAID", keys: "k1", properties: { city: "北京" } });
  await messages.open({ tab: "id", topic, id });
  await messages.link(id).focus();
  await page.keyboard.press("Enter");
  await expect(messages.message).toBeVisible();
  await expect(page).toHaveURL(/msg=/);
  await expect(messages.part("Body")).toContainText('"id": 9007199254740993');
  await expect(messages.part("Consumption")).toContainText("No group has consumed this topic yet.");
  await expect(messages.part("Consumption").getByRole("link", { name: "Create group" })).toBeVisible();
  await expect(messages.part("Consumption").getByRole("link", { name: "Consume test" })).toHaveAttribute(
    "href",
    new RegExp(`topic=${topic}`),
  );
  await expect(messages.part("Properties").getByRole("row", { name: /^city/ })).toContainText("北京");
  await expect(messages.part("Properties").getByRole("row", { name: /^TAGS/ })).toContainText(
    "by which consumers filter",
  );
  await expect(messages.part("Record")).toContainText("Intact");
  await shot("message-drawer");
  await messages.part("Body").getByRole("button", { name: "Fold line 3" }).click();
  await expect(messages.part("Body")).not.toContainText("keyboard");
  await messages.part("Body").getByText("Hex", { exact: true }).click();
  await expect(messages.part("Body").getByRole("textbox")).toHaveValue(/^00000000 {2}7b 22 69 64/);
  const download = page.waitForEvent("download");
  await messages.part("Body").getByRole("button", { name: "Download" }).click();
  expect(await readFile(await (await download).path())).toEqual(body);
  await messages.message.getByRole("button", { name: "Previous in queue" }).click();
  await expect(messages.part("Body").getByRole("textbox")).toHaveValue("订单");
  await expect(messages.message.getByRole("button", { name: "Previous in queue" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(messages.drawer).toBeHidden();
  await expect(page).not.toHaveURL(/msg=/);
});

test("a message has a page of its own that leads on to its topic and its queue", async ({
  page,
  messages,
  cluster,
  unique,
  accessible,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("page"), readQueueNums: 1, writeQueueNums: 1 });
  const id = await send(cluster, { topic, body: Buffer.from([0, 1, 2, 255]) });
  await messages.open({ tab: "id", topic, id });
  await messages.link(id).click();
  await messages.drawer.getByRole("link", { name: "Open as a page" }).click();
  await expect(page.getByRole("heading", { name: "Message", level: 1 })).toBeVisible();
  await expect(messages.part("Body").getByRole("textbox")).toHaveValue(/^00000000 {2}00 01 02 ff/);
  await page.reload();
  await expect(messages.message).toHaveAccessibleName(id);
  await accessible();
  await messages.message.getByRole("link", { name: "Query from this offset" }).click();
  await expect(page).toHaveURL(/tab=offset/);
  await expect(messages.link(id)).toBeVisible();
});

test("a message whose queue was taken away opens, and the page says that no client gets it", async ({
  messages,
  cluster,
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("shrunk") });
  const queue = { brokerName: "broker-a", queueId: 3 };
  const id = await send(cluster, { topic, queue, body: Buffer.from("left behind"), keys: "k\u202Ek" });
  await createTestTopic(cluster, { topic, readQueueNums: 1, writeQueueNums: 1 });
  await messages.open({ tab: "id", topic, id });
  await messages.link(id).click();
  await expect(messages.part("Body").getByRole("textbox")).toHaveValue("left behind");
  await expect(messages.message).toContainText("Queue 3 of this topic on broker-a is gone");
  await expect(messages.message.getByRole("link", { name: "Query from this offset" })).toHaveCount(0);
  // Nor does a key turn what stands beside it.
  await expect(messages.message).toContainText("k[U+202E]k");
  await shot("message-of-a-removed-queue");
});

test("a body that was made to hold up the page opens like any other", async ({ messages, cluster, unique }) => {
  const topic = await createTestTopic(cluster, { topic: unique("hostile"), readQueueNums: 1, writeQueueNums: 1 });
  const queue = { brokerName: "broker-a", queueId: 0 };
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const marks = `e${"\u0301".repeat(131_000)}`;
  const first = await send(cluster, { topic, queue, body: Buffer.from(deep) });
  const others = [
    await send(cluster, { topic, queue, body: Buffer.from(marks) }),
    await send(cluster, { topic, queue, body: Buffer.from(`${"\n".repeat(262_000)}end`) }),
  ];
  await messages.open({ tab: "id", topic, id: first });
  await messages.link(first).click();
  await expect(messages.part("Body")).toContainText("nested so deeply");
  await expect(messages.part("Body")).toContainText("[[[[");
  for (const id of others) {
    await messages.message.getByRole("button", { name: "Next in queue" }).click();
    await expect(messages.message).toHaveAccessibleName(id);
    await expect(messages.part("Body").getByRole("textbox")).toBeVisible();
  }
  await messages.part("Body").getByText("Hex", { exact: true }).click();
  await expect(messages.part("Body")).toContainText("00000010  0a 0a");
});

test.describe("in Chinese, dark, on a narrow screen", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 768, height: 1024 } });

  test("a delayed message is found by the topic it was sent to, and says where it waits", async ({
    page,
    env,
    messages,
    cluster,
    unique,
    shot,
  }) => {
    const topic = await createTestTopic(cluster, { topic: unique("delay") });
    const id = await send(cluster, { topic, body: Buffer.from("later"), delayLevel: 15 });
    await page.goto(`/instances/${env.instanceId}/messages?tab=id&topic=${topic}&id=${id}`);
    await expect(page.getByRole("link", { name: id })).toBeVisible();
    await expect(page.getByText("延时中")).toBeVisible();
    await shot("message-delayed-zh-768");
    await page.getByRole("link", { name: id }).click();
    await expect(page.getByRole("article")).toContainText(
      `在 SCHEDULE_TOPIC_XXXX 中等待延时级别到期，之后投递到 ${topic}`,
    );
    await expect(messages.part("消费情况")).toContainText("此处不会投递给任何订阅组");
    await expect(messages.part("消费情况").getByRole("link", { name: `${topic} 的订阅组` })).toBeVisible();
    await expect(page.getByRole("button", { name: "推送给客户端" })).toHaveCount(0);
    await shot("message-delayed-drawer-zh-768");
  });
});
