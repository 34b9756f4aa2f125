import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const brokers = ["broker-a", "broker-b"];

test("a form begins with what brokers have now, not with what the page was told before", async ({
  page,
  groups,
  env,
  api,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const group = unique("since");
  await planned(api).createGroup({ instanceId, group, brokers, retryMaxTimes: 5 });
  await groups.openOne(group);
  await expect(page.getByRole("definition").filter({ hasText: /^5$/ })).toBeVisible();
  await planned(api).updateGroup({ instanceId, group, retryMaxTimes: 7 });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(groups.drawer.getByLabel("Retries")).toHaveValue("7");
  await shot("group-edit");
});

test("a form whose plan was outrun shows what is now where nobody typed, and keeps what was typed", async ({
  groups,
  env,
  api,
  unique,
}) => {
  const { instanceId } = env;
  const group = unique("outrun");
  await planned(api).createGroup({ instanceId, group, brokers, retryMaxTimes: 5 });
  await groups.openOne(group, "?open=edit");
  await groups.drawer.getByLabel("Retries").fill("9");
  const save = groups.drawer.getByRole("button", { name: "Save" });
  await expect(save).toBeEnabled();
  await planned(api).updateGroup({ instanceId, group, retryMaxTimes: 7, broadcastEnable: false, remark: "theirs" });
  await save.click();
  await expect(groups.drawer.getByText("The cluster has changed since this plan was shown")).toBeVisible();
  await expect(groups.drawer.getByLabel("Remark")).toHaveValue("theirs");
  await expect(groups.drawer.getByRole("checkbox", { name: "Broadcast" })).not.toBeChecked();
  await expect(groups.drawer.getByLabel("Retries")).toHaveValue("9");
  await groups.apply("Save");
  await groups.expectDoneOn(...brokers);
  const now = await api.group.get({ instanceId, group });
  expect(now.remark).toBe("theirs");
  for (const on of now.brokers) expect(on).toMatchObject({ retryMaxTimes: 9, broadcastEnable: false });
});

test("a form that could not be filled says why, and is filled when asked again", async ({
  page,
  groups,
  env,
  api,
  unique,
}) => {
  const { instanceId } = env;
  const group = unique("unread");
  await planned(api).createGroup({ instanceId, group, brokers, retryMaxTimes: 5 });
  await groups.openOne(group);
  const mend = await refuse(page, "group/get", "NO_NAMESRV_AVAILABLE");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const alert = groups.drawer.getByRole("alert");
  await expect(alert).toContainText("No name server answers");
  await expect(groups.drawer.getByRole("button", { name: "Save" })).toBeDisabled();
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(groups.drawer.getByLabel("Retries")).toHaveValue("5");
});

test("a form as it was opened is left without a question, one with something typed is not", async ({
  page,
  groups,
}) => {
  await groups.open("?open=create");
  const name = groups.drawer.getByLabel("Group", { exact: true });
  await name.fill("typed");
  await groups.drawer.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Keep editing" }).click();
  await name.fill("");
  await groups.drawer.getByRole("button", { name: "Cancel" }).click();
  await expect(groups.drawer).toHaveCount(0);
  await expect(page).not.toHaveURL(/open=/);
});

test("nothing is deleted by a plan that can no longer be made sure of", async ({
  page,
  groups,
  env,
  api,
  cluster,
  unique,
}) => {
  const { instanceId } = env;
  const group = unique("unsure");
  await planned(api).createGroup({ instanceId, group, brokers });
  await createTestTopic(cluster, { topic: `%RETRY%${group}`, readQueueNums: 1, writeQueueNums: 1 });
  await groups.openOne(group, "?open=delete");
  const apply = groups.drawer.getByRole("button", { name: "Delete group" });
  const typed = groups.drawer.getByLabel(`Type ${group} to confirm`);
  await typed.fill(group);
  await expect(apply).toBeEnabled();
  const mend = await refuse(page, "group/planDelete", "NO_NAMESRV_AVAILABLE");
  await groups.drawer.getByRole("checkbox", { name: /retry and dead letter topics/ }).check();
  const alert = groups.plan.getByRole("alert");
  await expect(alert).toContainText("No name server answers");
  await expect(apply).toBeDisabled();
  await expect(typed).toHaveCount(0);
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(typed).toHaveValue(group);
  await expect(groups.plan.getByText(/mqadmin deleteSubGroup/)).toBeVisible();
  await expect(apply).toBeEnabled();
});
