import { copyFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { Frame } from "../pom/frame.ts";
import { expect, test } from "../support/test.ts";

const overview = (instanceId: string, search = "") => `/instances/${instanceId}/overview${search}`;

/** What the console has to sample or sweep before a page can show it. */
const SAMPLED = { timeout: 60_000 };

/** Waits until a figure of the overview, by its name, is more than nothing. */
async function expectMoves(page: Page, name: string): Promise<void> {
  const box = page.getByRole("main").locator(".rd-figure", { has: page.getByText(name, { exact: true }) });
  await expect(box.locator("dd .rd-num").first()).toHaveText(/[1-9]/, SAMPLED);
}

test("every broker that the name servers know is listed with its role", async ({ page, env, cluster }) => {
  await page.goto(overview(env.instanceId));
  const brokers = page.getByRole("region", { name: "Brokers" });
  const groups = await cluster.brokers({ fresh: true });
  for (const { brokerName, replicas } of groups) {
    for (const { role, addr } of replicas) {
      const row = brokers.getByRole("row").filter({ hasText: addr });
      await expect(row).toContainText(brokerName);
      await expect(row).toContainText(role === "master" ? "Master" : "Slave");
    }
  }
  expect(groups.flatMap(({ replicas }) => replicas)).toHaveLength(env.cluster.brokers.length);
});

test("figures move with the workload, and the slow group is among the largest lags", async ({ page, env }) => {
  test.slow();
  await page.goto(overview(env.instanceId));
  await expectMoves(page, "Produce TPS");
  await expectMoves(page, "Historical messages");
  await expectMoves(page, "Lag");
  const lags = page.getByRole("region", { name: "Largest lags" });
  await expect(lags.getByRole("row").nth(1)).toContainText("activity-loader", SAMPLED);
});

test("looks right and passes axe", async ({ page, env, shot }) => {
  test.slow();
  await page.goto(overview(env.instanceId, "?range=15m"));
  await expectMoves(page, "Produce TPS");
  await expect(page.locator("canvas").first()).toBeVisible(SAMPLED);
  await shot("overview-en-light");
  if (process.env["ROCKETDECK_E2E_README"])
    await copyFile("test-results/screens/overview-en-light.png", "docs/screenshot.png");
  await new Frame(page).chooseTheme("Dark");
  await shot("overview-en-dark");
});

test.describe("in Chinese, on a narrow screen", () => {
  test.use({ locale: "zh-CN", viewport: { width: 768, height: 1024 } });

  test("the overview stays usable", async ({ page, env, shot }) => {
    await page.goto(overview(env.instanceId));
    await expect(page.getByRole("heading", { name: env.instanceName, level: 1 })).toBeVisible();
    await expect(page.locator("canvas").first()).toBeVisible(SAMPLED);
    await shot("overview-zh-light-768");
  });
});
