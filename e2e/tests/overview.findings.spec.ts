import { deleteGroup, writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";
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

test("the list of instances tells how many findings each has and the worst in words, and leads to them", async ({
  page,
  env,
  instances,
  api,
  unique,
  shot,
}) => {
  test.slow();
  const name = unique("nowhere");
  const nowhere = { name, namesrvAddrs: ["127.0.0.1:1"], force: true };
  const { id } = await api.instance.register(nowhere);
  await page.goto("/instances");
  const { name: sandbox } = await api.instance.get({ instanceId: env.instanceId });
  await expect(instances.row(sandbox)).toContainText(/\d+ (critical|warnings?)/, SWEPT);
  await expect(instances.row(sandbox)).toContainText(/falls behind|subscribe differently|dead letters/, SWEPT);
  const unreachable = instances.row(name);
  await expect(unreachable).toContainText("nothing of this cluster is known now", SWEPT);
  await expect(unreachable).not.toContainText("Nothing found");
  await shot("instances-findings");
  await instances
    .row(sandbox)
    .getByRole("link", { name: /warning|critical/ })
    .click();
  await expect(page.getByRole("region", { name: "Findings" })).toBeVisible();
  await api.instance.recycle({ instanceId: id });
  await api.instance.destroy({ instanceId: id, name });
});

test("over the list of groups stands the worst of them alone, and where the others are", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  test.slow();
  // One more than the three that are sick already.
  const group = unique("nobody");
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  for (const { addr } of (await cluster.masters()).targets) {
    const header = { consumerGroup: group, topic: "orders", queueId: 0, commitOffset: 1n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
  }
  await page.goto(`/instances/${env.instanceId}/groups`);
  const findings = page.getByRole("region", { name: "Findings" });
  await expect(findings.getByRole("listitem").filter({ hasText: "activity-loader" })).toContainText(
    /falls behind: [\d.]+\/s arrive/,
    SWEPT,
  );
  const others = findings.getByRole("link", { name: /\d+ more on the overview/ });
  await expect(others).toBeVisible(SWEPT);
  await expect(findings.getByRole("listitem")).toHaveCount(3);
  await shot("groups-findings");
  await others.click();
  await expect(page).toHaveURL(/\/overview/);
  await expect(findings.getByRole("listitem").filter({ hasText: group })).toContainText(/is offline/, SWEPT);
  await deleteGroup(cluster, group, true);
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

  test("lists say what is wrong in words that need no manual", async ({ page, env, shot }) => {
    test.slow();
    await page.goto("/instances");
    await expect(page.getByText(/\d+ 项警告/).first()).toBeVisible(SWEPT);
    await shot("instances-findings-zh-dark-768");
    await page.goto(`/instances/${env.instanceId}/groups`);
    await expect(page.getByRole("region", { name: "发现的问题" })).toContainText(/消费跟不上|订阅不一致/, SWEPT);
    await shot("groups-findings-zh-dark-768");
  });
});
