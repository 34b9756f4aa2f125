import type { Page } from "@playwright/test";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const askedToDiscard = (page: Page) => page.getByRole("dialog", { name: "Discard what you typed?" });

test("a half-filled drawer asks before it is lost, by whatever way", async ({ page, topics }) => {
  await topics.open("?search=orders");
  await topics.open();
  await page.getByRole("button", { name: "Create topic" }).click();
  const name = topics.drawer.getByLabel("Topic", { exact: true });
  await name.fill("half-typed");
  const ways: Record<string, () => Promise<unknown>> = {
    Escape: () => page.keyboard.press("Escape"),
    "the mask": () => page.mouse.click(20, 450),
    Cancel: () => topics.drawer.getByRole("button", { name: "Cancel" }).click(),
    Back: () => page.evaluate(() => history.back()),
    "a link": () => page.evaluate(() => document.querySelector<HTMLAnchorElement>("nav a[href*='/groups']")?.click()),
  };
  for (const [way, go] of Object.entries(ways)) {
    await test.step(way, async () => {
      await go();
      await expect(askedToDiscard(page)).toBeVisible();
      await askedToDiscard(page).getByRole("button", { name: "Keep editing" }).click();
      await expect(askedToDiscard(page)).toBeHidden();
      await expect(name).toHaveValue("half-typed");
      await expect(page).toHaveURL(/\/topics\?open=create$/);
    });
  }
  await test.step("a reload", async () => {
    const asked = page.waitForEvent("dialog");
    const reloading = page.evaluate(() => location.reload());
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await reloading;
    await expect(name).toHaveValue("half-typed");
  });
  await test.step("what closes no drawer asks nothing", async () => {
    await page.evaluate(() => document.querySelector<HTMLElement>(".rd-sort")?.click());
    await expect(page).toHaveURL(/\/topics\?.*sort=/);
    await expect(askedToDiscard(page)).toBeHidden();
    await expect(name).toHaveValue("half-typed");
    await page.evaluate(() => history.back());
    await expect(page).toHaveURL(/\/topics\?open=create$/);
    await expect(askedToDiscard(page)).toBeHidden();
  });
  await page.goBack();
  await askedToDiscard(page).getByRole("button", { name: "Discard" }).click();
  await expect(topics.drawer).toBeHidden();
  await expect(page).toHaveURL(/\/topics$/);
});

test("a drawer that was not touched closes without a question, and the focus returns to where it was opened", async ({
  page,
  topics,
  groups,
}) => {
  await topics.open("?search=orders");
  const create = page.getByRole("button", { name: "Create topic" });
  await create.press("Enter");
  await expect(topics.drawer.getByLabel("Topic", { exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(topics.drawer).toBeHidden();
  await expect(create).toBeFocused();
  const edit = topics.row("orders").getByRole("button", { name: "Edit orders" });
  await edit.press("Enter");
  await expect(topics.drawer.getByLabel("Write queues per broker")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(edit).toBeFocused();
  await groups.openOne("activity-loader", "?tab=clients");
  const state = page.getByRole("button", { name: /^Running state/ }).first();
  await state.press("Enter");
  await expect(groups.drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(state).toBeFocused();
});

test("the outcome of a creation leads on: to the topic, and to its first message", async ({
  page,
  topics,
  unique,
  shot,
}) => {
  const topic = unique("next");
  await topics.open("?open=create");
  await topics.drawer.getByLabel("Topic", { exact: true }).fill(topic);
  await topics.apply("Create topic");
  await topics.expectDoneOn("broker-a", "broker-b");
  await expect(topics.drawer.getByRole("link", { name: `Open ${topic}` })).toBeVisible();
  await shot("topic-created-next");
  await topics.drawer.getByRole("link", { name: "Send message" }).click();
  await expect(page).toHaveURL(new RegExp(`/dial-tests\\?topic=${topic}$`));
  await expect(page.getByRole("textbox", { name: "Body" })).toBeVisible();
});

test("a deletion that cannot be neither asks for the name nor speaks of what would be lost", async ({
  page,
  topics,
  groups,
}) => {
  await topics.openOne("orders", "?open=delete");
  await expect(topics.drawer.getByText("It is still in use")).toBeVisible();
  await expect(topics.drawer.getByRole("textbox")).toHaveCount(0);
  await expect(topics.drawer.getByText(/messages? (is|are) lost/)).toHaveCount(0);
  await page.keyboard.press("Escape");
  await groups.openOne("activity-loader", "?open=delete");
  await expect(groups.drawer.getByText("It is still in use")).toBeVisible();
  await expect(groups.drawer.getByRole("textbox")).toHaveCount(0);
  await expect(groups.plan.getByText("Warnings")).toHaveCount(0);
});

test("a link into a queue names the offset to its last digit, without quotes", async ({
  page,
  messages,
  api,
  env,
  known,
  unique,
}) => {
  const topic = unique("digits");
  const brokers = ["broker-a", "broker-b"];
  await planned(api).createTopic({
    instanceId: env.instanceId,
    topic,
    brokers,
    messageType: "NORMAL",
    queues: 1,
    perm: 6,
  });
  await known(topic);
  await messages.open({ tab: "offset", topic, broker: "broker-a", queue: "0", offset: "9007199254740993" });
  await expect(page.getByLabel("Offset", { exact: true })).toHaveValue("9007199254740993");
  await page.reload();
  await expect(page.getByLabel("Offset", { exact: true })).toHaveValue("9007199254740993");
  await expect(page).toHaveURL(/offset=9007199254740993$/);
});
