import type { Locator, Page } from "@playwright/test";
import { Frame } from "../pom/frame.ts";
import { expectLoaded } from "../pom/loaded.ts";
import { apiClient, storageState } from "../support/api-client.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

/** Names of the controls that lead to a change, on every page. */
const WRITES = /^(create|import|edit|delete|remove|register|restore|send|consume test|start|retention|cancel)\b/i;

/** Jobs are called by what they did: "Delete 3 topics" leads to what became of it, as "Consume test of orders" does. */
const TO_NO_JOB = ':not([href*="/jobs/"], [href*="/dial-tests/"])';

const controls = (page: Page): Locator => {
  const main = page.getByRole("main");
  const named = { name: WRITES };
  const all = [
    main.getByRole("button", named),
    main.getByRole("link", named).and(main.locator(TO_NO_JOB)),
    main.getByRole("switch", { disabled: false }),
  ];
  return all.reduce((one, other) => one.or(other));
};

const pages = (instanceId: string, topic: string, group: string) => [
  "/instances",
  "/recycle-bin",
  `/instances/${instanceId}`,
  `/instances/${instanceId}/topics`,
  `/instances/${instanceId}/topics/${encodeURIComponent(topic)}`,
  `/instances/${instanceId}/groups`,
  `/instances/${instanceId}/groups/${encodeURIComponent(group)}`,
  `/instances/${instanceId}/messages`,
  `/instances/${instanceId}/dial-tests`,
  "/jobs",
];

test.describe("somebody who may only read", () => {
  test.use({ storageState: async ({ env }, use) => use(storageState(env.url, env.readerCookie)) });

  test("sees every page and is offered nothing that writes", async ({ page, browser, env, api, shot }) => {
    test.setTimeout(240_000);
    const { instanceId } = env;
    const topic = (await api.topic.list({ instanceId })).items[0]?.topic ?? "";
    const group = (await api.group.list({ instanceId })).items[0]?.group ?? "";
    const administrator = await browser.newContext({ storageState: storageState(env.url, env.cookie) });
    const other = await administrator.newPage();
    let offered = 0;
    for (const path of pages(instanceId, topic, group)) {
      await test.step(path, async () => {
        await page.goto(`${env.url}${path}`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectLoaded(page);
        await expect.soft(controls(page)).toHaveCount(0);
        await expect(page.getByRole("alert")).toHaveCount(0);
        await other.goto(`${env.url}${path}`);
        await expect(other.getByRole("heading", { level: 1 })).toBeVisible();
        await expectLoaded(other);
        offered += await controls(other).count();
      });
    }
    // The same look finds what an administrator is offered.
    expect(offered).toBeGreaterThan(10);
    await administrator.close();
    await page.goto(`${env.url}/instances/${instanceId}/topics`);
    await expect(new Frame(page).nav).toBeVisible();
    await page.getByRole("button", { name: "Account reader" }).click();
    await expect(page.getByText("reader · Read-only")).toBeVisible();
    await page.keyboard.press("Escape");
    await shot("read-only-topics");
    await page.getByRole("button", { name: "Go to" }).click();
    await expect(page.getByRole("option", { name: "Find a message by key" })).toBeVisible();
    await expect(page.getByRole("option", { name: /^(Create|Import|Send|Register|Reset)/ })).toHaveText([
      "Send and receivePage",
    ]);
  });

  test("is refused every write that is called directly", async ({ env, unique }) => {
    const api = apiClient(env.url, env.readerCookie);
    const { instanceId } = env;
    const topic = unique("refused");
    const group = topic;
    const calls: [string, () => Promise<unknown>][] = [
      ["instance:create", () => api.instance.register({ name: topic, namesrvAddrs: ["127.0.0.1:1"] })],
      ["instance:delete", () => api.instance.recycle({ instanceId })],
      ["topic:delete", () => planned(api).deleteTopic({ instanceId, topic, name: topic })],
      ["group:delete", () => planned(api).deleteGroup({ instanceId, group, name: group })],
      ["job:cancel", () => api.job.cancel({ jobId: "any" })],
    ];
    for (const [action, call] of calls) {
      const refusal = { code: "FORBIDDEN", status: 403, data: { params: { action } } };
      await expect(call(), action).rejects.toMatchObject(refusal);
    }
    expect((await api.instance.list({})).items.map(({ name }) => name)).toContain(env.instanceName);
  });
});
