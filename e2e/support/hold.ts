import type { Page } from "@playwright/test";

/** Holds what pages ask of a row of the API, where the request contains `text`, until it is let go. */
export async function hold(page: Page, row: string, text: string): Promise<() => void> {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(`**/api/rpc/${row}`, async (route) => {
    if (route.request().postData()?.includes(text)) await held;
    // A page that no longer wants the answer has cancelled its request.
    await route.continue().catch(() => undefined);
  });
  return () => letGo();
}
