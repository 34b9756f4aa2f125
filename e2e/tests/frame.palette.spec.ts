import { holdThose } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

test("Enter opens only what fits what is typed, however slow the answer", async ({ page, env }) => {
  const slow = ["topic", "group"].map((kind) => holdThose(page, `${kind}/suggest`, "refund"));
  slow.push(holdThose(page, "instance/list", "refund"));
  const letGo = await Promise.all(slow);
  await page.goto(`/instances/${env.instanceId}/topics`);
  await page.getByRole("button", { name: "Go to" }).click();
  const box = page.getByRole("combobox", { name: "Go to" });
  const options = page.getByRole("option");
  const fits = options.filter({ hasText: "payment-reminders" });
  await box.fill("payment-rem");
  await expect(fits).toHaveCount(1);
  await box.fill("refund");
  await box.press("Enter");
  await expect(options).toHaveCount(0);
  await expect(page).toHaveURL(/\/topics$/);
  await expect(box).toBeVisible();
  for (const one of letGo) one();
  await expect(options).toHaveText([/^Find the key refund in a topic/, /^Find the key refund in the trace/]);
  await box.fill("payment-rem");
  await expect(fits).toHaveCount(1);
  await box.press("Enter");
  await expect(page).toHaveURL(/\/topics\/payment-reminders$/);
});

test("what people do is found by its words and begun by the keyboard, with what is in view", async ({
  page,
  env,
  shot,
}) => {
  const inside = `/instances/${env.instanceId}`;
  const box = page.getByRole("combobox", { name: "Go to" });
  const options = page.getByRole("option");
  const chosen = page.getByRole("option", { selected: true });
  await page.goto(`${inside}/topics/orders`);
  // It was opened once it is known to be there.
  await expect(page.getByRole("button", { name: "Reset offset" })).toBeVisible();
  await page.goto(`${inside}/groups/order-service`);
  await expect(page.getByRole("tab").first()).toBeVisible();

  await page.keyboard.press("Control+K");
  await expect(options.first()).toHaveText("ordersTopic");
  await expect(chosen).toHaveText("ordersTopic");
  await shot("palette-empty");
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toHaveText("Send a messageAction");
  await page.keyboard.press("ArrowUp");
  await expect(chosen).toHaveText("ordersTopic");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/topics\/orders$/);

  await page.keyboard.press("Control+K");
  await page.keyboard.type("key find");
  await expect(chosen).toHaveText("Find a message by keyAction");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/messages\?tab=key&topic=orders$/);

  await page.goto(`${inside}/groups/order-service`);
  await expect(page.getByRole("tab").first()).toBeVisible();
  for (const [words, opens, url] of [
    ["reset off", "Reset offsets of order-service", /groups\/order-service\?open=reset$/],
    ["create topic", "Create topic", /topics\?open=create$/],
    ["register", "Register instance", /instances\?open=register$/],
  ] as const) {
    await page.keyboard.press("Control+K");
    await box.fill(words);
    await expect(options.filter({ hasText: opens })).toHaveCount(1);
    await expect(chosen).toContainText(opens);
    await box.press("Enter");
    await expect(page).toHaveURL(url);
    const drawer = page.getByRole("dialog");
    await expect(drawer.getByRole("textbox").or(drawer.getByRole("radio")).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(drawer).toHaveCount(0);
  }
});
