import type { Page } from "@playwright/test";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { ImportPage } from "../pom/import.page.ts";
import { hold, refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

const HEADER = "TopicName,QueueNums,Perm,MessageType";

async function brokersWith(cluster: RocketMQCluster, topic: string): Promise<string[]> {
  const { items } = await topicConfigs(cluster, [topic]);
  return items.filter(({ value }) => value.has(topic)).map(({ target }) => target.brokerName);
}

const tick = (page: Page, broker: string) => page.getByRole("checkbox", { name: broker });
const startButton = (page: Page) => page.getByRole("button", { name: "Create 1 topic", exact: true });
const shownCheck = (page: Page) => new URL(page.url()).searchParams.get("check");

/** Ticks or unticks a broker and waits for the check that this makes; gives its id. */
async function choose(page: Page, broker: string, on: boolean): Promise<string | null> {
  const before = shownCheck(page);
  await tick(page, broker).setChecked(on);
  await expect.poll(() => shownCheck(page)).not.toBe(before);
  await expect(startButton(page)).toBeEnabled();
  return shownCheck(page);
}

test("Back from a check on fewer brokers shows all of the first one, and Start creates on these", async ({
  page,
  env,
  cluster,
  unique,
}) => {
  const topic = unique("back");
  const imports = new ImportPage(page, env.instanceId, "topic");
  await imports.open();
  await imports.give("topics.csv", `${HEADER}\r\n${topic},1,6,NORMAL\r\n`);
  await expect(startButton(page)).toBeEnabled();
  const first = shownCheck(page);
  await choose(page, "broker-b", false);
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`check=${first}`));
  await expect(tick(page, "broker-a")).toBeChecked();
  await expect(tick(page, "broker-b")).toBeChecked();
  await imports.start("Create 1 topic");
  await expect(imports.progress.getByText("Succeeded")).toBeVisible();
  expect(await brokersWith(cluster, topic)).toEqual(["broker-a", "broker-b"]);
});

test("a check that is still on its way when one goes back stays away", async ({ page, env, cluster, unique }) => {
  const topic = unique("late");
  const imports = new ImportPage(page, env.instanceId, "topic");
  await imports.open();
  await imports.give("topics.csv", `${HEADER}\r\n${topic},1,6,NORMAL\r\n`);
  await expect(startButton(page)).toBeEnabled();
  const onA = await choose(page, "broker-b", false);
  await choose(page, "broker-b", true);
  const recheck = await hold(page, "topicImport/recheck");
  await tick(page, "broker-a").uncheck();
  await recheck.asked();
  await expect(startButton(page)).toBeDisabled();
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`check=${onA}`));
  await expect(tick(page, "broker-a")).toBeChecked();
  await expect(tick(page, "broker-b")).not.toBeChecked();
  await recheck.letGo();
  await imports.show("New");
  await expect(page).toHaveURL(new RegExp(`check=${onA}.*state=create`));
  await imports.start("Create 1 topic");
  await expect(imports.progress.getByText("Succeeded")).toBeVisible();
  expect(await brokersWith(cluster, topic)).toEqual(["broker-a"]);
});

test("a start that failed is told over its own check alone", async ({ page, env, unique, shot }) => {
  const imports = new ImportPage(page, env.instanceId, "topic");
  await imports.open();
  await imports.give("topics.csv", `${HEADER}\r\n${unique("refused")},1,6,NORMAL\r\n`);
  await refuse(page, "topicImport/start", "IMPORT_EXPIRED");
  await startButton(page).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This check of a file is no longer kept");
  await expect(alert).toContainText("half an hour at most");
  await shot("topic-import-start-failed");
  await choose(page, "broker-b", false);
  await expect(alert).toHaveCount(0);
});

test("rows go to the brokers that the file names, or to those chosen instead", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const [a, both] = [unique("placed"), unique("placed")];
  const imports = new ImportPage(page, env.instanceId, "topic");
  await imports.open();
  await imports.give(
    "topics.csv",
    `${HEADER},ReadQueueNums,BrokerName\r\n${a},1,6,NORMAL,2,broker-a\r\n${both},1,6,NORMAL,,broker-a\r\n${both},1,6,NORMAL,,broker-b\r\nelsewhere,1,6,NORMAL,,broker-x\r\n`,
  );
  await expect(imports.row(a)).toContainText("On broker-a");
  await expect(imports.row("elsewhere")).toContainText("broker-x is no broker of this cluster");
  await expect(tick(page, "broker-a")).toHaveCount(0);
  await shot("topic-import-placed");
  const where = page.getByRole("radiogroup", { name: "Where" });
  await where.getByText("On chosen brokers").click();
  await expect(tick(page, "broker-b")).toBeChecked();
  await expect(imports.row("elsewhere")).toContainText("New");
  await where.getByText("As the file says").click();
  await expect(imports.row("elsewhere")).toContainText("Invalid");
  await imports.start("Create 2 topics");
  await expect(imports.progress.getByText("Succeeded")).toBeVisible();
  expect(await brokersWith(cluster, a)).toEqual(["broker-a"]);
  expect(await brokersWith(cluster, both)).toEqual(["broker-a", "broker-b"]);
});
