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
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await box.fill("payment-rem");
  await expect(fits).toHaveCount(1);
  await box.press("Enter");
  await expect(page).toHaveURL(/\/topics\/payment-reminders$/);
});
