import { expect, type Locator, type Page } from "@playwright/test";

type Place = "Overview" | "Topics" | "Groups" | "Messages" | "Send and receive" | "Instances" | "Recycle bin" | "Jobs";

/** What stands around every page: top bar and navigation, in English. */
export class Frame {
  readonly page: Page;
  readonly main: Locator;
  readonly nav: Locator;

  constructor(page: Page) {
    this.page = page;
    this.main = page.getByRole("main");
    this.nav = page.getByRole("navigation", { name: "Pages" });
  }

  async goTo(place: Place): Promise<void> {
    await this.nav.getByRole("link", { name: place, exact: true }).click();
  }

  async chooseTheme(name: "Light" | "Dark"): Promise<void> {
    await this.chooseAppearance(name);
  }

  async chooseDensity(name: "Dense" | "Comfortable"): Promise<void> {
    await this.chooseAppearance(name);
  }

  async chooseLanguage(name: "English" | "简体中文"): Promise<void> {
    await this.page.getByRole("button", { name: /^(Language|语言)$/ }).click();
    await this.page.getByRole("menuitem", { name }).click();
    await this.menuIsClosed();
    // The choice is kept once its texts are there.
    await expect(this.page.locator("html")).toHaveAttribute("lang", name === "English" ? "en-US" : "zh-CN");
  }

  private async chooseAppearance(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "Appearance" }).click();
    await this.page.getByRole("menuitem", { name, exact: true }).click();
    await this.menuIsClosed();
  }

  /** A menu that fades away is neither there nor gone to whoever looks at the page. */
  private async menuIsClosed(): Promise<void> {
    await expect(this.page.locator(".ant-dropdown:not(.ant-dropdown-hidden)")).toHaveCount(0);
  }

  async account(item: "Sessions" | "Change password" | "About and licences" | "Sign out"): Promise<void> {
    await this.page.getByRole("button", { name: /^Account / }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
    await this.menuIsClosed();
  }
}
