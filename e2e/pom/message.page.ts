import { expect, type Locator, type Page } from "@playwright/test";
import { chooseOption } from "./choose-option.ts";

/** What a list shows of an id. */
export const shortId = (id = "nothing"): string => id.slice(-8);

/** Queries for messages and a message's drawer or page, in English. */
export class MessagePage {
  readonly page: Page;
  readonly rows: Locator;
  readonly drawer: Locator;
  /** All that is told of one message, in the drawer or on its page. */
  readonly message: Locator;
  private readonly base: string;

  constructor(page: Page, instanceId: string) {
    this.page = page;
    this.base = `/instances/${instanceId}/messages`;
    // Each row of a message has its link; the head has none.
    this.rows = page
      .getByRole("region", { name: "Messages found" })
      .getByRole("row")
      .filter({ has: page.getByRole("link") });
    this.drawer = page.getByRole("dialog");
    this.message = page.getByRole("article");
  }

  async open(query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`${this.base}?${new URLSearchParams(query).toString()}`);
    await expect(this.page.getByRole("heading", { name: "Messages", level: 1 })).toBeVisible();
  }

  field(name: string): Locator {
    return this.page.getByRole("search").getByLabel(name, { exact: true });
  }

  /** Types the name and takes it by Enter, as it is the first one offered. */
  async pickTopic(topic: string): Promise<void> {
    await this.field("Topic").fill(topic);
    await this.field("Topic").press("Enter");
    await expect(this.page).toHaveURL(new RegExp(`topic=${topic}`));
  }

  async choose(field: string, option: string): Promise<void> {
    await chooseOption(this.field(field), option);
  }

  async ask(): Promise<void> {
    await this.page.getByRole("button", { name: "Query", exact: true }).click();
  }

  link(id: string): Locator {
    return this.page.getByRole("link", { name: id, exact: true });
  }

  part(name: string): Locator {
    return this.message.getByRole("region", { name, exact: true });
  }
}
