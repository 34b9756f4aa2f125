import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { routedBy, topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { topicRpc } from "../../bff/rocketmq/rpc/topic.ts";
import { untilInQueues } from "../../bff/testing/test-topic.ts";
import { Frame } from "../pom/frame.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const brokers = ["broker-a", "broker-b"];
const base = { brokers, messageType: "NORMAL", queues: 2, perm: 6 } as const;

test("deleting several topics shows what is lost, and leaves out what is in use", async ({
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
  const { instanceId } = env;
  const topic = unique("orders-of");
  await planned(api).createTopic({ instanceId, topic, ...base });
  await known(topic);
  const producer = new Producer(cluster, { group: "PG-of-deletions" });
  for (let n = 0; n < 3; n++) await producer.send({ topic, body: Buffer.from("x") });
  await untilInQueues(cluster, topic, 3);
  await topics.open("?search=orders");
  for (const name of ["orders", topic]) await topics.row(name).getByRole("checkbox").check();

  await test.step("the plan says of each topic what happens and why", async () => {
    await page.getByRole("toolbar", { name: "2 selected" }).getByRole("button", { name: "Delete" }).click();
    const row = (name: string) =>
      topics.drawer.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
    await expect(row(topic).getByRole("cell").first()).toHaveText("3");
    await expect(row(topic)).toContainText("Will be deleted");
    await expect(row("orders")).toContainText("Stays");
    await expect(row("orders")).toContainText("Consumer group ");
    await expect(topics.plan).toContainText("1 topic stays");
    await shot("topic-deletions-plan");
  });

  await test.step("only the other one is deleted", async () => {
    const typed = topics.drawer.getByLabel("Type 1 to confirm");
    await expect(typed).toBeFocused();
    await typed.fill("1");
    await topics.apply("Delete 1 topic");
    await expect(page).toHaveURL(new RegExp(`/instances/${instanceId}/jobs/`));
    await expect(page.getByText("3 messages deleted with it")).toBeVisible({ timeout: 60_000 });
    const { items } = await topicConfigs(cluster, ["orders", topic]);
    for (const { value } of items) expect([...value.keys()]).toEqual(["orders"]);
  });

  await test.step("the job stays within its instance and names it, and what has ended has no bar", async () => {
    await expect(page.getByRole("button", { name: "Switch instance" })).toContainText(env.instanceName);
    await expect(page.getByRole("columnheader", { name: "Topic" })).toBeVisible();
    await expect(page.getByRole("main").getByRole("link", { name: env.instanceName })).toBeVisible();
    await expect(page.getByRole("progressbar")).toHaveCount(0);
    await page.getByRole("button", { name: /^Jobs/ }).click();
    const latest = page.getByRole("tooltip").getByRole("listitem").filter({ hasText: "Delete 1 topic" }).first();
    await expect(latest).toContainText(env.instanceName);
    await shot("jobs-popover");
    await latest.getByRole("link").click();
    await expect(page).toHaveURL(new RegExp(`/instances/${instanceId}/jobs/`));
  });

  await test.step("the plan speaks Chinese in the dark", async () => {
    const frame = new Frame(page);
    await frame.chooseTheme("Dark");
    await frame.chooseLanguage("简体中文");
    await page.goto(`/instances/${instanceId}/topics?search=orders`);
    await topics.row("orders").getByRole("checkbox").check();
    await page.getByRole("toolbar").getByRole("button", { name: "删除" }).click();
    await expect(topics.drawer.getByText("这些主题现在都不能删除。")).toBeVisible();
    await expect(topics.drawer.getByRole("textbox")).toHaveCount(0);
    await shot("topic-deletions-plan-zh-dark");
  });
});

test("a topic that only the name servers know is told as such, and its route is deleted", async ({
  page,
  topics,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("ghost");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...base });
  await known(topic);
  const { targets } = await cluster.masters();
  for (const { addr } of targets) await cluster.call(topicRpc.deleteTopicInBroker, addr, { topic });

  await topics.open(`?search=${topic}`);
  await page.getByRole("button", { name: "Refresh" }).first().click();
  await expect(topics.row(topic)).toContainText("Route only");
  await expect(topics.row(topic)).not.toContainText("Closed");
  await topics.row(topic).getByRole("link").click();
  await expect(page.getByText("No broker has this topic: only name servers know its route")).toBeVisible();
  await shot("topic-route-only");
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(topics.plan).toContainText("Route at");
  await topics.drawer.getByLabel(`Type ${topic} to confirm`).fill(topic);
  await shot("topic-route-only-delete");
  await topics.apply("Delete topic");
  await expect(topics.drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  expect((await routedBy(cluster, topic)).namesrvs).toEqual([]);
});

test("queues that cannot be read are told wherever messages are missing for it, and hold up no deletion", async ({
  page,
  topics,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("shrunk");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...base, brokers: ["broker-a"] });
  await known(topic, 1);
  const producer = new Producer(cluster, { group: "PG-of-deletions" });
  for (let n = 0; n < 4; n++) {
    await producer.send({ topic, body: Buffer.from("x"), queue: { brokerName: "broker-a", queueId: n % 2 } });
  }
  await untilInQueues(cluster, topic, 4);
  await planned(api).updateTopic({ instanceId: env.instanceId, topic, readQueues: 1 });
  await topics.openOne(topic, "?tab=queues");
  await expect(page.getByRole("row").filter({ hasText: "Not readable" })).toHaveCount(1);
  const told = page.getByText("2 messages lie in queues that cannot be read: no group gets them");
  await topics.openOne(topic, "?tab=producers");
  await expect(
    page.getByText("2 messages lie in queues that cannot be read; who sent them is not known"),
  ).toBeVisible();
  await expect(told).toBeVisible();
  await shot("topic-unreadable");
  await page.goto(`/instances/${env.instanceId}/messages?topic=${topic}`);
  await expect(
    page.getByRole("region", { name: "Messages found" }).getByText("2 messages in this range"),
  ).toBeVisible();
  await expect(told).toBeVisible();
  await shot("messages-unreadable");
  await topics.openOne(topic);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(topics.plan).toContainText("2 messages lie in queues that cannot be read, the newest stored");
  await topics.drawer.getByLabel(`Type ${topic} to confirm`).fill(topic);
  await topics.apply("Delete topic");
  await expect(topics.drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  const { items } = await topicConfigs(cluster, [topic]);
  expect(items.flatMap(({ value }) => [...value.keys()])).toEqual([]);
});
