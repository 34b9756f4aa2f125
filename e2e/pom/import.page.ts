import { expect, type Locator, type Page } from "@playwright/test";

/** The import of topics or groups: file, dry run, job; in English. */
export class ImportPage {
  readonly page: Page;
  readonly file: Locator;
  readonly rows: Locator;
  readonly progress: Locator;
  private readonly path: string;
  private readonly title: string;

  constructor(page: Page, instanceId: string, what: "topic" | "group") {
    this.page = page;
    this.path = `/instances/${instanceId}/${what}-import`;
    this.title = `Import ${what}s`;
    this.file = page.getByLabel("Choose a CSV file");
    this.rows = page.getByRole("region", { name: "Rows of the file" });
    this.progress = page.getByRole("region", { name: "Progress" });
  }

  async open(): Promise<void> {
    await this.page.goto(this.path);
    await this.expectOpen();
  }

  async expectOpen(): Promise<void> {
    await expect(this.page.getByRole("heading", { name: this.title, level: 1 })).toBeVisible();
  }

  async give(name: string, content: string | Buffer): Promise<void> {
    const buffer = typeof content === "string" ? Buffer.from(content) : content;
    await this.file.setInputFiles({ name, mimeType: "text/csv", buffer });
  }

  row(name: string): Locator {
    return this.rows.getByRole("row").filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Narrows the dry run to rows of one state. */
  async show(state: string): Promise<void> {
    await this.page.getByRole("radiogroup", { name: "Dry run" }).getByText(state).click();
  }

  async start(button: string): Promise<void> {
    await this.page.getByRole("button", { name: button, exact: true }).click();
    await expect(this.page).toHaveURL(/job=/);
  }
}
