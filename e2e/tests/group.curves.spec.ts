import { expect, test } from "../support/test.ts";

test("each chart of a group has the whole width, also where the group is the first page opened", async ({
  page,
  groups,
  shot,
}) => {
  await groups.openOne("activity-loader", "?tab=tps");
  const tabs = page.getByRole("tabpanel");
  for (const name of ["Messages consumed a second", "Lag"]) {
    const chart = page.getByRole("figure", { name });
    await expect(chart).toBeVisible();
    const share = async () => ((await chart.boundingBox())?.width ?? 0) / ((await tabs.boundingBox())?.width ?? 1);
    await expect.poll(share, name).toBeGreaterThan(0.9);
  }
  await shot("group-curves-first-page");
});
