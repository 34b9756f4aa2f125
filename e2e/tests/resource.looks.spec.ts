import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

/** Lists, drawers and details share their frames: each of the two is looked at in one of the two ways. */
const views = [
  { list: "topics", locale: "zh-CN", theme: "Dark", width: 768 },
  { list: "groups", locale: "en-US", theme: "Light", width: 1280 },
] as const;

for (const { list, locale, theme, width } of views) {
  test.describe(`in ${locale}, ${theme}, ${width} px wide`, () => {
    test.use({ locale, viewport: { width, height: 900 }, colorScheme: theme === "Dark" ? "dark" : "light" });

    test(`${list} are seen, made, changed and deleted`, async ({ page, env, api, unique, shot }) => {
      test.slow();
      const { instanceId } = env;
      const name = unique("looked-at");
      const made = {
        instanceId,
        brokers: ["broker-a", "broker-b"],
        remark: "a remark of some length, so that it wraps",
      };
      if (list === "groups") await planned(api).createGroup({ ...made, group: name });
      else await planned(api).createTopic({ ...made, topic: name, queues: 4, messageType: "FIFO", perm: 6 });
      const base = `/instances/${instanceId}/${list}`;
      const keep = (what: string) => shot(`resource-${list}-${what}-${locale}-${width}`);
      const trends: string[] = [];
      page.on("request", (request) => request.url().endsWith("/trends") && trends.push(request.url()));
      await page.goto(base);
      await expect(page.getByRole("row").nth(2)).toBeVisible();
      // The console samples all names about once a minute; one question tells of all of them, and another one a minute later.
      await expect(page.getByRole("img", { name: /lowest|最低/ }).first()).toBeVisible({ timeout: 180_000 });
      expect(trends.length).toBeLessThanOrEqual(5);
      await keep("list");
      for (const open of ["create", "edit", "delete"]) {
        await page.goto(`${base}?open=${open}&of=${name}`);
        await expect(page.getByRole("dialog").getByRole("textbox").first()).toBeVisible();
        if (open === "delete")
          await expect(page.getByRole("complementary").getByRole("listitem").first()).toBeVisible();
        await keep(open);
      }
      await page.goto(`${base}/${name}?tab=config`);
      await expect(page.getByRole("row").nth(2)).toBeVisible();
      await keep("detail");
    });
  });
}
