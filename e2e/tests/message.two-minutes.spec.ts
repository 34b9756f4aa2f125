import type { Locator } from "@playwright/test";
import { writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicStats } from "../../bff/rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";
import { expect, test } from "../support/test.ts";

const CLICKS = 7;

/** A group consumes all that a topic has; tells how many messages these were. */
async function consumeAll(cluster: RocketMQCluster, consumerGroup: string, topic: string): Promise<bigint> {
  await writeGroupEverywhere(cluster, { groupName: consumerGroup, patch: {} });
  const { items } = await topicStats(cluster, topic);
  let all = 0n;
  for (const { target, value } of items)
    for (const [{ queueId }, { maxOffset: commitOffset }] of value.offsetTable) {
      if (commitOffset === 0n) continue;
      all += commitOffset;
      const header = { consumerGroup, topic, queueId, commitOffset };
      await cluster.call(offsetRpc.updateConsumerOffset, target.addr, header);
    }
  return all;
}

test("seven clicks lead from the list of instances to a message of one's own and who consumed it", async ({
  page,
  env,
  dial,
  messages,
  topics,
  cluster,
  unique,
  shot,
}) => {
  const [topic, group] = [unique("two-minutes"), unique("reader")];
  let clicks = 0;
  const click = async (what: Locator) => {
    clicks += 1;
    await what.click();
  };
  await page.goto("/instances");
  await test.step("create a topic", async () => {
    await click(page.getByRole("main").getByRole("link", { name: env.instanceName, exact: true }));
    await click(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Topics" }));
    await click(page.getByRole("button", { name: "Create topic" }));
    await expect(topics.drawer.getByLabel("Topic")).toBeFocused();
    await page.keyboard.type(topic);
    // The plan is of the whole name by then.
    await expect(topics.drawer.getByText(`-t ${topic} `).first()).toBeVisible();
    await expect(topics.drawer.getByRole("button", { name: "Create topic" })).toBeEnabled();
    await page.keyboard.press("Enter");
    await topics.expectDoneOn("broker-a", "broker-b");
  });
  await test.step("send a message of one's own", async () => {
    await click(topics.drawer.getByRole("link", { name: "Send message" }));
    const body = dial.form.getByLabel("Body", { exact: true });
    await expect(body).toBeFocused();
    await page.keyboard.type("hello from seven clicks");
    await click(dial.send);
  });
  await test.step("it opens, and says who consumed it", async () => {
    const [id = ""] = await dial.succeeded(1);
    expect(await consumeAll(cluster, group, topic)).toBe(1n);
    await click(dial.messageIds);
    await expect(messages.message).toHaveAccessibleName(id);
    await expect(messages.part("Body")).toContainText("hello from seven clicks");
    await expect(messages.part("Consumption").getByRole("row").filter({ hasText: group })).toContainText(
      "Offset passed",
    );
    await shot("message-two-minutes");
  });
  expect(clicks).toBeLessThanOrEqual(CLICKS);
});
