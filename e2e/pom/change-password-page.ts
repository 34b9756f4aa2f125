import type { Locator, Page } from "@playwright/test";

export class ChangePasswordPage {
  readonly heading: Locator;
  readonly current: Locator;
  readonly next: Locator;
  readonly again: Locator;
  readonly submit: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole("heading", { name: "Change password" });
    this.current = page.getByLabel("Current password", { exact: true });
    this.next = page.getByLabel("New password", { exact: true });
    this.again = page.getByLabel("New password again");
    this.submit = page.getByRole("button", { name: "Change password" });
  }

  async change(current: string, next: string): Promise<void> {
    await this.current.fill(current);
    await this.next.fill(next);
    await this.again.fill(next);
    await this.submit.click();
  }
}
