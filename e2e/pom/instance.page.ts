import type { Locator, Page } from "@playwright/test";

/** Lists of instances (in use, and in the recycle bin) and the drawers over them, in English. */
export class InstancePage {
  readonly page: Page;
  readonly drawer: Locator;
  readonly table: Locator;

  constructor(page: Page) {
    this.page = page;
    this.drawer = page.getByRole("dialog");
    this.table = page.getByRole("main").getByRole("table");
  }

  /** In a table, or as a card where there are a few. */
  row(name: string): Locator {
    return this.table.getByRole("row").or(this.page.getByRole("article")).filter({ hasText: name });
  }

  field(name: string): Locator {
    return this.drawer.getByRole("textbox", { name, exact: true });
  }

  button(name: string): Locator {
    return this.drawer.getByRole("button", { name, exact: true });
  }

  async test(): Promise<Locator> {
    // While it runs, the button's name starts with that of its spinner.
    await this.drawer.getByRole("button", { name: /Test connection$/ }).click();
    return this.drawer.getByRole("status", { name: "Result of the connection test" });
  }

  /** Types the name that a destructive step asks for and confirms. */
  async confirm(name: string, button: string): Promise<void> {
    await this.field(`Type ${name} to confirm`).fill(name);
    await this.button(button).click();
  }
}
