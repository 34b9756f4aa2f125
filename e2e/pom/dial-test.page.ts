import { expect, type Locator, type Page } from "@playwright/test";
import { chooseOption } from "./choose-option.ts";

const MESSAGE_ID = /^[0-9A-F]{32,}$/;

/** Dial tests of an instance: the two forms, a test's own page, history and statuses; in English. */
export class DialTestPage {
  readonly page: Page;
  readonly form: Locator;
  readonly plan: Locator;
  readonly topic: Locator;
  readonly group: Locator;
  readonly send: Locator;
  readonly read: Locator;
  readonly progress: Locator;
  /** Ids of the messages of a test, each a link to its message. */
  readonly messageIds: Locator;
  private readonly base: string;

  constructor(page: Page, instanceId: string) {
    this.page = page;
    this.base = `/instances/${instanceId}/dial-tests`;
    this.form = page.getByRole("form", { name: /^(Produce|Consume|Round trip|Load) test$/ });
    this.plan = page.getByRole("complementary", { name: "What will happen" });
    this.topic = this.form.getByRole("combobox", { name: "Topic" });
    this.group = this.form.getByRole("combobox", { name: "Consumer group (optional)" });
    this.send = this.form.getByRole("button", { name: /^Send (message|[\d,]+ messages)$/ });
    this.read = this.form.getByRole("button", { name: "Read messages" });
    this.progress = page.getByRole("region", { name: "Progress" });
    this.messageIds = this.progress.getByRole("link", { name: MESSAGE_ID });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`${this.base}${query}`);
    await expect(this.page.getByRole("heading", { name: "Send and receive tests", level: 1 })).toBeVisible();
  }

  async tab(name: "Send" | "Receive" | "Round trip" | "Load" | "History" | "Statuses"): Promise<void> {
    await this.page.getByRole("tab", { name, exact: true }).click();
  }

  /** Types a name and closes the suggestions, which would cover what is below. */
  async name(field: Locator, name: string): Promise<void> {
    await field.fill(name);
    await field.press("Tab");
  }

  async type(name: "Normal" | "Ordered" | "Delayed" | "Transactional"): Promise<void> {
    await this.form.getByRole("radiogroup", { name: "Message type" }).getByText(name, { exact: true }).click();
  }

  async what(name: "My own message" | "Generated messages"): Promise<void> {
    await this.form.getByRole("radiogroup", { name: "What to send" }).getByText(name, { exact: true }).click();
  }

  async figure(label: string, value: string): Promise<void> {
    await this.form.getByRole("spinbutton", { name: label }).fill(value);
  }

  async choose(field: string, option: string): Promise<void> {
    await chooseOption(this.form.getByRole("combobox", { name: field }), option);
  }

  /** Waits until the test is over, well, with so many messages; gives their ids. */
  async succeeded(count: number): Promise<string[]> {
    await expect(this.page).toHaveURL(/\/dial-tests\/[\w-]+$/);
    await expect(this.progress.getByRole("status").getByText("Succeeded")).toBeVisible({ timeout: 60_000 });
    await expect(this.messageIds).toHaveCount(count);
    return this.messageIds.allTextContents();
  }
}
