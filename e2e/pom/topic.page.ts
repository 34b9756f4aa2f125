import type { Page } from "@playwright/test";
import { ListPage } from "./list.page.ts";

/** Topics of an instance: the list, its drawers, and a topic's own page; in English. */
export class TopicPage extends ListPage {
  constructor(page: Page, instanceId: string) {
    super(page, `/instances/${instanceId}/topics`, "Topics");
  }
}
