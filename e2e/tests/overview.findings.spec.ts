import { expect, test } from "../support/test.ts";

/** What the monitor has to sweep twice. */
const SWEPT = { timeout: 60_000 };

test("what is wrong stands first, in words, with its evidence and the place to look", async ({ page, env, shot }) => {
  test.slow();
  await page.goto(`/instances/${env.instanceId}/overview`);
  const findings = page.getByRole("region", { name: "Findings" });
  const of = (group: string, text: RegExp) =>
    findings.getByRole("listitem").filter({ hasText: group }).filter({ hasText: text });
  const slow = of("activity-loader", /falls behind: [\d.]+\/s arrive.*threads are needed/);
  await expect(slow).toBeVisible(SWEPT);
  await expect(of("audit-trail", /subscribe differently/)).toBeVisible(SWEPT);
  await expect(of("shipment-notifier", /dead letters: \d+/)).toBeVisible(SWEPT);
  await slow.getByRole("button", { name: "Evidence: activity-loader" }).click();
  await expect(slow).toContainText("Start more clients");
  await expect(slow.getByText("Threads needed")).toBeVisible();
  await shot("overview-findings");
  await slow.getByRole("link", { name: "Clients activity-loader" }).click();
  await expect(page).toHaveURL(/groups\/activity-loader\?tab=clients/);
  await expect(page.getByRole("region", { name: "Findings" })).toContainText(/falls behind/i);
});

test.describe("in Chinese, in the dark, on a narrow screen", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 768, height: 1024 } });

  test("a group that consumes only a part of its queues says so, and each queue does", async ({ page, env, shot }) => {
    test.slow();
    await page.goto(`/instances/${env.instanceId}/groups/audit-trail`);
    await expect(page.getByRole("region", { name: "发现的问题" })).toContainText("订阅不一致", SWEPT);
    await expect(page.getByText(/条在 4 个从未消费的队列中/)).toBeVisible();
    await expect(page.getByRole("cell", { name: "从未提交" })).toHaveCount(4);
    await expect(page.getByRole("cell", { name: "无人消费" })).toHaveCount(4, SWEPT);
    await shot("group-findings-zh-dark-768");
  });
});
