import { expect, type Page } from "@playwright/test";

/** Nothing of the page is still on its way: no bones of a table or panel, no room kept for a drawing. */
export async function expectLoaded(page: Page): Promise<void> {
  await expect(page.locator(".rd-skeleton-table, .rd-skeleton-panel, .rd-chart-room:empty")).toHaveCount(0);
}
