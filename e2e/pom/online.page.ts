import type { Page } from "@playwright/test";
import { ListPage } from "./list.page.ts";

/** Producers or consumers online: the list and the drawer over it; in English. */
export class OnlinePage extends ListPage {
  constructor(page: Page, instanceId: string, what: "Producers" | "Consumers") {
    super(page, `/instances/${instanceId}/${what.toLowerCase()}`, what);
  }
}
