import { Frame } from "../pom/frame.ts";
import { expect, test } from "../support/test.ts";

test("the console says which version it is, and gives the licence of all that is in its pages and its server", async ({
  page,
  shot,
}) => {
  await page.goto("/jobs");
  await new Frame(page).account("About and licences");
  await expect(page.getByRole("heading", { name: "RocketDeck", level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/Version\s*0\.1\.0/);
  const pages = page.getByRole("region", { name: "Others' work in the pages" });
  const server = page.getByRole("region", { name: "Others' work in the server" });
  await pages.getByText("echarts", { exact: true }).click();
  await expect(pages).toContainText("Apache ECharts");
  await expect(pages).toContainText("NOTICE");
  for (const name of ["better-sqlite3", "express", "better-auth"]) {
    const text = server.getByRole("group").filter({ has: page.getByText(name, { exact: true }) });
    await text.getByText(name, { exact: true }).click();
    await expect(text.locator("pre")).toContainText("Permission is hereby granted");
  }
  await shot("about");
});
