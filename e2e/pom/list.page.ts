import { expect, type Locator, type Page } from "@playwright/test";
import { chooseOption } from "./choose-option.ts";

/** A list of an instance that is searched, the drawers over it, and the pages of what it lists; in English. */
export class ListPage {
  readonly page: Page;
  readonly search: Locator;
  readonly drawer: Locator;
  readonly plan: Locator;
  private readonly base: string;
  private readonly title: string;

  protected constructor(page: Page, base: string, title: string) {
    this.page = page;
    this.base = base;
    this.title = title;
    this.search = page.getByRole("search").getByRole("textbox");
    this.drawer = page.getByRole("dialog");
    this.plan = this.drawer.getByRole("complementary", { name: "What will happen" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`${this.base}${query}`);
    await expect(this.page.getByRole("heading", { name: this.title, level: 1 })).toBeVisible();
  }

  async openOne(name: string, query = ""): Promise<void> {
    await this.page.goto(`${this.base}/${encodeURIComponent(name)}${query}`);
    await expect(this.page.getByRole("heading", { name, level: 1 })).toBeVisible();
  }

  row(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("link", { name, exact: true }) });
  }

  async find(name: string): Promise<void> {
    await this.search.fill(name);
    await this.search.press("Enter");
    await expect(this.page).toHaveURL(new RegExp(`search=${name}`));
  }

  async choose(field: string, option: string): Promise<void> {
    await chooseOption(this.drawer.getByLabel(field, { exact: true }), option);
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

  /** The drawer has two buttons of that name: the cross and the one under the outcome. */
  async closeOutcome(): Promise<void> {
    await this.drawer.getByRole("status").getByRole("button", { name: "Close" }).click();
    await expect(this.drawer).toBeHidden();
  }
}
