import type { Locator } from "@playwright/test";

/** Opens a select and takes an option by its text. */
export async function chooseOption(field: Locator, option: string): Promise<void> {
  const page = field.page();
  await field.click();
  await page
    .getByRole("option", { name: option, exact: true })
    .or(page.getByTitle(option, { exact: true }))
    .last()
    .click();
}
