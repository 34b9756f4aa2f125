import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const views = [
  { locale: "zh-CN", theme: "Dark", width: 768 },
  { locale: "en-US", theme: "Light", width: 1280 },
] as const;

for (const { locale, theme, width } of views) {
  test.describe(`in ${locale}, ${theme}, ${width} px wide`, () => {
    test.use({ locale, viewport: { width, height: 900 }, colorScheme: theme === "Dark" ? "dark" : "light" });

    test("topics and groups are seen, made, changed and deleted alike", async ({ page, env, api, unique, shot }) => {
      test.slow();
      const { instanceId } = env;
      const brokers = ["broker-a", "broker-b"];
      const group = unique("looked-at");
      const topic = unique("looked-at");
      await planned(api).createGroup({
        instanceId,
        group,
        brokers,
        remark: "a remark of some length, so that it wraps",
      });
      await planned(api).createTopic({
        instanceId,
        topic,
        brokers,
        queues: 4,
        messageType: "FIFO",
        perm: 6,
        remark: "a remark",
      });
      const of = { topics: topic, groups: group };
      for (const list of ["topics", "groups"] as const) {
        const base = `/instances/${instanceId}/${list}`;
        const keep = (what: string) => shot(`resource-${list}-${what}-${locale}-${width}`);
        await page.goto(base);
        await expect(page.getByRole("row").nth(2)).toBeVisible();
        await keep("list");
        for (const open of ["create", "edit", "delete"]) {
          await page.goto(`${base}?open=${open}&of=${of[list]}`);
          await expect(page.getByRole("dialog").getByRole("textbox").first()).toBeVisible();
          if (open === "delete")
            await expect(page.getByRole("complementary").getByRole("listitem").first()).toBeVisible();
          await keep(open);
        }
        await page.goto(`${base}/${of[list]}?tab=config`);
        await expect(page.getByRole("row").nth(2)).toBeVisible();
        await keep("detail");
      }
    });
  });
}
