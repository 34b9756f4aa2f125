import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { browseByTime } from "../../bff/rocketmq/admin/message-browse.ts";
import { queryByKey } from "../../bff/rocketmq/admin/message-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { createTestTopic, eventually } from "../../bff/testing/test-topic.ts";
import { commit, queue } from "../support/one-queue.ts";
import { shortId } from "../pom/message.page.ts";
import { expect, test } from "../support/test.ts";
import { untilFound, untilIndexed } from "../support/until.ts";

/** A topic with messages in one queue, whose offsets are their numbers, all of them in the index too. */
async function topicWith(cluster: RocketMQCluster, topic: string, count: number): Promise<string[]> {
  await createTestTopic(cluster, { topic, readQueueNums: 2, writeQueueNums: 2 });
  const producer = new Producer(cluster);
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const body = Buffer.from(JSON.stringify({ order: n, lines: [{ item: "keyboard" }] }));
    const message = {
      topic,
      queue: { ...queue },
      body,
      tag: "PAID",
      keys: `${topic}-${n}`,
      properties: { city: "北京" },
    };
    ids.push((await producer.send(message)).msgId);
  }
  await eventually("all in their queue", async () => {
    const page = await browseByTime(cluster, { topic, begin: 0, end: Date.now() + 60_000, pageSize: 1 });
    return page.total === BigInt(count) ? true : undefined;
  });
  await untilIndexed(cluster, topic, `${topic}-${count - 1}`);
  return ids;
}

test("the newest messages of a topic come page by page, with the states of a group", async ({
  page,
  messages,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("browse");
  const group = unique("reader");
  const ids = await topicWith(cluster, topic, 60);
  await commit(cluster, group, topic, 58n);
  await known(topic);
  await messages.open();
  await expect(page.getByText("Choose a topic to see its newest messages.")).toBeVisible();
  await messages.pickTopic(topic);
  await expect(messages.rows).toHaveCount(50);
  await expect(page.getByText("60 messages in this range")).toBeVisible();
  await expect(messages.rows.first()).toContainText(shortId(ids[59]));
  await messages.choose("Consume state for", group);
  await expect(messages.rows.nth(1)).toContainText("Not consumed");
  await expect(messages.rows.nth(2)).toContainText("Offset passed");
  await expect(messages.rows.getByText("Not consumed")).toHaveCount(2);
  await shot("message-by-time");
  await page.getByRole("button", { name: "Older" }).click();
  await expect(messages.rows).toHaveCount(10);
  await expect(messages.rows.last()).toContainText(shortId(ids[0]));
  await expect(page.getByRole("button", { name: "Older" })).toBeDisabled();
  await page.getByRole("button", { name: "Newer" }).click();
  await expect(messages.rows).toHaveCount(50);
  await page.getByText("Oldest first").click();
  await expect(page).toHaveURL(/order=oldest/);
  await expect(messages.rows.first()).toContainText(shortId(ids[0]));
});

test("a message is found by key and by either kind of id; what is wrong is told at the field", async ({
  page,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const topic = unique("find");
  const id = (await topicWith(cluster, topic, 3))[1] ?? "";
  const stored = await untilFound(cluster, topic, id);
  await messages.open({ tab: "key", topic });
  await messages.field("Key").fill(`${topic}-1`);
  await messages.field("Key").press("Enter");
  await expect(messages.rows).toHaveCount(1);
  await expect(messages.link(id)).toBeVisible();
  await messages.field("Key").fill("nobody");
  await messages.ask();
  await expect(page.getByText("No message has this key")).toBeVisible();
  await shot("message-no-such-key");
  await page.getByRole("link", { name: "Scan the bodies for it" }).click();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue('body.text.contains("nobody")');
  await expect(page).toHaveURL(new RegExp(`topic=${topic}`));
  await page.goBack();
  await expect(page.getByRole("link", { name: "Look in the trace" })).toHaveAttribute("href", /tab=key&key=nobody$/);
  await messages.open({ tab: "key" });
  await messages.ask();
  await expect(page.getByText("Required")).toHaveCount(2);

  await messages.open({ tab: "id", topic, id });
  await expect(messages.link(id)).toBeVisible();
  await messages.open({ tab: "id" });
  const field = messages.field("Message id");
  await field.fill(stored.offsetMsgId);
  await field.press("Enter");
  await expect(messages.link(id)).toBeVisible();
  await field.fill(`${stored.offsetMsgId.toLowerCase()},${id}`);
  await field.press("Enter");
  await expect(page.getByText("This text has 2 ids")).toBeVisible();
  await shot("message-several-ids");
  await page.getByRole("button", { name: stored.offsetMsgId.toLowerCase() }).click();
  await expect(messages.link(id)).toBeVisible();
  await expect(page.getByRole("button", { name: stored.offsetMsgId.toLowerCase() })).toHaveAttribute(
    "aria-current",
    "true",
  );
  await expect(page.getByRole("button", { name: id, exact: true })).toBeVisible();
  await field.fill("7F00000100002A9");
  await field.press("Enter");
  await expect(page.getByText(/^This is not a message id/)).toBeVisible();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await shot("message-bad-id");
  await field.fill(id);
  await field.press("Enter");
  await expect(page.getByText(/it was made by a client: give the topic/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Look in the trace" })).toHaveAttribute("href", new RegExp(`id=${id}$`));
  await messages.open({ topic: "no-such-topic" });
  await expect(page.getByText("There is no such topic")).toBeVisible();
});

test("a key is looked for within a range, and what a broker leaves out is told", async ({
  page,
  messages,
  cluster,
  unique,
  accessible,
}) => {
  const topic = unique("ranged");
  await topicWith(cluster, topic, 1);
  const key = `${topic}-0`;
  await messages.open({ tab: "key", topic, key, from: "1000", to: "2000" });
  await expect(page.getByText("No message has this key in this range")).toBeVisible();
  await page.getByRole("button", { name: "Look at any time" }).click();
  await expect(messages.rows).toHaveCount(1);
  await expect(page).not.toHaveURL(/from=|to=/);
  await page.getByText("15 min", { exact: true }).first().click();
  await expect(page).toHaveURL(/range=15m/);
  await expect(messages.rows).toHaveCount(1);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=/);

  const producer = new Producer(cluster);
  for (let n = 0; n < 70; n++)
    await producer.send({ topic, queue: { ...queue }, body: Buffer.from("x"), keys: "same" });
  await eventually("as many in the index as a broker gives", async () => {
    const { capped } = await queryByKey(cluster, { topic, key: "same" });
    return capped || undefined;
  });
  await messages.open({ tab: "key", topic, key: "same" });
  await expect(messages.rows).toHaveCount(64);
  await expect(page.getByText("A broker gives at most its newest 64 messages")).toBeVisible();
  await accessible();
});

test("a queue is read from an offset on, within the bounds that are shown", async ({
  page,
  messages,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("queue");
  const ids = await topicWith(cluster, topic, 25);
  await known(topic);
  await messages.open({ tab: "offset" });
  await messages.pickTopic(topic);
  await messages.choose("Broker", queue.brokerName);
  await expect(page).toHaveURL(/broker=broker-a/);
  await messages.choose("Queue", "0");
  await expect(page.getByText("The queue holds 0 to 24")).toBeVisible();
  await expect(messages.rows).toHaveCount(10);
  await expect(messages.rows.last()).toContainText(shortId(ids[24]));
  await page.getByRole("button", { name: "Lower offsets" }).click();
  await expect(messages.rows.first()).toContainText(shortId(ids[5]));
  await shot("message-by-offset");
  await messages.field("Offset").fill("25");
  await messages.field("Offset").press("Enter");
  await expect(page.getByText("The queue holds 0 to 24")).toBeVisible();
  await expect(messages.field("Offset")).toHaveAttribute("aria-invalid", "true");
  await messages.choose("Queue", "1");
  await expect(page.getByText("This queue is empty")).toBeVisible();
});
