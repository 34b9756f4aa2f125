import type { Page } from "@playwright/test";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { groupRpc } from "../../bff/rocketmq/rpc/group.ts";
import { giveUp } from "../../bff/testing/give-up.ts";
import { joinAsConsumer } from "../../bff/testing/online-client.ts";
import { createTestTopic, untilInQueues } from "../../bff/testing/test-topic.ts";
import type { MessagePage } from "../pom/message.page.ts";
import { commit, queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

const KEY = "order-4711";
const MOST_CLICKS = 10;

/** An order that a group should have processed. */
async function order(cluster: RocketMQCluster, topic: string, tag: string) {
  await createTestTopic(cluster, { topic, readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster);
  const sent = await producer.send({ topic, queue: { ...queue }, body: Buffer.from("4711"), keys: KEY, tag });
  await untilInQueues(cluster, topic, 1);
  return sent;
}

const ends = async (cluster: RocketMQCluster, topic: string) => untilInQueues(cluster, topic, 2);

/** Whoever counts none has not looked. */
function expectFew(clicks: number) {
  expect(clicks).toBeGreaterThan(2);
  expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
}

/** From the page of messages to the order, its groups and why; counts every click from there on. */
async function look(page: Page, messages: MessagePage, topic: string, group: string) {
  let clicks = 0;
  await page.exposeFunction("clicked", () => {
    clicks += 1;
  });
  // Loaded before the page's own code; a press of the mouse is a click wherever it lands.
  await page.addInitScript({ content: 'document.addEventListener("mousedown", () => window.clicked(), true);' });
  await messages.open({ tab: "key" });
  await messages.pickTopic(topic);
  await messages.field("Key").fill(KEY);
  await messages.field("Key").press("Enter");
  await messages.rows.getByRole("link").first().click();
  const row = messages.part("Consumption").getByRole("row").filter({ hasText: group });
  await expect(row).toBeVisible();
  return { row, clicks: () => clicks };
}

test("an order that a group gave up is sent to it once more", async ({ page, messages, cluster, unique }) => {
  const [topic, group] = [unique("dead"), unique("billing")];
  const { msgId, offsetMsgId } = await order(cluster, topic, "NEW");
  await commit(cluster, group, topic, 1n);
  const physicalOffset = BigInt(`0x${offsetMsgId.slice(-16)}`);
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";
  await giveUp(cluster, addr, group, { topic, msgId, physicalOffset });
  await untilFound(cluster, `%DLQ%${group}`, msgId);

  const { row, clicks } = await look(page, messages, topic, group);
  await expect(row).toContainText("The group gave it up");
  await row.getByRole("link", { name: "Open the dead letter" }).click();
  await page.getByRole("button", { name: "Resend…" }).click();
  await page
    .getByRole("dialog", { name: `Resend dead letters of ${group}` })
    .getByRole("button", { name: "Resend", exact: true })
    .click();
  await expect(page.getByText("SEND_OK")).toBeVisible();
  await ends(cluster, topic);
  expectFew(clicks());
});

test("an order that a reset went over is put before the group again", async ({
  page,
  messages,
  cluster,
  api,
  env,
  unique,
}) => {
  const { instanceId } = env;
  const [topic, group] = [unique("skipped"), unique("billing")];
  await order(cluster, topic, "NEW");
  await commit(cluster, group, topic, 0n);
  const { planId } = await api.offset.planReset({ instanceId, group, topic, to: "latest" });
  await api.offset.reset({ instanceId, group, topic, planId });

  const { row, clicks } = await look(page, messages, topic, group);
  await expect(row).toContainText("Skipped by a reset");
  await row.getByRole("link", { name: "Move the group back…" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Earliest", { exact: true }).click();
  await drawer.getByRole("button", { name: "Reset", exact: true }).click();
  await expect(drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  const states = await api.message.states({ instanceId, group, messages: [{ topic, ...queue, queueOffset: "0" }] });
  expect(states.states.map(({ state }) => state)).toEqual(["toConsume"]);
  expectFew(clicks());
});

test("an order of a group that is switched off waits until it is switched on", async ({
  page,
  messages,
  cluster,
  api,
  env,
  unique,
}) => {
  const { instanceId } = env;
  const [topic, group] = [unique("off"), unique("billing")];
  await order(cluster, topic, "NEW");
  await commit(cluster, group, topic, 0n);
  await cluster.onMasters(({ addr }) =>
    cluster.call(
      groupRpc.updateAndCreateSubscriptionGroup,
      addr,
      {},
      { body: { groupName: group, consumeEnable: false } },
    ),
  );
  const paused = async () =>
    (await api.group.list({ instanceId, search: group, condition: "paused", fresh: true })).items.length;
  await expect.poll(paused, { timeout: 60_000 }).toBe(1);

  const { row, clicks } = await look(page, messages, topic, group);
  await expect(row).toContainText("Consuming is switched off for the group");
  await row.getByRole("link", { name: "Switch it on…" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("checkbox", { name: "Consuming" }).check();
  await drawer.getByRole("button", { name: "Save", exact: true }).click();
  await expect(drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  const { items } = await cluster.onMasters(({ addr }) =>
    cluster.call(groupRpc.getAllSubscriptionGroupConfig, addr, {}),
  );
  const enabled = items.map(({ value }) => value.subscriptionGroupTable.get(group)?.config.consumeEnable);
  expect(enabled).toEqual(items.map(() => true));
  expectFew(clicks());
});

test("an order that the group's filter left out is sent again with the tag that it takes", async ({
  page,
  messages,
  cluster,
  unique,
}) => {
  const [topic, group] = [unique("filtered"), unique("billing")];
  await order(cluster, topic, "new");
  await commit(cluster, group, topic, 1n);
  const leave = await joinAsConsumer(cluster, group, topic, { subscription: { subString: "NEW", tagsSet: ["NEW"] } });
  try {
    const { row, clicks } = await look(page, messages, topic, group);
    await expect(row).toContainText("NEW, which its clients subscribe to now, would leave it out");
    await messages.message.getByRole("button", { name: "Send a copy…" }).click();
    const drawer = page.getByRole("dialog", { name: "Send a copy as a new message" });
    await drawer.getByRole("textbox", { name: "Tag" }).fill("NEW");
    await drawer.getByRole("button", { name: "Send", exact: true }).click();
    await expect(drawer.getByRole("button", { name: "Open the copy" })).toBeVisible();
    await ends(cluster, topic);
    expectFew(clicks());
  } finally {
    await leave();
  }
});
