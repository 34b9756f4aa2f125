import { topicStats } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { TopicPage } from "../pom/topic.page.ts";
import { expect, test } from "../support/test.ts";

test("each tab of a topic tells what the brokers tell", async ({
  page,
  topics,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const topic = unique("told");
  const brokers = ["broker-a", "broker-b"];
  await api.topic.create({ instanceId, topic, brokers, queues: 2, messageType: "NORMAL", perm: 6 });
  await known(topic);
  const producer = new Producer(cluster);
  for (let n = 0; n < 7; n++) {
    await producer.send({ topic, body: Buffer.from(`m${n}`), queue: { brokerName: "broker-b", queueId: 1 } });
  }
  await expect
    .poll(async () => {
      const { items } = await topicStats(cluster, topic);
      return items.flatMap(({ value }) => value.offsetTable).reduce((sum, [, offset]) => sum + offset.maxOffset, 0n);
    })
    .toBe(7n);

  await topics.openOne(topic);
  await expect(page.getByRole("row").filter({ hasText: "broker-b" }).last()).toContainText("7");
  await shot("topic-queues");
  await page.getByRole("tab", { name: "Queues" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Consumer groups" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tab=groups/);
  await expect(page.getByText("No group consumes this topic")).toBeVisible();
  await page.getByRole("tab", { name: "Producers" }).click();
  await expect(page.getByRole("row").filter({ hasText: "127.0.0.1" })).toContainText("Not connected as a producer");
  await page.getByRole("tab", { name: "Route" }).click();
  const master = env.cluster.brokers.find((broker) => broker.brokerName === "broker-b")?.addr ?? "";
  await expect(page.getByText(master, { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Configuration" }).click();
  await expect(page.getByRole("row").filter({ hasText: "attributes.message.type" })).toContainText("NORMAL");
  await shot("topic-config");
});

test("the lag of a topic's groups leads to the messages", async ({ page, topics, shot }) => {
  await topics.openOne("orders", "?tab=lag");
  await topics.row("order-service").getByRole("button").first().click();
  await expect(page.getByRole("columnheader", { name: "Consumed to" })).toBeVisible();
  await shot("topic-lag");
});

test("the TPS of a topic is drawn over time, and the range is in the URL", async ({ page, topics, shot }) => {
  test.slow();
  await topics.openOne("orders");
  await page.getByRole("tab", { name: "TPS" }).click();
  await expect(page).toHaveURL(/tab=tps/);
  const max = (curve: string) =>
    page.getByRole("figure").getByRole("row").filter({ hasText: curve }).getByRole("cell").nth(1);
  for (const curve of ["Produced", "Consumed"]) await expect(max(curve)).toHaveText(/[1-9]/, { timeout: 90_000 });
  await expect(page.locator("canvas")).toBeVisible();
  await page.getByText("15 min", { exact: true }).click();
  await expect(page).toHaveURL(/range=15m/);
  await page.reload();
  await expect(max("Produced")).toHaveText(/[1-9]/);
  await shot("topic-tps");
});

test("a topic that does not exist says so", async ({ page, env }) => {
  await page.goto(`/instances/${env.instanceId}/topics/no-such-topic`);
  await expect(page.getByRole("alert")).toContainText("topic");
});

test("a broker that is gone is named over the list, and all is well after its return", async ({
  page,
  ownCluster,
  shot,
}) => {
  test.slow();
  const { sandbox, instanceId } = await ownCluster({ masters: 2 });
  const topics = new TopicPage(page, instanceId);
  await topics.open("?kind=all&pageSize=50&refresh=5");
  await expect(topics.row("broker-a")).toBeVisible();
  await sandbox.killBroker("broker-b");
  const strip = page.getByRole("status").filter({ hasText: "not complete" });
  await expect(strip).toContainText("broker-b", { timeout: 60_000 });
  await expect(topics.row("broker-a")).toBeVisible();
  await shot("topic-list-partial");
  await sandbox.startBroker("broker-b");
  await expect(strip).toBeHidden({ timeout: 60_000 });
});
