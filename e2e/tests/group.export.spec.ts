import { readFile } from "node:fs/promises";
import { readSheet } from "read-excel-file/node";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

test("groups are exported: those selected as a workbook, all that the filter shows as CSV", async ({
  page,
  groups,
  env,
  api,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const prefix = unique("export");
  const names = ["a", "b", "c"].map((letter) => `${prefix}-${letter}`);
  for (const [n, group] of names.entries()) {
    await planned(api).createGroup({ instanceId, group, brokers: ["broker-a"], retryMaxTimes: n + 1 });
  }
  await groups.open(`?search=${prefix}`);
  const saved = async (choice: string) => {
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: choice }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };

  for (const group of names.slice(0, 2)) await groups.row(group).getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "2 selected" }).getByRole("button", { name: "Export" }).click();
  const workbook = await saved("Excel");
  expect(workbook.name).toBe("groups.xlsx");
  const sheet = await readSheet(workbook.bytes);
  expect(sheet.map((row) => row.slice(0, 2))).toEqual([
    ["GroupName", "MaxRetryTimes"],
    [names[0], 1],
    [names[1], 2],
  ]);

  await page.getByRole("button", { name: "Export" }).first().click();
  await expect(page.getByRole("menuitem", { name: "CSV" })).toBeVisible();
  await shot("group-export");
  const csv = await saved("CSV");
  expect(csv.name).toBe("groups.csv");
  const lines = csv.bytes.toString("utf8").trim().split("\r\n");
  expect(lines.slice(1).map((line) => line.split(",").slice(0, 2))).toEqual(names.map((name, n) => [name, `${n + 1}`]));
});
