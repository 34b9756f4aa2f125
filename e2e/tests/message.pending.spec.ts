import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { sendInTransaction } from "../../bff/rocketmq/client/transaction.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { expect, test } from "../support/test.ts";

const HOUR_MS = 3_600_000;

test("a timed message stands in the calendar of the next hours and is recalled from there", async ({
  page,
  cluster,
  api,
  env: { instanceId },
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("timed"), readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster);
  const deliverAt = Date.now() + 3 * HOUR_MS;
  const queue = { brokerName: "broker-a", queueId: 0 };
  const { msgId } = await producer.send({ topic, queue, body: Buffer.from("later"), deliverAt });
  const level = await producer.send({ topic, queue, body: Buffer.from("soon"), delayLevel: 17 });
  const waiting = async (id: string) => (await api.pending.timed({ instanceId })).items.find((one) => one.msgId === id);
  const listed = async () => (await api.pending.timed({ instanceId })).items.map((item) => item.msgId);
  await expect.poll(listed, { timeout: 30_000 }).toContain(msgId);
  await expect.poll(listed, { timeout: 30_000 }).toContain(level.msgId);
  await page.goto(`/instances/${instanceId}/messages/pending`);
  const hours = page.getByRole("region", { name: "Due by hour" });
  const rowOf = (id: string) => page.getByRole("row").filter({ has: page.getByRole("link", { name: id }) });
  const chooseHourOf = async (id: string) => {
    const hour = Math.floor(((await waiting(id))?.dueAt ?? 0) / HOUR_MS) * HOUR_MS;
    await hours
      .locator(`li:has(time[datetime="${new Date(hour).toISOString()}"])`)
      .getByRole("button")
      .click();
    await expect(page).toHaveURL(new RegExp(`hour=${hour}`));
  };
  await chooseHourOf(level.msgId);
  await expect(rowOf(level.msgId)).toContainText("delay level 17");
  await chooseHourOf(msgId);
  const row = rowOf(msgId);
  await expect(row).toContainText(topic);
  await shot("message-pending-timed");
  await row.getByRole("button", { name: "Recall…" }).click();
  const drawer = page.getByRole("dialog", { name: "Recall this message" });
  await expect(drawer.getByRole("complementary")).toContainText("nothing more");
  await shot("message-pending-recall");
  await drawer.getByRole("button", { name: "Recall it" }).click();
  await expect(drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  await drawer.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect.poll(listed, { timeout: 30_000 }).not.toContain(msgId);
  await expect(row).toBeHidden();
  const empty = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 500 * HOUR_MS;
  await page.goto(`/instances/${instanceId}/messages/pending?hour=${empty}`);
  await expect(page.getByText("No message is due in this hour")).toBeVisible();
  await expect(hours.getByRole("button", { pressed: true })).toHaveText(/00–\d\d:000$/);
  await shot("message-pending-empty-hour");
  await page.getByRole("button", { name: "Show all hours" }).click();
  await expect(page).not.toHaveURL(/hour=/);
});

test("an undecided transaction is pending, and what waits by a level cannot be recalled from its page", async ({
  page,
  cluster,
  api,
  env: { instanceId },
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("half"), readQueueNums: 1, writeQueueNums: 1 });
  const group = unique("p-half");
  const { msgId } = await sendInTransaction(
    new Producer(cluster, { group }),
    { topic, body: Buffer.from("undecided") },
    "unknown",
  );
  const listed = async () => (await api.pending.half({ instanceId })).items.map((item) => item.msgId);
  await expect.poll(listed, { timeout: 30_000 }).toContain(msgId);
  await page.goto(`/instances/${instanceId}/messages/pending?tab=half`);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: msgId }) });
  await expect(row).toContainText(group);
  await expect(row).toContainText("nobody online here");
  await expect(row).toContainText("of 15");
  await shot("message-pending-half");
  await page.getByRole("tab", { name: "Discarded" }).click();
  await expect(page.getByText("Half messages that a broker gave up")).toBeVisible();
  await shot("message-pending-discarded");
});

test.describe("on a narrow screen, in Chinese and in the dark", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 768, height: 1024 } });

  test("what waits fits", async ({ page, env: { instanceId }, shot }) => {
    await page.goto(`/instances/${instanceId}/messages/pending`);
    await expect(page.getByRole("heading", { name: "待投递消息", level: 1 })).toBeVisible();
    await expect(page.getByText("带延时或定时发送的消息")).toBeVisible();
    await shot("message-pending-zh-dark-768");
  });
});
