import type { Page } from "@playwright/test";
import { Frame } from "../pom/frame.ts";
import { expectLoaded } from "../pom/loaded.ts";
import { expect, test } from "../support/test.ts";

/** By how much the page is wider than the window. */
const excess = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("the comfortable density gives rows and controls more room and outlives a reload", async ({ page, env, shot }) => {
  const frame = new Frame(page);
  const row = frame.main.getByRole("row").filter({ has: page.getByRole("link", { name: "orders", exact: true }) });
  const heights = async () => {
    const boxes = [row, page.getByRole("button", { name: "Create topic" })].map(async (box) =>
      Math.round((await box.boundingBox())?.height ?? 0),
    );
    return Promise.all(boxes);
  };
  await page.goto(`/instances/${env.instanceId}/topics?search=orders`);
  await expect(row).toBeVisible();
  await expect.poll(heights).toEqual([40, 32]);
  await frame.chooseDensity("Comfortable");
  await expect.poll(heights).toEqual([48, 36]);
  await page.reload();
  await expect(row).toBeVisible();
  await expect.poll(heights).toEqual([48, 36]);
  await shot("topics-comfortable");
  await frame.chooseDensity("Dense");
  await expect.poll(heights).toEqual([40, 32]);
});

for (const width of [1440, 1280, 768]) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 900 } });

    test("no page scrolls sideways as a whole, with or without a menu", async ({ page, env }) => {
      const inside = `/instances/${env.instanceId}`;
      const group = `${inside}/groups/order-service`;
      const pages = ["/instances", "/jobs", "/recycle-bin", group, `${inside}/overview?tab=details`].concat(
        ["overview", "topics", "topics/orders", "groups", "messages?topic=orders", "dial-tests"].map(
          (path) => `${inside}/${path}`,
        ),
      );
      for (const path of pages) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectLoaded(page);
        await expect.poll(() => excess(page), path).toBe(0);
      }
      const menus = page.locator(".ant-dropdown, .ant-popover");
      for (const name of ["Appearance", "Language", "Help", /^Account /, "Switch instance", /^Jobs/]) {
        await page.getByRole("banner").getByRole("button", { name }).click();
        await expect(menus.filter({ visible: true })).toHaveCount(1);
        await expectLoaded(page);
        await expect.poll(() => excess(page), String(name)).toBe(0);
        await page.keyboard.press("Escape");
      }
    });
  });
}

test.describe("1024 px wide", () => {
  test.use({ viewport: { width: 1024, height: 768 } });

  test("the navigation says in words where it leads", async ({ page, env, shot }) => {
    await page.goto(`/instances/${env.instanceId}/topics`);
    const { nav } = new Frame(page);
    for (const place of ["Overview", "Topics", "Send and receive", "Recycle bin"])
      await expect(nav.getByText(place, { exact: true })).toBeInViewport({ ratio: 1 });
    await expectLoaded(page);
    await expect.poll(() => excess(page)).toBe(0);
    await shot("topics-1024");
  });
});

test.describe("where a table is wider than the page", () => {
  test.use({ viewport: { width: 768, height: 900 } });

  test("the keyboard scrolls it", async ({ page, env, accessible }) => {
    await page.goto(`/instances/${env.instanceId}/topics`);
    const box = page.getByRole("group", { name: "Table, scrolls sideways" });
    await expectLoaded(page);
    await box.press("ArrowRight");
    await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
    await accessible();
  });
});
