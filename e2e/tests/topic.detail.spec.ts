import type { Locator } from "@playwright/test";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";
import { untilInQueues } from "../../bff/testing/test-topic.ts";
import { shortId } from "../pom/message.page.ts";
import { TopicPage } from "../pom/topic.page.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const BROKERS = ["broker-a", "broker-b"];
const GROUP_QUEUE = { brokerName: "broker-b", queueId: 1 };
const MESSAGES = 7n;
const CONSUMED = 4n;

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
  const group = unique("told-group");
  const master = env.cluster.brokers.find(({ brokerName }) => brokerName === GROUP_QUEUE.brokerName)?.addr ?? "";
  const sent: string[] = [];
  await test.step("seven messages in one queue, four of them consumed by a group", async () => {
    await planned(api).createTopic({ instanceId, topic, brokers: BROKERS, queues: 2, messageType: "NORMAL", perm: 6 });
    await known(topic);
    const producer = new Producer(cluster);
    for (let n = 0n; n < MESSAGES; n++) {
      sent.push((await producer.send({ topic, body: Buffer.from(`m${n}`), queue: GROUP_QUEUE })).msgId);
    }
    await untilInQueues(cluster, topic, Number(MESSAGES));
  });

  const queues = page.getByRole("region", { name: "Queues" }).getByRole("row");
  const cells = (row: Locator) => row.getByRole("cell");
  const toldBy = (broker: string) => queues.filter({ hasText: broker });
  await test.step("queues: offsets of each", async () => {
    await topics.openOne(topic);
    for (const broker of BROKERS) {
      for (const queueId of [0, 1]) {
        const row = cells(toldBy(broker).nth(queueId));
        const max = broker === GROUP_QUEUE.brokerName && queueId === GROUP_QUEUE.queueId ? MESSAGES : 0n;
        await expect(row.nth(1)).toHaveText(String(queueId));
        await expect(row.nth(2)).toHaveText("0");
        await expect(row.nth(3)).toHaveText(String(max));
        await expect(row.nth(4)).toHaveText(String(max));
      }
    }
    await shot("topic-queues");
  });
  await test.step("consumer groups: none, and reached by keyboard", async () => {
    await page.getByRole("tab", { name: "Messages" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("tab", { name: "Consumer groups" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/tab=groups/);
    await expect(page.getByText("No group consumes this topic")).toBeVisible();
  });
  await test.step("producers: one that sent and is gone", async () => {
    await page.getByRole("tab", { name: "Producers" }).click();
    await expect(page.getByRole("row").filter({ hasText: "127.0.0.1" })).toContainText("Not connected as a producer");
  });
  await test.step("route: the broker's own address", async () => {
    await page.getByRole("tab", { name: "Route" }).click();
    await expect(page.getByText(master, { exact: true })).toBeVisible();
  });
  await test.step("configuration", async () => {
    await page.getByRole("tab", { name: "Configuration" }).click();
    await expect(page.getByRole("row").filter({ hasText: "attributes.message.type" })).toContainText("NORMAL");
    await shot("topic-config");
  });
  await test.step("lag: what the group has not consumed, and the first message of it", async () => {
    await planned(api).createGroup({ instanceId, group, brokers: BROKERS });
    const header = { ...GROUP_QUEUE, consumerGroup: group, topic, commitOffset: CONSUMED };
    await cluster.call(offsetRpc.updateConsumerOffset, master, header);
    await topics.openOne(topic, "?tab=lag");
    const row = topics.row(group);
    await expect(cells(row).nth(1)).toHaveText(group);
    await expect(cells(row).nth(2)).toHaveText(String(CONSUMED));
    await expect(cells(row).nth(3)).toHaveText(String(MESSAGES - CONSUMED));
    await row.getByRole("button").first().click();
    const queue = page
      .getByRole("table", { name: `Queues of ${group}` })
      .getByRole("row")
      .filter({ hasText: "Messages" });
    await expect(cells(queue).nth(0)).toHaveText(GROUP_QUEUE.brokerName);
    await expect(cells(queue).nth(2)).toHaveText(String(MESSAGES));
    await expect(cells(queue).nth(3)).toHaveText(String(CONSUMED));
    await expect(cells(queue).nth(4)).toHaveText(String(MESSAGES - CONSUMED));
    await shot("topic-lag");
    await queue.getByRole("link").click();
    await expect(page).toHaveURL(new RegExp(`messages\\?.*topic=${topic}.*queue=1.*offset=${CONSUMED}(&|$)`));
    await expect(page.getByRole("row").nth(1)).toContainText(shortId(sent[Number(CONSUMED)]));
  });
});

test("the TPS of a topic is drawn over time, and the range is in the URL", async ({
  page,
  topics,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  test.slow();
  const topic = unique("drawn");
  await planned(api).createTopic({
    instanceId: env.instanceId,
    topic,
    brokers: BROKERS,
    queues: 2,
    messageType: "NORMAL",
    perm: 6,
  });
  await known(topic);
  await topics.openOne(topic);
  await page.getByRole("tab", { name: "TPS" }).click();
  await expect(page).toHaveURL(/tab=tps/);
  const max = (curve: string) =>
    page.getByRole("figure").getByRole("row").filter({ hasText: curve }).getByRole("cell").nth(1);
  const producer = new Producer(cluster);
  await expect(async () => {
    for (let n = 0; n < 20; n++) await producer.send({ topic, body: Buffer.from(`${n}`) });
    await expect(max("Produced")).toHaveText(/[1-9]/, { timeout: 2_000 });
  }).toPass({ timeout: 90_000 });
  // Nobody consumes it: a curve that took the wrong figures would not be flat.
  await expect(max("Consumed")).not.toHaveText(/[1-9]/);
  await expect(page.locator("canvas")).toBeVisible();
  await page.getByText("15 min", { exact: true }).click();
  await expect(page).toHaveURL(/range=15m/);
  await page.reload();
  await expect(max("Produced")).toHaveText(/[1-9]/);
  await expect(max("Consumed")).not.toHaveText(/[1-9]/);
  await shot("topic-tps");
  await topics.openOne("orders", "?tab=tps");
  for (const curve of ["Produced", "Consumed"]) await expect(max(curve)).toHaveText(/[1-9]/, { timeout: 90_000 });
});

test("an open tab is refreshed with its page, by hand and by the clock, but not under a drawer", async ({
  page,
  topics,
  env,
  api,
  cluster,
  known,
  unique,
}) => {
  const { instanceId } = env;
  const topic = unique("followed");
  await planned(api).createTopic({
    instanceId,
    topic,
    brokers: ["broker-a"],
    queues: 1,
    messageType: "NORMAL",
    perm: 6,
  });
  await known(topic, 1);
  const producer = new Producer(cluster);
  const stored = page.getByRole("region", { name: "Queues" }).getByRole("row").nth(1).getByRole("cell").nth(4);
  const send = async (all: number) => {
    await producer.send({ topic, body: Buffer.from("x") });
    await untilInQueues(cluster, topic, all);
  };
  await topics.openOne(topic);
  await expect(stored).toHaveText("0");
  await send(1);
  await expect(page.getByRole("button", { name: "Refresh" })).toHaveCount(1);
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(stored).toHaveText("1");
  await topics.openOne(topic, "?refresh=5");
  await expect(stored).toHaveText("1");
  await send(2);
  await expect(stored).toHaveText("2", { timeout: 10_000 });
  await page.clock.install();
  await topics.openOne(topic, "?refresh=5&tab=config&open=edit");
  await expect(topics.drawer.getByLabel("Remark")).toBeVisible();
  await expect(page.getByText("attributes.message.type")).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const ofTopics = () => asked.filter((path) => path.includes("/topic/"));
  await page.clock.runFor(20_000);
  expect(ofTopics()).toEqual([]);
  await topics.drawer.getByRole("button", { name: "Cancel" }).click();
  await page.clock.runFor(6_000);
  for (const part of ["get", "config"]) await expect.poll(ofTopics).toContain(`/api/rpc/topic/${part}`);
});

test("a topic that is gone since says so in the place of its figures", async ({
  page,
  topics,
  env,
  api,
  known,
  unique,
}) => {
  const { instanceId } = env;
  const topic = unique("going");
  await planned(api).createTopic({
    instanceId,
    topic,
    brokers: ["broker-a"],
    queues: 1,
    messageType: "NORMAL",
    perm: 6,
  });
  await known(topic, 1);
  await topics.openOne(topic);
  await expect(page.getByRole("tab", { name: "Queues" })).toBeVisible();
  await planned(api).deleteTopic({ instanceId, topic, name: topic });
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no such topic");
  await expect(page.getByRole("tab")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: topic })).toBeVisible();
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
