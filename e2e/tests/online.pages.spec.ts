import { Clients } from "../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../sandbox/oracle/oracle.ts";
import { consumeStats, writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { producerRpc } from "../../bff/rocketmq/rpc/producer.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { Frame } from "../pom/frame.ts";
import { OnlinePage } from "../pom/online.page.ts";
import { registration } from "../support/registration.ts";
import { expect, test } from "../support/test.ts";

test("producers are found with what they send to, and each connection is the broker's own word", async ({
  page,
  env,
  cluster,
  shot,
}) => {
  const producers = new OnlinePage(page, env.instanceId, "Producers");
  await producers.open("?search=shop-front&refresh=5");
  const row = page.getByRole("row").filter({ hasText: "shop-front" }).filter({ hasText: "orders" });
  await expect(row.first()).toContainText("JAVA", { timeout: 60_000 });
  await shot("online-producers");
  await row
    .first()
    .getByRole("button", { name: /^Connections/ })
    .click();
  await expect(page).toHaveURL(/of=shop-front/);
  const { targets } = await cluster.masters();
  for (const { addr } of targets) {
    const { data } = await cluster.call(producerRpc.getAllProducerInfo, addr, {});
    for (const { clientId, remoteIP } of data.get("shop-front") ?? []) {
      await expect(producers.drawer.getByText(clientId).first()).toBeVisible();
      await expect(producers.drawer.getByText(remoteIP.replace("/", "")).first()).toBeVisible();
    }
  }
  await shot("online-producer-connections");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/of=/);
});

test("the lag of a slow group has its eleven figures, those of the broker, and each says what it is", async ({
  page,
  env,
  cluster,
  shot,
}) => {
  test.slow();
  const consumers = new OnlinePage(page, env.instanceId, "Consumers");
  await consumers.open("?search=activity-loader&refresh=5");
  await expect(consumers.row("activity-loader")).toContainText("online", { timeout: 60_000 });
  await shot("online-consumers");
  await new Frame(page).chooseTheme("Dark");
  await page.reload();
  await consumers.row("activity-loader").getByRole("button", { name: /^Lag/ }).click();
  const table = consumers.drawer.getByRole("table");
  await expect(table.getByRole("columnheader")).toHaveCount(11);
  await expect(table.getByRole("link", { name: "user-activity" })).toBeVisible();
  const consumed = async () => {
    const { items } = await consumeStats(cluster, "activity-loader", "user-activity");
    return items.flatMap(({ value }) => value.offsetTable).reduce((sum, [, at]) => sum + at.consumerOffset, 0n);
  };
  const shown = async () => BigInt((await table.getByRole("cell").nth(3).innerText()).replaceAll(/\D/g, ""));
  await expect(async () => {
    const before = await consumed();
    await consumers.drawer.getByRole("button", { name: "Refresh" }).click();
    await expect.poll(shown).toBeGreaterThanOrEqual(before);
    expect(await shown()).toBeLessThanOrEqual(await consumed());
  }).toPass({ timeout: 60_000 });
  await consumers.drawer.getByText("What these figures are").click();
  await expect(consumers.drawer.getByText(/the message at the committed offset/)).toBeVisible();
  await shot("online-lag-dark");
});

test("two clients under one id are two rows, and it is said which queues stay unread and why", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  test.slow();
  const topic = await createTestTopic(cluster, { topic: unique("twins") });
  const group = `${topic}-g`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const { namesrvAddrs } = env.cluster;
  const oracles: Oracle[] = [];
  try {
    for (let n = 0; n < 2; n++) oracles.push(await startOracle({ version: "5.5.0", namesrvAddrs }));
    const properties = { instanceName: group };
    for (const oracle of oracles)
      await new Clients(oracle, namesrvAddrs).consumer({ group, topics: { [topic]: "*" }, properties });
    const consumers = new OnlinePage(page, env.instanceId, "Consumers");
    await consumers.open(`?of=${group}&tab=clients&refresh=5`);
    const why = consumers.drawer.getByRole("region", { name: "Clients that share an id" });
    await expect(why).toContainText("Now 4 of 8 queues have no client", { timeout: 60_000 });
    await expect(why).toContainText("takes the first place of its id");
    const clients = consumers.drawer.getByRole("row").filter({ hasText: `127.0.0.1@${group}` });
    await expect(clients).toHaveCount(2);
    await expect(clients.first()).toContainText("Shared id");
    await shot("online-shared-id");
  } finally {
    for (const oracle of oracles) await oracle.stop();
  }
});

test("without a proxy's address a gRPC client cannot be seen, and its group is not called offline", async ({
  page,
  api,
  env,
  unique,
  shot,
}) => {
  const name = unique("blind");
  const { id } = await api.instance.register({ ...registration(name, env.cluster), proxyRemotingAddrs: [] });
  const consumers = new OnlinePage(page, id, "Consumers");
  await consumers.open("?search=invoice-archiver");
  await expect(consumers.row("invoice-archiver")).toContainText("Cannot be seen", { timeout: 60_000 });
  await expect(consumers.row("invoice-archiver")).not.toContainText("Offline");
  await shot("online-unseen");
  await expect(page.getByRole("link", { name: "Give a proxy's remoting address" })).toHaveAttribute(
    "href",
    /overview\?open=connection/,
  );
  await new OnlinePage(page, id, "Producers").open();
  await expect(page.getByText(/Producers behind a proxy cannot be seen/)).toBeVisible();
  await api.instance.recycle({ instanceId: id });
  await api.instance.destroy({ instanceId: id, name });
  await new OnlinePage(page, env.instanceId, "Consumers").open("?search=invoice-archiver&refresh=5");
  await expect(consumers.row("invoice-archiver")).toContainText("1 online", { timeout: 60_000 });
});

test.describe("in Chinese, on a narrow screen", () => {
  test.use({ locale: "zh-CN", viewport: { width: 768, height: 1024 } });

  test("lists and lag stay usable", async ({ page, env, shot }) => {
    await page.goto(`/instances/${env.instanceId}/producers`);
    await expect(page.getByRole("heading", { name: "生产者", level: 1 })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "shop-front" }).first()).toBeVisible();
    await shot("online-producers-zh-768");
    await page.goto(`/instances/${env.instanceId}/consumers?of=order-service`);
    await expect(page.getByRole("dialog").getByRole("columnheader", { name: "最长未签收时间" })).toBeAttached();
    await shot("online-lag-zh-768");
    await page.keyboard.press("Escape");
    await shot("online-consumers-zh-768");
  });
});
