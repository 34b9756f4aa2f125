import { groupRpc } from "../../bff/rocketmq/rpc/group.ts";
import { Frame } from "../pom/frame.ts";
import { GroupPage } from "../pom/group.page.ts";
import { expect, test } from "../support/test.ts";

test("the slow group leads the list by lag, and the view is in the URL", async ({ page, groups, shot }) => {
  await expect(async () => {
    await groups.open("?sort=lag&order=desc");
    await expect(page.getByRole("row").nth(1)).toContainText("activity-loader", { timeout: 5000 });
  }).toPass({ timeout: 90_000 });
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
});

test("the lag of a group is drawn over time", async ({ page, env, shot }) => {
  await new GroupPage(page, env.instanceId).openOne("activity-loader", "?tab=tps&range=15m");
  const lag = page.getByRole("figure", { name: "Lag" }).getByRole("row").filter({ hasText: "Lag" }).getByRole("cell");
  await expect
    .poll(async () => Number.parseFloat(await lag.first().innerText()), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await shot("group-tps");
});

test("progress is shown queue by queue as the broker has it, with the way to the messages", async ({
  page,
  groups,
  cluster,
  shot,
}) => {
  await groups.openOne("activity-loader");
  const queues = page.getByRole("table", { name: "Queues of user-activity" });
  await expect(queues).toBeVisible();
  const { targets } = await cluster.masters();
  const asked = await Promise.all(
    targets.map(({ addr }) =>
      cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: "activity-loader", topic: "user-activity" }),
    ),
  );
  const rows = asked.flatMap(({ offsetTable }) => offsetTable);
  await expect(queues.getByRole("row")).toHaveCount(rows.length + 1);
  await shot("group-progress");
  await queues
    .getByRole("link", { name: /^Messages/ })
    .first()
    .click();
  await expect(page).toHaveURL(/messages\?.*topic=user-activity/);
});

test("clients that subscribe differently are found and stand side by side", async ({ page, groups, shot }) => {
  await groups.openOne("audit-trail", "?tab=subscriptions");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page.getByText("Subscriptions differ")).toBeVisible();
  await expect(
    page.getByText("Different expressions").or(page.getByText("Not subscribed by all")).first(),
  ).toBeVisible();
  await shot("group-consistency");
});

test("a client says what it does, with its threads", async ({ page, groups, shot }) => {
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
    await page.goto(`/instances/${env.instanceId}/groups`);
    await expect(page.getByRole("link", { name: "order-service", exact: true })).toBeVisible();
    await shot("group-list-zh-768");
    await page.getByRole("link", { name: "order-service", exact: true }).click();
    await expect(page.getByRole("tab", { name: "消费进度" })).toBeVisible();
    await page.getByRole("tab", { name: "配置" }).click();
    await expect(page.getByText("retryMaxTimes")).toBeVisible();
    await shot("group-config-zh-768");
  });
});
