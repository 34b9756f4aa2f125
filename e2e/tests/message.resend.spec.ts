import type { Page } from "@playwright/test";
import { writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicStats } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { PullConsumer } from "../../bff/rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { giveUp } from "../../bff/testing/give-up.ts";
import { createTestTopic, eventually, untilInQueues } from "../../bff/testing/test-topic.ts";
import { expect, test } from "../support/test.ts";

const QUEUE = { brokerName: "broker-a", queueId: 0 };

async function inChineseAndDark(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem("rocketdeck.lang", "zh-CN");
    localStorage.setItem("rocketdeck.theme", "dark");
  });
}

const pageOf = (instanceId: string, topic: string, offset: number) =>
  `/instances/${instanceId}/messages/${encodeURIComponent(`${topic}@${QUEUE.brokerName}:0:${offset}`)}`;

/** Messages of a topic that a group has given up, and a topic of them. */
async function deadLetters(cluster: RocketMQCluster, name: string, bodies: readonly string[]) {
  const topic = await createTestTopic(cluster, { topic: name, readQueueNums: 1, writeQueueNums: 1 });
  const group = `${name}-group`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === QUEUE.brokerName)?.addr ?? "";
  const producer = new Producer(cluster);
  for (const body of bodies)
    await producer.send({
      topic,
      body: Buffer.from(body),
      tag: "NEW",
      keys: "k1",
      properties: { city: "上海" },
      queue: QUEUE,
    });
  await untilInQueues(cluster, topic, bodies.length);
  const { messages } = await new PullConsumer(cluster).pull({ topic, ...QUEUE }, 0n);
  for (const { msgId, physicalOffset } of messages)
    await giveUp(cluster, addr, group, { topic, msgId, physicalOffset });
  await eventually("they are dead letters", () =>
    untilInQueues(cluster, `%DLQ%${group}`, bodies.length).catch(() => undefined),
  );
  return { topic, group };
}

async function stored(cluster: RocketMQCluster, topic: string): Promise<bigint> {
  const { items } = await topicStats(cluster, topic);
  return items.flatMap(({ value }) => value.offsetTable).reduce((sum, [, { maxOffset }]) => sum + maxOffset, 0n);
}

test("a dead letter is sent once more by its plan, and its page says so; a second time nothing goes", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const { topic, group } = await deadLetters(cluster, unique("resend"), ["first", "second"]);
  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await page.getByRole("button", { name: "Resend…" }).click();
  const drawer = page.getByRole("dialog", { name: `Resend dead letters of ${group}` });
  await expect(drawer.getByText("1 dead letter is sent once more.")).toBeVisible();
  await expect(drawer.getByText(`To ${topic}`)).toBeVisible();
  await shot("message-resend-plan");
  await drawer.getByText("This group alone").click();
  await expect(drawer.getByText(/retry topic of .* reconsumeTimes begins at 0/)).toBeVisible();
  await drawer.getByText("The original topic").click();
  await expect(drawer.getByText(`To ${topic}`)).toBeVisible();
  await drawer.getByRole("button", { name: "Resend", exact: true }).click();
  await expect(page).toHaveURL(/messages\/resent\//);
  await expect(page.getByRole("heading", { name: `Resend dead letters of ${group}`, level: 1 })).toBeVisible();
  await expect(page.getByText("SEND_OK")).toBeVisible();
  await shot("message-resent");
  await untilInQueues(cluster, topic, 3);
  expect(await stored(cluster, topic)).toBe(3n);

  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await expect(page.getByText(new RegExp(`Sent once more to ${topic} by admin`))).toBeVisible();
  await page.getByRole("button", { name: "Resend…" }).click();
  await expect(drawer.getByText("1 is left out: it was sent before.")).toBeVisible();
  await expect(drawer.getByRole("button", { name: "Resend", exact: true })).toBeDisabled();
  expect(await stored(cluster, topic)).toBe(3n);
});

test("a copy is edited and sent as a new message, which is opened then", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const { topic, group } = await deadLetters(cluster, unique("copy"), ['{"amount":1}']);
  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await page.getByRole("button", { name: "Send a copy…" }).click();
  const drawer = page.getByRole("dialog", { name: "Send a copy as a new message" });
  await drawer.getByLabel("Tag").fill("MENDED");
  await drawer.getByLabel("Edit the body").check();
  await drawer.getByLabel("Body", { exact: true }).fill('{"amount":2}');
  await expect(drawer.getByText("Body, Tag")).toBeVisible();
  await shot("message-copy-plan");
  await drawer.getByRole("button", { name: "Send", exact: true }).click();
  await drawer.getByRole("button", { name: "Open the copy" }).click();
  await expect(page.getByRole("article").getByText("MENDED").first()).toBeVisible();
  await untilInQueues(cluster, topic, 2);
  const end = await stored(cluster, topic);
  expect(end).toBe(2n);
});

test("a delayed copy leads to where it waits, and its dead letter says until when", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const { topic, group } = await deadLetters(cluster, unique("later"), ["later"]);
  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await page.getByRole("button", { name: "Send a copy…" }).click();
  const drawer = page.getByRole("dialog", { name: "Send a copy as a new message" });
  await drawer.getByLabel("Delay in seconds").fill("7200");
  await expect(drawer.getByText(/^not before .*, if sent now$/)).toBeVisible();
  await shot("message-copy-delayed");
  await drawer.getByRole("button", { name: "Send", exact: true }).click();
  await drawer.getByRole("button", { name: "See where it is" }).click();
  await expect(page).toHaveURL(/messages\/pending\?hour=\d+/);
  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await expect(page.getByRole("link", { name: /^Waits until / })).toBeVisible();
  await page.goto(`/instances/${instanceId}/messages/dead-letters?group=${group}`);
  await expect(page.getByRole("link", { name: /^Waits until / })).toBeVisible();
  await shot("message-dead-letters-sent-again");
  expect(await stored(cluster, topic)).toBe(1n);
});

test("a sample leads to the rest, and one that was all says so", async ({ page, env, cluster, unique, shot }) => {
  const { instanceId } = env;
  const { group } = await deadLetters(cluster, unique("sample"), ["1", "2", "3", "4", "5", "6"]);
  await page.goto(`/instances/${instanceId}/messages/dead-letters?group=${group}`);
  await page.getByRole("button", { name: "Resend all that match…" }).click();
  const drawer = page.getByRole("dialog", { name: `Resend dead letters of ${group}` });
  await expect(drawer.getByText("Stored, of the 5 that go")).toBeVisible();
  await drawer.getByText("This group alone").click();
  await expect(drawer.getByText(`To %RETRY%${group}`)).toBeVisible();
  await shot("message-resend-sample");
  await drawer.getByRole("button", { name: "Resend the sample" }).click();
  await expect(page.getByRole("columnheader", { name: "What became of it" })).toBeInViewport();
  await expect(page.getByRole("button", { name: "Resend the rest…" })).toBeVisible();
  await page.setViewportSize({ width: 768, height: 900 });
  await expect(page.getByRole("columnheader", { name: "What became of it" })).toBeInViewport({ ratio: 1 });
  await shot("message-resent-sample-768");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("link", { name: "Its dead letters" }).click();
  await expect(page.getByRole("link", { name: "What became of it" })).toHaveCount(5);
  await shot("dead-letters-sent-again-1280");
  await page.getByRole("checkbox", { name: `Select %DLQ%${group}@broker-a:0:5` }).check();
  await page.getByRole("button", { name: "Resend 1 selected…" }).click();
  await drawer.getByRole("button", { name: "Resend", exact: true }).click();
  await expect(page.getByText("SEND_OK")).toBeVisible();
  await expect(page.getByRole("button", { name: "Resend the rest…" })).toHaveCount(0);
});

test("the drawers hold in Chinese, in the dark and on a narrow screen", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const { group } = await deadLetters(cluster, unique("looks"), ["正文"]);
  await inChineseAndDark(page);
  await page.setViewportSize({ width: 768, height: 900 });
  await page.goto(pageOf(instanceId, `%DLQ%${group}`, 0));
  await page.getByRole("button", { name: "重发…" }).click();
  await expect(page.getByText("将重发 1 条死信。")).toBeVisible();
  await shot("message-resend-zh-dark-768");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "发送副本…" }).click();
  await expect(page.getByText("按存储内容原样发送")).toBeVisible();
  await shot("message-copy-zh-dark-768");
});
