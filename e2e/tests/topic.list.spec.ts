import { readFile } from "node:fs/promises";
import { createTopics, topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Frame } from "../pom/frame.ts";
import { hold } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const base = { messageType: "NORMAL", perm: 6 } as const;

test("what is seen of the list is in the URL, and Back undoes a step of looking", async ({
  page,
  topics,
  env,
  api,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const prefix = unique("seen");
  for (const queues of [1, 2, 3]) {
    await planned(api).createTopic({
      instanceId,
      topic: `${prefix}-${queues}`,
      brokers: ["broker-a"],
      queues,
      ...base,
    });
    await known(`${prefix}-${queues}`, 1);
  }
  await topics.open("?pageSize=100");
  await expect(topics.row("orders")).toBeVisible();
  await shot("topic-list-en-light");
  await topics.find(prefix);
  await expect(page.getByRole("status").filter({ hasText: "3 results" })).toBeVisible();
  const head = page.getByRole("columnheader", { name: "Queues", exact: true });
  await head.click();
  await expect(page).toHaveURL(/sort=readQueues/);
  await expect(head, "a figure is sorted with the largest first").toHaveAttribute("aria-sort", "descending");
  const names = page.getByRole("row").getByRole("link");
  await expect(names).toHaveText([`${prefix}-3`, `${prefix}-2`, `${prefix}-1`]);
  await page.reload();
  await expect(names).toHaveText([`${prefix}-3`, `${prefix}-2`, `${prefix}-1`]);
  await head.click();
  await expect(page).toHaveURL(/order=asc/);
  await expect(names).toHaveText([`${prefix}-1`, `${prefix}-2`, `${prefix}-3`]);
  await page.goBack();
  await expect(names).toHaveText([`${prefix}-3`, `${prefix}-2`, `${prefix}-1`]);
});

test("selected topics are exported and deleted as a job", async ({
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
  const prefix = unique("many");
  const names = ["a", "b", "c"].map((letter) => `${prefix}-${letter}`);
  for (const topic of names) {
    await planned(api).createTopic({ instanceId, topic, brokers: ["broker-a", "broker-b"], queues: 2, ...base });
    await known(topic);
  }
  await topics.open(`?search=${prefix}`);
  for (const topic of names.slice(0, 2)) await topics.row(topic).getByRole("checkbox").check();
  const selected = page.getByRole("toolbar", { name: "2 selected" });
  const download = page.waitForEvent("download");
  await selected.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(
    csv
      .split("\r\n")
      .slice(0, 3)
      .map((line) => line.split(",").slice(0, 4).join(",")),
  ).toEqual(["\uFEFFTopicName,QueueNums,Perm,MessageType", `${names[0]},2,6,NORMAL`, `${names[1]},2,6,NORMAL`]);
  const plan = await hold(page, "topic/planDeleteMany");
  await selected.getByRole("button", { name: "Delete" }).click();
  await plan.asked();
  await expect(topics.drawer.getByRole("textbox")).toHaveCount(0);
  await plan.letGo();
  for (const topic of names.slice(0, 2)) {
    await expect(topics.drawer.getByRole("row").filter({ hasText: topic })).toContainText("Will be deleted");
  }
  await expect(topics.plan.getByText(`mqadmin deleteTopic`).first()).toContainText(`-t ${names[0]}`);
  await topics.drawer.getByLabel("Type 2 to confirm").fill("2");
  await topics.apply("Delete 2 topics");
  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByRole("heading", { name: "Delete 2 topics" })).toBeVisible();
  await expect(page.getByText("Succeeded").first()).toBeVisible({ timeout: 60_000 });
  await shot("topic-delete-job");
  const { items } = await topicConfigs(cluster, names);
  for (const { value } of items) expect([...value.keys()]).toEqual([names[2]]);
});

test("what is selected ends with its filter; all that match are exported and deleted at once", async ({
  page,
  topics,
  env,
  cluster,
  api,
  unique,
  shot,
}) => {
  const prefix = unique("every");
  const names = Array.from({ length: 23 }, (_, n) => `${prefix}-${n}`);
  const write = { readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
  const { targets } = await cluster.masters();
  for (const { addr } of targets)
    await createTopics(
      cluster,
      addr,
      names.map((topic) => ({ topic, ...write })),
    );
  await expect
    .poll(async () => (await api.topic.list({ instanceId: env.instanceId, search: prefix, fresh: true })).total)
    .toBe(names.length);
  await topics.open(`?search=${prefix}`);
  await topics.row(`${prefix}-0`).getByRole("checkbox").check();
  await expect(page.getByRole("toolbar", { name: "1 selected" })).toBeVisible();
  await topics.find("orders");
  await expect(page.getByRole("toolbar", { name: "1 selected" })).toHaveCount(0);
  await topics.find(prefix);
  await expect(topics.row(`${prefix}-0`).getByRole("checkbox")).not.toBeChecked();
  await topics.row(`${prefix}-0`).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Select all 23 that match" }).click();
  const all = page.getByRole("toolbar", { name: "23 selected" });
  await expect(topics.row(`${prefix}-1`).getByRole("checkbox")).toBeChecked();
  await shot("topic-all-selected");
  const download = page.waitForEvent("download");
  await all.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(csv.split("\r\n").filter((line) => line.startsWith(prefix))).toHaveLength(names.length);
  await all.getByRole("button", { name: "Delete" }).click();
  await topics.drawer.getByLabel("Type 23 to confirm").fill("23");
  await topics.apply("Delete 23 topics");
  await expect(page.getByText("Succeeded").first()).toBeVisible({ timeout: 60_000 });
  const { items } = await topicConfigs(cluster, names);
  for (const { value } of items) expect([...value.keys()]).toEqual([]);
});

test("the list speaks Chinese in the dark", async ({ page, topics, shot }) => {
  await topics.open("?kind=all");
  const frame = new Frame(page);
  await frame.chooseTheme("Dark");
  await frame.chooseLanguage("简体中文");
  await expect(page.getByRole("heading", { name: "主题管理" })).toBeVisible();
  await expect(page.getByText("重试").first()).toBeVisible();
  await shot("topic-list-zh-dark");
});
