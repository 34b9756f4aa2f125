import { refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

const GONE = "192.0.2.7:9876";

test("an export that failed says why and what to do until it was read", async ({ page, topics, shot }) => {
  await page.clock.install();
  await refuse(page, "topic/export", "REQUEST_TIMEOUT", { address: GONE });
  await topics.open();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const notice = page.getByRole("alert").filter({ hasText: `${GONE} did not answer in time` });
  await expect(notice).toContainText("Try again. If it stays, look at its load, GC log and disk.");
  await shot("topic-export-failed");
  await page.clock.fastForward("05:00");
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(notice).toHaveCount(0);
});
