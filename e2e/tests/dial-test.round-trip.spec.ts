import { allGroupConfigs } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicNames } from "../../bff/rocketmq/admin/topic-admin.ts";
import { expect, test } from "../support/test.ts";

const MADE = /^rocketdeck-dial-/;

test("a round trip and a short load go through a topic of their own, tell what they measured, and leave nothing behind", async ({
  page,
  dial,
  cluster,
  shot,
}) => {
  await test.step("a round trip", async () => {
    await dial.open();
    await dial.tab("Round trip");
    await dial.figure("Messages", "40");
    await dial.form.getByRole("radiogroup", { name: "Received by" }).getByText("A new group").click();
    await expect(dial.plan.getByText("A topic and a consumer group are made and removed")).toBeVisible();
    await expect(dial.plan.getByText("40 · 40 KiB in all")).toBeVisible();
    await shot("dial-test-round-trip-form");
    await dial.form.getByRole("button", { name: "Send and receive" }).click();
    await expect(page).toHaveURL(/\/dial-tests\/[\w-]+$/);
    await expect(dial.progress.getByRole("status").getByText("Succeeded")).toBeVisible({ timeout: 60_000 });
    await expect(dial.progress.getByText("40 of 40")).toBeVisible();
    await expect(dial.progress.getByRole("button", { name: "RECEIVED" }).first()).toBeVisible();
    await expect(dial.progress.getByText("What was made for the test is removed.")).toBeVisible();
    await dial.progress.locator("summary").filter({ hasText: "Queue by queue" }).click();
    await expect(dial.progress.getByRole("table", { name: "Queue by queue" }).getByRole("row")).toHaveCount(17);
    await shot("dial-test-round-trip");
  });
  await test.step("a load", async () => {
    await dial.open("?tab=load&rate=100&seconds=3");
    await expect(dial.plan.getByText("100 a second, 100 KiB/s")).toBeVisible();
    await expect(dial.form.getByText("Up to 20,000")).toBeVisible();
    await shot("dial-test-load-form");
    await dial.form.getByRole("button", { name: "Start load" }).click();
    await expect(page.getByRole("figure", { name: "Messages a second" })).toBeVisible();
    await expect(dial.progress.getByRole("status").getByText("Succeeded")).toBeVisible({ timeout: 60_000 });
    await expect(dial.progress.getByText("What was made for the test is removed.")).toBeVisible();
    await expect(page.getByRole("figure", { name: "What the brokers count, all topics" })).toBeVisible();
    await shot("dial-test-load");
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(dial.form.getByRole("spinbutton", { name: "Messages a second" })).toHaveValue("100");
  });
  expect((await topicNames(cluster)).filter((name) => MADE.test(name))).toEqual([]);
  const groups = async () => {
    const { items } = await allGroupConfigs(cluster);
    return items.flatMap(({ value }) => [...value.keys()]).filter((name) => MADE.test(name));
  };
  // A pull that a broker still holds makes the group anew, so it is removed once more.
  await expect.poll(groups, { timeout: 60_000 }).toEqual([]);
});
