import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { expect, test } from "../support/test.ts";

const TITLE = "Messages per second";

async function save(page: Page, what: string): Promise<Download> {
  const chart = page.getByRole("figure", { name: TITLE });
  await chart.getByRole("button", { name: "Save as a file" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: what }).click();
  return download;
}

test("the figures behind a chart are a table, a CSV and a picture, of the series that are shown", async ({
  page,
  env,
  shot,
}) => {
  test.slow();
  await page.goto(`/instances/${env.instanceId}/overview?range=15m`);
  const chart = page.getByRole("figure", { name: TITLE });
  await expect(chart.getByRole("img", { name: TITLE })).toBeVisible({ timeout: 60_000 });
  const choice = chart.getByRole("button", { name: "Figures as a table" });
  await choice.press("Enter");
  await expect(choice).toHaveAttribute("aria-pressed", "true");
  const figures = chart.getByRole("table", { name: TITLE });
  await expect(figures.getByRole("columnheader")).toHaveText(["Time", "Produce", "Consume"]);
  await expect(figures.getByRole("rowheader").first()).toHaveText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  await expect(figures.getByRole("row").nth(1).getByRole("cell").first()).toHaveText(/^[\d.,]*[1-9][\d.,]*$/, {
    timeout: 60_000,
  });
  await shot("chart-table");

  await chart.getByRole("button", { name: "Consume" }).click();
  await expect(figures.getByRole("columnheader")).toHaveText(["Time", "Produce"]);
  const csv = await save(page, "Figures (CSV)");
  expect(csv.suggestedFilename()).toMatch(/^Messages per second \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.csv$/);
  const [head, ...rows] = (await readFile(await csv.path(), "utf8")).trim().split("\r\n");
  expect(head).toBe('"Time (Asia/Shanghai, UTC+08:00)",Produce (per second)');
  const sampled = rows.map((row) => row.split(",")[1] ?? "").filter((cell) => cell !== "");
  expect(sampled.length).toBeGreaterThan(0);
  expect(Math.max(...sampled.map(Number))).toBeGreaterThan(0);

  const png = await readFile(await (await save(page, "Picture (PNG)")).path());
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.readUInt32BE(16), "width in the picture's own head").toBe(2400);
  await choice.press("Enter");
  await expect(chart.getByRole("img", { name: TITLE })).toBeVisible();
});
