import type { Page } from "@playwright/test";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

/** As somebody left it who prefers Chinese and the dark. */
async function inChineseAndDark(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem("rocketdeck.lang", "zh-CN");
    localStorage.setItem("rocketdeck.theme", "dark");
  });
}

const brokers = ["broker-a", "broker-b"];

test("the forms hold in Chinese, in the dark and on a narrow screen", async ({
  page,
  env,
  api,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const topic = unique("looks");
  await planned(api).createTopic({ instanceId, topic, brokers, messageType: "NORMAL", queues: 2, perm: 6 });
  await known(topic);
  await inChineseAndDark(page);
  await page.setViewportSize({ width: 768, height: 900 });
  await page.goto(`/instances/${instanceId}/dial-tests?tab=consume&topic=${topic}&from=time&time=1700000000000`);
  await expect(page.getByRole("region", { name: "将读取的队列" }).getByText("broker-b").first()).toBeVisible();
  await expect(page.getByLabel("时间", { exact: true })).toHaveValue("2023-11-15 06:13:20");
  await shot("dial-test-consume-zh-dark-768");
  await page.getByRole("tab", { name: "生产测试" }).click();
  await page.getByText("延时消息", { exact: true }).click();
  await expect(page.getByText(/将发送的是延时消息/)).toBeVisible();
  await shot("dial-test-produce-zh-dark-768");
  await page.setViewportSize({ width: 1280, height: 900 });
  await shot("dial-test-produce-zh-dark-1280");
  await page.getByRole("tab", { name: "状态码说明" }).click();
  await expect(page.getByRole("heading", { name: "消费状态码" })).toBeVisible();
  await shot("dial-test-statuses-zh-dark");
});

test("a test of many messages shows a page of its rows at a time, in Chinese and in the dark", async ({
  page,
  env,
  api,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const topic = unique("many");
  await planned(api).createTopic({ instanceId, topic, brokers, messageType: "DELAY", queues: 2, perm: 6 });
  await known(topic);
  const { jobId } = await api.dialTest.produce({ instanceId, topic, count: 400, messageType: "DELAY", delayLevel: 1 });
  await inChineseAndDark(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  const watching = page.waitForRequest(/\/job\/watch/);
  await page.goto(`/instances/${instanceId}/dial-tests/${jobId}`);
  expect((await watching).url()).not.toContain("after");
  await expect(page.getByText(/延时到期后，才能在主题中查到这些消息/)).toBeVisible();
  await expect(page.getByText(/400 \/ 400/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "SEND_OK" }).first()).toBeVisible();
  await shot("dial-test-produced-zh-dark-1280");
  await page.setViewportSize({ width: 768, height: 900 });
  await shot("dial-test-produced-zh-dark-768");
  await expect(page.getByText("301", { exact: true })).toHaveCount(0);
  const asked = page.waitForResponse(/\/job\/rows/);
  await page.getByRole("listitem", { name: "4", exact: true }).click();
  const { json } = (await (await asked).json()) as { json: { items: unknown[]; total: number } };
  expect([json.items.length, json.total]).toEqual([100, 400]);
  await expect(page.getByText("301", { exact: true })).toBeVisible();
});
