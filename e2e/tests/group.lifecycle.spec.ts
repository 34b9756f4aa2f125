import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { expect, test } from "../support/test.ts";

/** What every master says of a group: whether it consumes, and its retries. */
async function onBrokers(cluster: RocketMQCluster, group: string) {
  const { items } = await allGroupConfigs(cluster);
  return Object.fromEntries(
    items.map(({ target, value }) => {
      const config = value.get(group)?.config;
      return [target.brokerName, config && [config.consumeEnable, config.retryMaxTimes]];
    }),
  );
}

const nowhere = { "broker-a": undefined, "broker-b": undefined };

test("a group is created, switched off and deleted with its retry topic, and the brokers agree", async ({
  page,
  groups,
  cluster,
  unique,
  shot,
}) => {
  const group = unique("made");
  await groups.open();
  await test.step("create", async () => {
    await page.getByRole("button", { name: "Create group" }).click();
    await expect(page).toHaveURL(/open=create/);
    await groups.drawer.getByLabel("Group", { exact: true }).fill(group);
    await groups.drawer.getByLabel("Retries").fill("5");
    await groups.choose("Retry policy", "Own intervals");
    await groups.drawer.getByLabel("Intervals").fill("1s 1m 2x");
    await expect(groups.drawer.getByText("Up to 7 days, e.g. 1s, 5m or 2h")).toBeVisible();
    await groups.drawer.getByLabel("Intervals").fill("1s 1m 1h");
    await groups.drawer.getByLabel("Remark").fill("made by a browser test");
    await expect(groups.plan.getByText("On 2 brokers")).toBeVisible();
    await expect(groups.plan.getByText(/mqadmin updateSubGroup .* -r 5 .*"next":\[1000,60000,3600000\]/)).toBeVisible();
    await shot("group-create-plan");
    expect(await onBrokers(cluster, group)).toEqual(nowhere);
    await groups.apply("Create group");
    await groups.expectDoneOn("broker-a", "broker-b");
    expect(await onBrokers(cluster, group)).toEqual({ "broker-a": [true, 5], "broker-b": [true, 5] });
    await groups.closeOutcome();
  });
  await test.step("switch consumption off", async () => {
    await groups.find(group);
    await expect(groups.row(group)).toContainText("made by a browser test");
    await expect(groups.row(group)).toContainText("Offline");
    await groups.row(group).getByRole("switch").click();
    await expect(page).toHaveURL(/consume=off/);
    await expect(groups.plan.getByText(/messages pile up/)).toBeVisible();
    expect(await onBrokers(cluster, group)).toEqual({ "broker-a": [true, 5], "broker-b": [true, 5] });
    await groups.apply("Save");
    await groups.expectDoneOn("broker-a", "broker-b");
    expect(await onBrokers(cluster, group)).toEqual({ "broker-a": [false, 5], "broker-b": [false, 5] });
    await groups.closeOutcome();
    await expect(groups.row(group).getByRole("switch")).not.toBeChecked();
  });
  await test.step("delete with the retry topic", async () => {
    const retry = await createTestTopic(cluster, { topic: `%RETRY%${group}`, readQueueNums: 1, writeQueueNums: 1 });
    await groups
      .row(group)
      .getByRole("button", { name: `Delete ${group}` })
      .click();
    await expect(groups.drawer.getByText("No client of this group is online.")).toBeVisible();
    await groups.drawer.getByRole("checkbox", { name: /retry and dead letter topics/ }).check();
    await expect(groups.plan.getByText(/mqadmin deleteSubGroup .* -c /)).toBeVisible();
    await expect(groups.drawer.getByRole("button", { name: "Delete group" })).toBeDisabled();
    await groups.drawer.getByLabel(`Type ${group} to confirm`).fill(group);
    await shot("group-delete-plan");
    await groups.apply("Delete group");
    await groups.expectDoneOn("broker-a", "broker-b", `${retry} · broker-a`);
    expect(await onBrokers(cluster, group)).toEqual(nowhere);
    const left = await topicConfigs(cluster, [retry]);
    expect(left.items.filter(({ value }) => value.get(retry) !== undefined)).toEqual([]);
    await groups.closeOutcome();
    await expect(page.getByText("Nothing matches")).toBeVisible();
  });
});

test("a group with clients online is not deleted, and the page names them", async ({ groups, cluster, shot }) => {
  await groups.openOne("order-service", "?open=delete");
  await expect(groups.drawer.getByText("It is still in use")).toBeVisible();
  const online = groups.drawer.getByRole("region", { name: "Online now" }).getByRole("listitem");
  await expect(online.first()).toContainText("127.0.0.1");
  await expect(groups.drawer.getByRole("textbox")).toHaveCount(0);
  await expect(groups.drawer.getByRole("button", { name: "Delete group" })).toBeDisabled();
  await expect(groups.drawer.getByText("mqadmin")).toHaveCount(0);
  await shot("group-delete-refused");
  expect((await onBrokers(cluster, "order-service"))["broker-a"]).toBeDefined();
});
