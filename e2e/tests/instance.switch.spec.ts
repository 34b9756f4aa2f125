import type { Page } from "@playwright/test";
import { expectLoaded } from "../pom/loaded.ts";
import { holdThose } from "../support/api-route.ts";
import { registration } from "../support/registration.ts";
import { expect, test as base } from "../support/test.ts";

const test = base.extend<{ other: { id: string; name: string } }>({
  /** The shared cluster under another name. */
  other: async ({ api, env, unique }, use) => {
    const name = unique("other");
    const { id } = await api.instance.register(registration(name, env.cluster));
    await use({ id, name });
    await api.instance.recycle({ instanceId: id });
    await api.instance.destroy({ instanceId: id, name });
  },
});

async function switchTo(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Switch instance" }).click();
  const search = page.getByRole("textbox", { name: "Name or id" });
  await search.fill(name);
  await expect(page.getByRole("tooltip").getByRole("button")).toHaveCount(1);
  await search.press("Enter");
}

test("what is selected in one instance is not selected in the next, nor are its rows shown there", async ({
  page,
  topics,
  other,
}) => {
  const letGo = await holdThose(page, "topic/list", other.id);
  await topics.open("?pageSize=200");
  await topics.row("orders").getByRole("checkbox").check();
  await topics.row("payments").getByRole("checkbox").check();
  const selection = page.getByRole("toolbar", { name: "2 selected" });
  await expect(selection).toBeVisible();

  await switchTo(page, other.name);
  await expect(page).toHaveURL(new RegExp(`/instances/${other.id}/topics`));
  await expect(page.getByRole("heading", { name: "Topics", level: 1 })).toBeVisible();
  await expect(selection).toBeHidden();
  await expect(topics.row("orders")).toBeHidden();
  letGo();
  await topics.search.fill("orders");
  await expect(topics.row("orders")).toBeVisible();
  await expect(selection).toBeHidden();
  await expect(topics.row("orders").getByRole("checkbox")).not.toBeChecked();
});

test("a search keeps the focus, and ends a selection that it would hide", async ({ page, topics }) => {
  await topics.open("?pageSize=200");
  await topics.row("orders").getByRole("checkbox").check();
  await topics.search.fill("order");
  await expect(page).toHaveURL(/search=order/);
  await expect(topics.row("payments")).toBeHidden();
  await expect(topics.search).toBeFocused();
  await expect(page.getByRole("toolbar", { name: "1 selected" })).toBeHidden();
  await topics.search.fill("");
  await expect(topics.row("payments")).toBeVisible();
  await expect(topics.row("orders").getByRole("checkbox")).not.toBeChecked();
  await expect(page.getByRole("toolbar", { name: "1 selected" })).toBeHidden();
});

test("from one group to a slow one, nothing of the first stands under the name of the second", async ({
  page,
  groups,
}) => {
  const letGo = await holdThose(page, "group/get", '"activity-loader"');
  await groups.openOne("order-service");
  await expect(page.getByRole("tab", { name: "Clients" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to" }).fill("activity-loader");
  await page.getByRole("option", { name: /^activity-loader Group$/ }).click();
  await expect(page).toHaveURL(/groups\/activity-loader$/);
  await expect(page.getByRole("heading", { name: "activity-loader", level: 1 })).toBeVisible();
  await expect(page.getByRole("main").getByText("order-service")).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("status", { name: "Loading…" })).toBeVisible();
  letGo();
  await expect(page.getByRole("tab", { name: "Clients" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "activity-loader", level: 1 })).toBeVisible();
});

test("a curve switched off in one instance is on in the other", async ({ page, env, other }) => {
  await page.goto(`/instances/${env.instanceId}/overview`);
  const consume = page.getByRole("figure", { name: "Messages per second" }).getByRole("button", { name: "Consume" });
  await expect(consume).toBeVisible();
  await switchTo(page, other.name);
  await expect(page.getByRole("heading", { name: other.name, level: 1 })).toBeVisible();
  await expectLoaded(page);
  await consume.click();
  await expect(consume).toHaveAttribute("aria-pressed", "false");
  await page.goBack();
  await expect(page.getByRole("heading", { name: env.instanceName, level: 1 })).toBeVisible();
  await expect(consume).toHaveAttribute("aria-pressed", "true");
});
