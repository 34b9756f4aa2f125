import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { Frame } from "../pom/frame.ts";
import { expect, test } from "../support/test.ts";

test("an instance without a topic says what to do first, until it has one", async ({
  page,
  ownCluster,
  unique,
  shot,
}) => {
  const { sandbox, instanceId } = await ownCluster({ name: unique("empty") });
  await page.goto(`/instances/${instanceId}/overview`);
  const welcome = page.getByRole("region", { name: "First steps" });
  await test.step("with the code of a client of this very cluster", async () => {
    await expect(welcome).toContainText(`producer.setNamesrvAddr("${sandbox.namesrvAddrs.join(";")}");`);
    await shot("overview-welcome");
    await welcome.getByRole("radiogroup", { name: "Client" }).getByText("Consumer", { exact: true }).click();
    await expect(welcome).toContainText('consumer.subscribe("my-topic", "*");');
  });
  await test.step("in Chinese, in the dark, on a narrow screen", async () => {
    const frame = new Frame(page);
    await frame.chooseTheme("Dark");
    await frame.chooseLanguage("简体中文");
    await page.setViewportSize({ width: 768, height: 900 });
    await expect(page.getByRole("region", { name: "开始使用" })).toBeVisible();
    await shot("overview-welcome-zh-dark");
    await frame.chooseLanguage("English");
  });
  await test.step("it leads to the first topic, and leaves with it", async () => {
    await welcome.getByRole("link", { name: "Create topic" }).click();
    await expect(page).toHaveURL(/topics\?open=create/);
    const cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
    await createTestTopic(cluster).finally(() => cluster.close());
    await page.goto(`/instances/${instanceId}/overview`);
    await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
    await expect(welcome).toHaveCount(0);
  });
});
