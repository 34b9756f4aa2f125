import { expect, type Locator, type Page } from "@playwright/test";

/** Consumer groups of an instance: the list, its drawers, and a group's own page; in English. */
export class GroupPage {
  readonly page: Page;
  readonly search: Locator;
  readonly drawer: Locator;
  readonly plan: Locator;
  private readonly base: string;

  constructor(page: Page, instanceId: string) {
    this.page = page;
    this.base = `/instances/${instanceId}/groups`;
    this.search = page.getByRole("search").getByRole("textbox");
    this.drawer = page.getByRole("dialog");
    this.plan = this.drawer.getByRole("complementary", { name: "What will happen" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`${this.base}${query}`);
    await expect(this.page.getByRole("heading", { name: "Consumer groups", level: 1 })).toBeVisible();
  }

  async openGroup(group: string, query = ""): Promise<void> {
    await this.page.goto(`${this.base}/${encodeURIComponent(group)}${query}`);
    await expect(this.page.getByRole("heading", { name: group, level: 1 })).toBeVisible();
  }

  row(group: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("link", { name: group, exact: true }) });
  }

  async find(group: string): Promise<void> {
    await this.search.fill(group);
    await this.search.press("Enter");
    await expect(this.page).toHaveURL(new RegExp(`search=${group}`));
  }

  async choose(field: string, option: string): Promise<void> {
    await this.drawer.getByLabel(field, { exact: true }).click();
    await this.page
      .getByRole("option", { name: option, exact: true })
      .or(this.page.getByTitle(option, { exact: true }))
      .last()
      .click();
  }

  async apply(name: string): Promise<void> {
    await this.drawer.getByRole("button", { name, exact: true }).click();
  }

  /** The outcome of a write names each target on which it was done. */
  async expectDoneOn(...targets: string[]): Promise<void> {
    const outcome = this.drawer.getByRole("status");
    await expect(outcome.getByRole("heading", { name: "Done" })).toBeVisible();
    for (const target of targets) await expect(outcome.getByText(target, { exact: true })).toBeVisible();
  }

  async closeOutcome(): Promise<void> {
    await this.drawer.getByRole("status").getByRole("button", { name: "Close" }).click();
    await expect(this.drawer).toBeHidden();
  }
}
