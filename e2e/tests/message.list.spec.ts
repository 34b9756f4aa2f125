import { gzipSync } from "node:zlib";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import type { OutgoingMessage } from "../../bff/rocketmq/client/outgoing-message.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { createTestTopic, untilInQueues } from "../../bff/testing/test-topic.ts";
import { giveUp } from "../../bff/testing/give-up.ts";
import { shortId } from "../pom/message.page.ts";
import { commit, queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

/** Sends to one queue, whose offsets are their numbers; returns their ids. */
async function send(cluster: RocketMQCluster, topic: string, messages: Omit<OutgoingMessage, "topic">[]) {
  const producer = new Producer(cluster);
  const ids: string[] = [];
  for (const message of messages) ids.push((await producer.send({ topic, queue: { ...queue }, ...message })).msgId);
  await untilInQueues(cluster, topic, messages.length);
  return ids;
}

const narrow = { readQueueNums: 1, writeQueueNums: 1 };

test("the list says what messages say, is filtered over what is loaded, and a row opens its message", async ({
  page,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("says"), ...narrow });
  const [, paid = ""] = await send(cluster, topic, [
    { body: Buffer.from([0, 1, 2, 255]), tag: "RAW" },
    { body: Buffer.from('{\n  "order": 7,\n  "city": "北京"\n}'), tag: "PAID", keys: "order-7" },
    { body: gzipSync(JSON.stringify({ packed: true })), properties: { region: "eu-west" } },
    { body: Buffer.from(`long ${"x".repeat(5000)}`) },
  ]);
  await messages.open({ topic });
  await expect(messages.rows).toHaveCount(4);
  await expect(messages.rows.filter({ hasText: '{ "order": 7, "city": "北京" }' })).toHaveCount(1);
  await expect(messages.rows.filter({ hasText: "Binary" })).toHaveCount(1);
  await expect(messages.rows.filter({ hasText: '{"packed":true}' })).toHaveCount(1);
  await expect(messages.rows.getByText(shortId(paid))).toBeVisible();
  await expect(messages.rows.getByText(paid)).toHaveCount(0);
  await shot("message-list");

  const filter = page.getByRole("textbox", { name: "Filter what is loaded" });
  for (const typed of [paid.toLowerCase(), "order-7", "paid", "北京"]) {
    await filter.fill(typed);
    await expect(messages.rows).toHaveCount(1);
    await expect(messages.link(paid)).toBeVisible();
  }
  await expect(page.getByText("1 of 4 loaded")).toBeVisible();
  await filter.fill("region=eu");
  await expect(messages.rows).toContainText(["packed"]);
  await filter.fill("nobody says this");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(messages.rows).toHaveCount(4);

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Set by the application" }).check();
  await page.keyboard.press("Escape");
  await expect(messages.rows.filter({ hasText: "region=eu-west" })).toHaveCount(1);
  await page.reload();
  await expect(messages.rows.filter({ hasText: "region=eu-west" })).toHaveCount(1);

  await messages.rows.getByText('"order": 7').click();
  await expect(messages.message).toHaveAccessibleName(paid);
  await page.keyboard.press("Escape");
  await expect(messages.drawer).toBeHidden();
  await expect(messages.link(paid)).toBeFocused();
});

test("what is sent while somebody looks comes by itself, and no more is asked once they leave", async ({
  page,
  messages,
  cluster,
  unique,
  accessible,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("live"), ...narrow });
  const [before = ""] = await send(cluster, topic, [{ body: Buffer.from("before") }]);
  await messages.open({ topic });
  await expect(messages.link(before)).toBeVisible();
  await page.getByText("Live", { exact: true }).first().click();
  await expect(page.getByText("Waiting for messages")).toBeVisible();
  const [first = ""] = await send(cluster, topic, [{ body: Buffer.from("first after") }]);
  await expect(messages.rows).toContainText(["first after"]);
  const [second = ""] = await send(cluster, topic, [{ body: Buffer.from("second after") }]);
  await expect(messages.rows).toContainText(["second after", "first after"]);
  await expect(messages.link(second)).toBeVisible();
  await expect(messages.link(first)).toBeVisible();
  await accessible();
  const ended = page.waitForEvent("requestfailed", (request) => request.url().includes("message/tail"));
  await page.getByText("Newest first").click();
  await ended;
  await expect(messages.rows).toHaveCount(3);
});

test("Enter takes the topic that is meant: the very name, else the first that has what was typed, retry topics last", async ({
  page,
  messages,
  cluster,
  known,
  unique,
}) => {
  const name = unique("meant");
  const longer = await createTestTopic(cluster, { topic: `a-${name}-longer` });
  await createTestTopic(cluster, { topic: `%RETRY%${name}` });
  for (const topic of [longer, `%RETRY%${name}`]) await known(topic);
  await messages.open();
  await messages.field("Topic").pressSequentially(name);
  await messages.field("Topic").press("Enter");
  await expect(page).toHaveURL(new RegExp(`topic=${longer}`));
  await expect(messages.field("Topic")).toHaveValue(longer);
  await expect(page.getByRole("listbox")).toBeHidden();
  await expect(page.getByText("No messages in this range")).toBeVisible();

  await createTestTopic(cluster, { topic: name });
  await known(name);
  await page.reload();
  await messages.field("Topic").fill(name);
  await messages.field("Topic").press("Enter");
  await expect(page).toHaveURL(new RegExp(`topic=${name}(&|$)`));
  await messages.field("Topic").fill("no-such-topic");
  const form = page.getByRole("search", { name: "By time" });
  const before = await form.boundingBox();
  const button = await page.getByRole("button", { name: "Query", exact: true }).boundingBox();
  await messages.field("Topic").press("Enter");
  await expect(form.getByText("There is no such topic")).toBeVisible();
  expect(await form.boundingBox()).toEqual(before);
  expect(await page.getByRole("button", { name: "Query", exact: true }).boundingBox()).toEqual(button);
  await page.getByText("Own range", { exact: true }).first().click();
  await expect(page).toHaveURL(/from=/);
  expect(await form.boundingBox()).toEqual(before);
});

test("a topic's page has its messages", async ({ page, topics, messages, cluster, known, unique, shot }) => {
  const topic = await createTestTopic(cluster, { topic: unique("tab"), ...narrow });
  const group = unique("reader");
  const [id = ""] = await send(cluster, topic, [
    { body: Buffer.from("first"), keys: "k1" },
    { body: Buffer.from("second") },
  ]);
  await commit(cluster, group, topic, 1n);
  await known(topic);
  await topics.openOne(topic);
  await page.getByRole("tab", { name: "Messages", exact: true }).click();
  await expect(messages.rows).toHaveCount(2);
  await expect(page.getByRole("search").getByLabel("Topic", { exact: true })).toHaveCount(0);
  await messages.choose("Consume state for", group);
  await expect(messages.rows.getByText("Offset passed")).toHaveCount(1);
  await shot("topic-messages");
  await page.getByRole("tab", { name: "By key" }).click();
  await messages.field("Key").fill("k1");
  await messages.field("Key").press("Enter");
  await expect(messages.rows).toHaveCount(1);
  await expect(page).toHaveURL(/tab=messages/);
  await expect(page).toHaveURL(/by=key/);
  await messages.link(id).click();
  await expect(messages.message).toHaveAccessibleName(id);
  await page.reload();
  await expect(messages.message).toHaveAccessibleName(id);
});

test("a message that a group gave up is its dead letter, in the list and on its page, and leads to the copy", async ({
  page,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const topic = await createTestTopic(cluster, { topic: unique("lost"), ...narrow });
  const group = unique("gave-up");
  const [id = ""] = await send(cluster, topic, [{ body: Buffer.from("lost") }, { body: Buffer.from("went on") }]);
  await commit(cluster, group, topic, 2n);
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";
  const { physicalOffset } = await untilFound(cluster, topic, id);
  await giveUp(cluster, addr, group, { topic, msgId: id, physicalOffset });
  await untilFound(cluster, `%DLQ%${group}`, id);
  await messages.open({ topic, group });
  await expect(messages.rows.filter({ hasText: "went on" })).toContainText("Offset passed");
  await expect(messages.rows.filter({ hasText: "lost" })).toContainText("Dead letter after 0 retries");
  await messages.link(id).click();
  const states = messages.part("Consumption").getByRole("row").filter({ hasText: group });
  await expect(states).toContainText("The group gave it up and is not given it again");
  await shot("message-dead-letter");
  await states.getByRole("link", { name: "Open the dead letter" }).click();
  await expect(page.getByRole("heading", { name: "Message", level: 1 })).toBeVisible();
  await expect(messages.message).toContainText(`%DLQ%${group}`);
  await expect(messages.message).toContainText("Dead letter after 0 retries");
});
