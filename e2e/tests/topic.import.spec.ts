import { readFile } from "node:fs/promises";
import iconv from "iconv-lite";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicConfigs } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Frame } from "../pom/frame.ts";
import { ImportPage } from "../pom/import.page.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const HEADER = "TopicName,QueueNums,Perm,MessageType";

/** What every master says of some topics: read queues, permission, type. */
async function onBrokers(cluster: RocketMQCluster, topics: readonly string[]) {
  const { items } = await topicConfigs(cluster, topics);
  return items.map(({ target, value }) => [
    target.brokerName,
    ...topics.map((topic) => {
      const config = value.get(topic);
      return config && [config.readQueueNums, config.perm, config.attributes.get("message.type")].join(" ");
    }),
  ]);
}

test("a file is checked row by row, imported, and the brokers have what it says", async ({
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
  const imports = new ImportPage(page, instanceId, "topic");
  const [a, b, there, other] = [unique("new"), unique("new"), unique("there"), unique("other")];
  await test.step("nothing but the format before a file is given", async () => {
    const base = { instanceId, brokers: ["broker-a", "broker-b"], messageType: "NORMAL" as const, perm: 6 as const };
    await planned(api).createTopic({ ...base, topic: there, queues: 4 });
    await planned(api).createTopic({ ...base, topic: other, queues: 2 });
    await page.goto(`/instances/${instanceId}/topics`);
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await imports.expectOpen();
    await shot("topic-import-upload");
  });
  await test.step("check", async () => {
    const lines = [`${a},4,6,NORMAL`, `${b},2,4,FIFO`, `${there},4,6,NORMAL`, `${other},8,6,NORMAL`];
    await imports.give(
      "orders.csv",
      [HEADER, `${a},9,6,NORMAL`, ...lines, "no blanks,9,6,NORMAL", `${a},1,6,NORMAL`].join("\r\n"),
    );
    await expect(imports.row(a).first()).toContainText("Invalid");
    await expect(imports.row(a).nth(1)).toContainText("New");
    await expect(imports.row(there)).toContainText("Exists");
    await expect(imports.row(other)).toContainText("On broker-a, broker-b: QueueNums 2");
    await expect(imports.row("no blanks")).toContainText("letters, digits, _ and - only");
    await expect(imports.row("no blanks")).toContainText("“9” is not 1 to 8");
    await shot("topic-import-check");
    await imports.show("Invalid");
    await expect(page).toHaveURL(/state=invalid/);
    await expect(imports.rows).toContainText("The same name stands in line 3");
    expect(await onBrokers(cluster, [a, b])).toEqual([
      ["broker-a", undefined, undefined],
      ["broker-b", undefined, undefined],
    ]);
  });
  await test.step("import", async () => {
    const toldBefore = imports.row("no blanks").getByText("letters, digits, _ and - only");
    const words = (await toldBefore.innerText()).trim();
    await page.reload();
    await imports.start("Create 2 topics");
    await expect(imports.progress.getByText("Succeeded")).toBeVisible({ timeout: 60_000 });
    await expect(imports.progress.getByRole("definition")).toHaveText(["2", "5"]);
    await expect(page.getByText("The import goes on when you leave this page.")).toHaveCount(0);
    await expect(imports.progress.getByText(words, { exact: true })).toBeVisible();
    await expect(imports.progress.getByRole("link", { name: a, exact: true })).toBeVisible();
    await expect(imports.progress.getByRole("link", { name: "no blanks" })).toHaveCount(0);
    await shot("topic-import-job");
    expect(await onBrokers(cluster, [a, b, other])).toEqual([
      ["broker-a", "4 6 NORMAL", "2 4 FIFO", "2 6 NORMAL"],
      ["broker-b", "4 6 NORMAL", "2 4 FIFO", "2 6 NORMAL"],
    ]);
    const download = page.waitForEvent("download");
    await imports.progress.getByRole("button", { name: "Download results" }).click();
    const results = await readFile(await (await download).path(), "utf8");
    expect(results).toContain(`2,${a},ok,,,`);
    expect(results).toContain("6,no blanks,skipped,name.characters,");
    await known(a);
    await page.getByRole("link", { name: "To the topics" }).click();
    await topics.find(a);
    await expect(topics.row(a)).toBeVisible();
  });
});

test("a GBK file goes to the chosen broker alone", async ({ page, env, cluster, unique, shot }) => {
  const topic = unique("gbk");
  const imports = new ImportPage(page, env.instanceId, "topic");
  await imports.open();
  const frame = new Frame(page);
  await frame.chooseTheme("Dark");
  await imports.give(
    "主题.csv",
    iconv.encode(`主题名称,队列数,权限,消息类型,机房\r\n${topic},3,读写,延时消息,中文\r\n`, "gbk"),
  );
  await expect(page.getByText("GBK", { exact: true })).toBeVisible();
  await expect(page.getByText("Columns passed over: 机房")).toBeVisible();
  await page.getByRole("checkbox", { name: "broker-a" }).uncheck();
  await expect(page.getByRole("checkbox", { name: "broker-a" })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: "broker-b" })).toBeDisabled();
  await frame.chooseLanguage("简体中文");
  await shot("topic-import-zh-dark");
  await page.getByRole("button", { name: "创建 1 个主题" }).click();
  await expect(page.getByRole("region", { name: "进度" }).getByText("成功").first()).toBeVisible({
    timeout: 60_000,
  });
  expect(await onBrokers(cluster, [topic])).toEqual([
    ["broker-a", undefined],
    ["broker-b", "3 6 DELAY"],
  ]);
});

test("a file that is no import says what is wrong, and a mended one is taken", async ({
  page,
  env,
  cluster,
  unique,
}) => {
  const imports = new ImportPage(page, env.instanceId, "group");
  const group = unique("imported");
  await imports.open();
  const chooser = page.waitForEvent("filechooser");
  await imports.file.focus();
  await page.keyboard.press("Enter");
  await chooser;
  const wrong = page.getByRole("alert");
  await imports.give("groups.csv", "Name,Retries?\nx,1\n");
  await expect(wrong).toHaveText("The first line lacks the columns GroupName.");
  await imports.give("groups.csv", `GroupName,MaxRetryTimes\n"${group},3\n`);
  await expect(wrong).toHaveText("The quote in line 2 is never closed.");
  await imports.give("groups.xlsx", Buffer.from([0x50, 0x4b, 3, 4, 0x14, 0, 6, 0]));
  await expect(wrong).toHaveText("The file is not text. Save the sheet as CSV first.");
  await imports.give("large.csv", Buffer.alloc(6 * 1024 * 1024, "a"));
  await expect(wrong).toHaveText("large.csv is larger than 5 MB. Split it.");
  await imports.give("groups.csv", `GroupName,MaxRetryTimes\n${group},3\n`);
  await imports.start("Create 1 group");
  await expect(imports.progress.getByText("Succeeded")).toBeVisible({ timeout: 60_000 });
  const { items } = await allGroupConfigs(cluster);
  expect(items.map(({ value }) => value.get(group)?.config.retryMaxTimes)).toEqual([3, 3]);
});
