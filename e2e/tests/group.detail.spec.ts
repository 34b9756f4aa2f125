import { consumeStats } from "../../bff/rocketmq/admin/group-admin.ts";
import { Frame } from "../pom/frame.ts";
import { GroupPage } from "../pom/group.page.ts";
import { expect, test } from "../support/test.ts";

test("the slow group leads the list and says how it is, and the list is narrowed by state", async ({
  page,
  groups,
  shot,
}) => {
  test.slow();
  await groups.open("?pageSize=50&refresh=5");
  await expect(page.getByRole("row").nth(1)).toContainText("activity-loader", { timeout: 90_000 });
  await expect(groups.row("activity-loader")).toContainText("Falling behind", { timeout: 60_000 });
  await expect(groups.row("price-cache")).toContainText("Broadcasting");
  await expect(
    groups
      .row("price-cache")
      .getByText(/each client keeps its own offsets/)
      .first(),
  ).toBeAttached();
  await expect(groups.row("invoice-archiver").getByText("POP", { exact: true })).toBeVisible();
  await expect(groups.row("TOOLS_CONSUMER")).toBeHidden();
  await shot("group-list-en-light");
  await new Frame(page).chooseTheme("Dark");
  await shot("group-list-en-dark");
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Lag" })).toHaveAttribute("aria-sort", "descending");
  await groups.open("?pageSize=50&condition=mismatch");
  await expect(groups.row("audit-trail")).toContainText("Subscriptions differ");
  await expect(groups.row("order-service")).toBeHidden();
  await groups.open("?pageSize=50&condition=deadLetters&refresh=5");
  await expect(groups.row("shipment-notifier")).toBeVisible({ timeout: 90_000 });
  await expect(groups.row("order-service")).toBeHidden();
});

test("the lag of a group is drawn over time", async ({ page, env, shot }) => {
  test.slow();
  await new GroupPage(page, env.instanceId).openOne("activity-loader", "?tab=tps&range=15m");
  const lag = page.getByRole("figure", { name: "Lag" }).getByRole("row").filter({ hasText: "Lag" }).getByRole("cell");
  await expect(lag.first()).toHaveText(/[1-9]/, { timeout: 90_000 });
  await shot("group-tps");
});

test("progress is shown queue by queue as the broker has it, with the way to the messages", async ({
  page,
  groups,
  cluster,
  shot,
}) => {
  test.slow();
  const { queueDatas } = await cluster.route("user-activity");
  const count = queueDatas.reduce((sum, { readQueueNums }) => sum + readQueueNums, 0);
  // A broker tells of a group's queues once an offset of it was committed there, and this group is slow.
  const lagging = async () => {
    const { items } = await consumeStats(cluster, "activity-loader");
    const offsets = items.flatMap(({ value }) => value.offsetTable).filter(([{ topic }]) => topic === "user-activity");
    return offsets.some(([, at]) => at.brokerOffset > at.consumerOffset) ? offsets.length : 0;
  };
  await expect.poll(lagging, { timeout: 90_000 }).toBe(count);
  await groups.openOne("activity-loader");
  const queues = page.getByRole("table", { name: "Queues of user-activity" });
  await expect(queues.getByRole("row")).toHaveCount(count + 1);
  await shot("group-progress");
  await queues
    .getByRole("link", { name: /^Messages/ })
    .first()
    .click();
  await expect(page).toHaveURL(/messages\?.*topic=user-activity/);
});

test("an open tab is refreshed with its page, whichever tab it is", async ({ page, groups }) => {
  for (const [tab, row] of [
    ["subscriptions", "subscriptions"],
    ["config", "config"],
  ] as const) {
    await groups.openOne("order-service", `?tab=${tab}&refresh=5`);
    for (let n = 0; n < 2; n++) await page.waitForResponse(`**/api/rpc/group/${row}`);
    const byHand = page.waitForRequest(`**/api/rpc/group/${row}`);
    await page.getByRole("button", { name: "Refresh" }).click();
    await byHand;
  }
});

test("clients that subscribe differently are found and stand side by side", async ({ page, groups, shot }) => {
  await groups.openOne("audit-trail", "?tab=subscriptions");
  await expect(page.getByRole("tabpanel").getByText("Subscriptions differ")).toBeVisible();
  await expect(
    page.getByText("Different expressions").or(page.getByText("Not subscribed by all")).first(),
  ).toBeVisible();
  await shot("group-consistency");
});

test("a client says what it does, with its threads", async ({ page, groups, env, api, shot }) => {
  const group = { instanceId: env.instanceId, group: "order-service" };
  const leastQueues = async () => {
    const { items } = await api.group.clients(group);
    const infos = items.map(({ clientId }) => api.group.runningInfo({ ...group, clientId }));
    return Math.min(infos.length, ...(await Promise.all(infos)).map(({ queues }) => queues.length));
  };
  await expect(async () => expect(await leastQueues()).toBeGreaterThan(0)).toPass({ timeout: 60_000 });
  await groups.openOne("order-service", "?tab=clients");
  await page
    .getByRole("button", { name: /^Running state/ })
    .first()
    .press("Enter");
  await expect(page).toHaveURL(/client=/);
  await expect(groups.drawer.getByRole("region", { name: "Assigned queues" })).toContainText("orders");
  await groups.drawer.getByRole("button", { name: "Take stacks" }).click();
  await expect(groups.drawer.getByText(/ConsumeMessageThread|RebalanceService/).first()).toBeVisible({
    timeout: 40_000,
  });
  await shot("group-client");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/client=/);
});

test.describe("in Chinese, on a narrow screen", () => {
  test.use({ locale: "zh-CN", viewport: { width: 768, height: 1024 } });

  test("list and detail stay usable", async ({ page, env, shot }) => {
    await page.goto(`/instances/${env.instanceId}/groups?pageSize=50`);
    await expect(page.getByRole("link", { name: "order-service", exact: true })).toBeVisible();
    await shot("group-list-zh-768");
    await page.getByRole("link", { name: "order-service", exact: true }).click();
    await expect(page.getByRole("tab", { name: "消费进度" })).toBeVisible();
    await page.getByRole("tab", { name: "配置" }).click();
    await expect(page.getByText("retryMaxTimes")).toBeVisible();
    await shot("group-config-zh-768");
  });
});
