import { readFile } from "node:fs/promises";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { writeTopic } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { giveUp } from "../../bff/testing/give-up.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { shortId } from "../pom/message.page.ts";
import { commit, queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

const addrOf = async (cluster: RocketMQCluster) =>
  (await cluster.masters()).targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";

/** A group that gave up some messages of a topic. Answers their ids. */
async function givenUp(cluster: RocketMQCluster, topic: string, group: string, bodies: string[]): Promise<string[]> {
  await createTestTopic(cluster, { topic, readQueueNums: 1, writeQueueNums: 1 });
  await commit(cluster, group, topic, 0n);
  const addr = await addrOf(cluster);
  const ids: string[] = [];
  for (const body of bodies) {
    const { msgId } = await new Producer(cluster).send({
      topic,
      body: Buffer.from(body),
      keys: [body],
      queue: { ...queue },
    });
    const { physicalOffset } = await untilFound(cluster, topic, msgId);
    await giveUp(cluster, addr, group, { topic, msgId, physicalOffset });
    await untilFound(cluster, `%DLQ%${group}`, msgId);
    ids.push(msgId);
  }
  return ids;
}

test("dead letters of a group are found by time and by id, lead to their originals, and are saved as a file", async ({
  page,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const [topic, group] = [unique("orders"), unique("mailer")];
  const [first = "", second = ""] = await givenUp(cluster, topic, group, ["order-1", "order-2"]);
  await messages.open();
  await page.getByRole("navigation", { name: "About messages" }).getByRole("link", { name: "Dead letters" }).click();
  await page.getByLabel("Consumer group", { exact: true }).fill(group);
  await page.getByLabel("Consumer group", { exact: true }).press("Enter");
  const list = page.getByRole("region", { name: "Dead letters" });
  await expect(list).toContainText("2 dead letters in this range");
  const row = list.getByRole("row").filter({ hasText: shortId(first) });
  await expect(row).toContainText(topic);
  await expect(row).toContainText("order-1");
  await shot("dead-letters");

  await row.getByRole("link", { name: first }).click();
  const original = messages.part("Original message");
  await original.getByRole("link", { name: first }).click();
  await expect(page).toHaveURL(new RegExp(`messages/${topic}`));
  await page.goBack();
  await messages.drawer.getByRole("button", { name: "Close" }).click();

  await page.getByRole("tab", { name: "By message id" }).click();
  await page.getByLabel("Message ids").fill(`${second}, ${"0".repeat(32)}`);
  await page.getByLabel("Message ids").press("Enter");
  await expect(list).toContainText("1 dead letter");
  await expect(list).toContainText(`Not found: ${"0".repeat(32)}`);

  await page.getByRole("tab", { name: "By time" }).click();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "JSON lines, bodies as text" }).click();
  await expect(page.getByText("2 of 2 messages")).toBeVisible();
  await shot("dead-letters-export");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save the file" }).click(),
  ]);
  const lines = (await readFile(await saved.path(), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { body: string }).body)).toEqual(["order-1", "order-2"]);
});

test("a group's page has its dead letters, and a topic that may not be read is opened by a plan", async ({
  page,
  cluster,
  env,
  unique,
  shot,
}) => {
  const [topic, group] = [unique("paid"), unique("billing")];
  await givenUp(cluster, topic, group, ["paid-1"]);
  const name = `%DLQ%${group}`;
  const addr = await addrOf(cluster);
  await writeTopic(cluster, addr, { topic: name, readQueueNums: 1, writeQueueNums: 1, perm: 2, order: false });
  await page.goto(`/instances/${env.instanceId}/groups/${group}?tab=deadLetters`);
  const list = page.getByRole("region", { name: "Dead letters" });
  await expect(list).toContainText("may not be read on");
  await shot("dead-letters-write-only");
  await list.getByRole("button", { name: "Let it be read" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect
    .poll(async () => (await cluster.route(name, { fresh: true })).queueDatas.map(({ perm }) => perm))
    .toEqual([6]);
});
