import { expect, test } from "../support/test.ts";

test("an own range that ends later fills while it is looked at", async ({ page, env }) => {
  test.slow();
  const now = Date.now();
  await page.goto(`/instances/${env.instanceId}/overview?from=${now - 60_000}&to=${now + 600_000}`);
  const chart = page.getByRole("figure", { name: "Messages per second" });
  await chart.getByRole("button", { name: "Figures as a table" }).click({ timeout: 60_000 });
  const sampled = chart.getByRole("table", { name: "Messages per second" }).getByRole("cell").filter({ hasText: /\d/ });
  await expect(sampled.first()).toBeVisible();
  const before = await sampled.count();
  await expect.poll(() => sampled.count(), { timeout: 60_000 }).toBeGreaterThan(before);
});
