import { chooseOption } from "../pom/choose-option.ts";
import { expect, test } from "../support/test.ts";

test("the lists lead to what they name, and the view is in the address", async ({ page, env, api, shot }) => {
  test.slow();
  const { instanceId } = env;
  await page.goto(`/instances/${instanceId}/overview`);
  const lags = page.getByRole("region", { name: "Largest lags" });
  const largest = page.getByRole("region", { name: "Topics by stored messages" });
  const stored = async () => (await api.overview.messages({ instanceId })).topics.map(({ topic }) => topic);
  const lagging = async () => (await api.overview.lags({ instanceId })).groups.map(({ group }) => group);
  await expect.poll(stored, { timeout: 60_000 }).toContain("orders");
  await expect(largest.getByRole("link", { name: "orders", exact: true })).toBeVisible({ timeout: 60_000 });
  await expect.poll(lagging, { timeout: 60_000 }).toContain("activity-loader");
  await expect(lags.getByRole("link", { name: "activity-loader" }).first()).toBeVisible({ timeout: 60_000 });

  await page.getByText("15 min", { exact: true }).first().click();
  await expect(page).toHaveURL(/range=15m/);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=/);
  await page.getByText("15 min", { exact: true }).first().click();
  await chooseOption(page.getByRole("combobox", { name: "Auto-refresh" }), "Every 5 s");
  await expect(page).toHaveURL(/refresh=5/);
  const asked = page.waitForRequest(/overview\/clients$/);
  await page.getByRole("button", { name: "Refresh", exact: true }).click();
  await asked;
  await test.step("the range and the interval hold on other pages, where the address says nothing else", async () => {
    await lags.getByRole("link", { name: "activity-loader", exact: true }).click();
    await expect(page).toHaveURL(/refresh=5/);
    await page.getByRole("tab", { name: "TPS and lag" }).click();
    await expect(page).toHaveURL(/range=15m/);
    await page.goto(`/instances/${instanceId}/groups/activity-loader?tab=tps&range=6h&refresh=30`);
    await expect(page.getByRole("radio", { name: "6 h" })).toBeChecked();
    await expect(page.getByTitle("Every 30 s")).toBeVisible();
    await expect(page).toHaveURL(/range=6h&refresh=30/);
    await page.goto(`/instances/${instanceId}/overview`);
    await expect(page).toHaveURL(/range=15m/);
    await expect(page).toHaveURL(/refresh=5/);
    await expect(page.getByRole("radio", { name: "15 min" })).toBeChecked();
  });
  await page.getByRole("tab", { name: "Details" }).click();
  await expect(page).toHaveURL(/tab=details/);
  await expect(page.getByRole("region", { name: "Storage and replication" })).toContainText("ASYNC_FLUSH");
  await expect(page.getByRole("button", { name: `Copy ${env.cluster.proxy?.grpc ?? ""}` })).toBeAttached();
  await shot("instance-details");
});

test.describe("in Chinese", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 1280, height: 800 } });

  test("the overview speaks Chinese and is dark", async ({ page, env, shot }) => {
    await page.goto(`/instances/${env.instanceId}/overview`);
    await expect(page.getByRole("region", { name: "Broker" })).toContainText("运行中");
    await expect(page.getByRole("region", { name: "堆积 Top 20" })).toBeVisible();
    await shot("overview-zh-dark");
  });
});

test("a broker that is killed shows as gone while the rest goes on, and as back after its return", async ({
  page,
  ownCluster,
  unique,
  shot,
}) => {
  test.slow();
  const { sandbox, instanceId } = await ownCluster({ name: unique("faults"), masters: 2 });
  await page.goto(`/instances/${instanceId}/overview`);
  const brokers = page.getByRole("region", { name: "Brokers" });
  await expect(brokers.getByText("Running")).toHaveCount(2);
  const [victim, other] = sandbox.brokers;
  await sandbox.killBroker(victim?.brokerName ?? "");
  const strip = page.getByRole("status").filter({ hasText: "This is not complete" }).first();
  await expect(strip).toContainText(victim?.brokerName ?? "", { timeout: 60_000 });
  const findings = page.getByRole("region", { name: "Findings" });
  await expect(findings.getByRole("listitem").filter({ hasText: victim?.brokerName })).toContainText(
    /is gone|does not answer/,
  );
  await expect(brokers.getByRole("row").filter({ hasText: victim?.addr ?? "" })).toContainText("no longer registered");
  await expect(brokers.getByRole("row").filter({ hasText: other?.addr ?? "" })).toContainText("Running");
  const atLeast = page.locator(".rd-figure", { hasText: "Historical messages" }).getByTitle(/did not answer/);
  await expect(atLeast).toBeVisible({ timeout: 60_000 });
  await shot("overview-broker-gone");
  await sandbox.startBroker(victim?.brokerName ?? "");
  await expect(brokers.getByText("Running")).toHaveCount(2, { timeout: 60_000 });
  await expect(strip).toBeHidden({ timeout: 60_000 });
  await expect(atLeast).toBeHidden({ timeout: 60_000 });
});
