import type { Page } from "@playwright/test";
import { ListPage } from "./list.page.ts";

/** Consumer groups of an instance: the list, its drawers, and a group's own page; in English. */
export class GroupPage extends ListPage {
  constructor(page: Page, instanceId: string) {
    super(page, `/instances/${instanceId}/groups`, "Groups");
  }
}
