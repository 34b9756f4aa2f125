import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { expect, test } from "../support/test.ts";

/** What every master says of a topic. */
async function onBrokers(cluster: RocketMQCluster, topic: string) {
  const { items } = await topicConfigs(cluster, [topic]);
  return Object.fromEntries(
    items.map(({ target, value }) => {
      const config = value.get(topic);
      return [target.brokerName, config && [config.readQueueNums, config.writeQueueNums, config.perm]];
    }),
  );
}

test("a topic is created, changed and deleted, and the brokers agree", async ({
  page,
  topics,
  cluster,
  known,
  unique,
  shot,
}) => {
  test.slow();
  const topic = unique("made");
  await test.step("create", async () => {
    await topics.open();
    await page.getByRole("button", { name: "Create topic" }).click();
    await expect(page).toHaveURL(/open=create/);
    await topics.drawer.getByLabel("Topic").fill(topic);
    await topics.choose("Message type", "FIFO");
    await topics.drawer.getByLabel("Remark").fill("made by a browser test");
    await expect(topics.plan.getByText("On 2 brokers")).toBeVisible();
    await expect(topics.plan.getByText(/mqadmin updateTopic .*\+message\.type=FIFO/)).toBeVisible();
    await shot("topic-create-plan");
    expect(await onBrokers(cluster, topic)).toEqual({ "broker-a": undefined, "broker-b": undefined });
    await topics.apply("Create topic");
    await topics.expectDoneOn("broker-a", "broker-b");
    expect(await onBrokers(cluster, topic)).toEqual({ "broker-a": [4, 4, 6], "broker-b": [4, 4, 6] });
    await topics.closeOutcome();
  });
  await test.step("edit", async () => {
    await known(topic);
    await topics.find(topic);
    await expect(topics.row(topic)).toContainText("FIFO");
    await expect(topics.row(topic)).toContainText("made by a browser test");
    await topics
      .row(topic)
      .getByRole("button", { name: `Edit ${topic}` })
      .click();
    await topics.drawer.getByLabel("Write queues per broker").fill("2");
    await topics.choose("Permission", "Read only");
    await expect(topics.plan.getByText("Producers will be refused.")).toBeVisible();
    await topics.apply("Save");
    await topics.expectDoneOn("broker-a", "broker-b");
    expect(await onBrokers(cluster, topic)).toEqual({ "broker-a": [4, 2, 4], "broker-b": [4, 2, 4] });
    await topics.closeOutcome();
    await expect(topics.row(topic)).toContainText("Read only");
  });
  await test.step("delete", async () => {
    await topics
      .row(topic)
      .getByRole("button", { name: `Delete ${topic}` })
      .click();
    await expect(topics.drawer.getByText("No producer or consumer of this topic is online.")).toBeVisible();
    await expect(topics.drawer.getByRole("button", { name: "Delete topic" })).toBeDisabled();
    await topics.drawer.getByLabel(`Type ${topic} to confirm`).fill(topic);
    await shot("topic-delete-plan");
    await topics.apply("Delete topic");
    await topics.expectDoneOn("broker-a", "broker-b", "broker-a:1");
    expect(await onBrokers(cluster, topic)).toEqual({ "broker-a": undefined, "broker-b": undefined });
    await topics.closeOutcome();
    await expect(page.getByText("Nothing matches")).toBeVisible();
  });
});

test("a topic that clients use is not deleted, and the page names them", async ({ topics, shot }) => {
  await topics.openOne("orders", "?open=delete");
  await expect(topics.drawer.getByText("It is still in use")).toBeVisible();
  await expect(
    topics.drawer
      .getByRole("region", { name: "Online now" })
      .getByText(/^Consumer group /)
      .first(),
  ).toBeVisible();
  await expect(topics.drawer.getByRole("textbox")).toHaveCount(0);
  await expect(topics.drawer.getByRole("button", { name: "Delete topic" })).toBeDisabled();
  await shot("topic-delete-refused");
});

test("the keyboard alone creates a topic, and wrong input is refused where it is", async ({
  page,
  topics,
  cluster,
  unique,
}) => {
  const topic = unique("keys");
  await topics.open();
  await page.getByRole("button", { name: "Create topic" }).focus();
  await page.keyboard.press("Enter");
  const name = topics.drawer.getByLabel("Topic");
  await expect(name).toBeFocused();
  await page.keyboard.type("no blanks");
  await expect(topics.drawer.getByText("Only letters, digits, _ and -")).toBeVisible();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(topic);
  await topics.drawer.getByLabel("Queues per broker").focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("9");
  await expect(topics.drawer.getByRole("button", { name: "Create topic" })).toBeDisabled();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("1");
  await expect(topics.plan.getByText("On 2 brokers")).toBeVisible();
  await expect(topics.drawer.getByRole("button", { name: "Create topic" })).toBeEnabled();
  await page.keyboard.press("Enter");
  await topics.expectDoneOn("broker-a", "broker-b");
  expect(await onBrokers(cluster, topic)).toEqual({ "broker-a": [1, 1, 6], "broker-b": [1, 1, 6] });
  await page.keyboard.press("Escape");
  await expect(topics.drawer).toBeHidden();
  await expect(page).not.toHaveURL(/open=/);
});
