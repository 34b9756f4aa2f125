import { expect, type Locator, type Page } from "@playwright/test";

/** Topics of an instance: the list, its drawers, and a topic's own page; in English. */
export class TopicPage {
  readonly page: Page;
  readonly table: Locator;
  readonly search: Locator;
  readonly drawer: Locator;
  readonly plan: Locator;
  private readonly base: string;

  constructor(page: Page, instanceId: string) {
    this.page = page;
    this.base = `/instances/${instanceId}/topics`;
    this.table = page.getByRole("table").first();
    this.search = page.getByRole("search").getByRole("textbox");
    this.drawer = page.getByRole("dialog");
    this.plan = this.drawer.getByRole("complementary", { name: "What will happen" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`${this.base}${query}`);
    await expect(this.page.getByRole("heading", { name: "Topics", level: 1 })).toBeVisible();
  }

  async openTopic(topic: string, query = ""): Promise<void> {
    await this.page.goto(`${this.base}/${encodeURIComponent(topic)}${query}`);
    await expect(this.page.getByRole("heading", { name: topic, level: 1 })).toBeVisible();
  }

  row(topic: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("link", { name: topic, exact: true }) });
  }

  async find(topic: string): Promise<void> {
    await this.search.fill(topic);
    await this.search.press("Enter");
    await expect(this.page).toHaveURL(new RegExp(`search=${topic}`));
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

  /** The outcome of a write names each broker on which it was done. */
  async expectDoneOn(...brokers: string[]): Promise<void> {
    const outcome = this.drawer.getByRole("status");
    await expect(outcome.getByRole("heading", { name: "Done" })).toBeVisible();
    for (const broker of brokers) await expect(outcome.getByText(broker, { exact: true })).toBeVisible();
  }

  /** The drawer has two buttons of that name: the cross and the one under the outcome. */
  async closeOutcome(): Promise<void> {
    await this.drawer.getByRole("status").getByRole("button", { name: "Close" }).click();
    await expect(this.drawer).toBeHidden();
  }
}
