import type { Page } from "@playwright/test";
import { problems, type ProblemCode, type ProblemData } from "#contract/problem.ts";

const urlOf = (row: string) => `**/api/rpc/${row}`;

/** Lets a row of the API (`topic/planUpdate`) answer with a problem; what it returns ends that. */
export async function refuse(
  page: Page,
  row: string,
  code: ProblemCode,
  data: ProblemData = {},
): Promise<() => Promise<void>> {
  const { status } = problems[code];
  const json = { defined: true, code, status, message: code, data };
  await page.route(urlOf(row), (route) => route.fulfill({ status, json: { json, meta: [] } }));
  return () => page.unroute(urlOf(row));
}

/** Keeps the next call of a row waiting until it is let go. */
export async function hold(
  page: Page,
  row: string,
): Promise<{ asked: () => Promise<void>; letGo: () => Promise<void> }> {
  let letGo = (): void => undefined;
  let ask = (): void => undefined;
  const open = new Promise<void>((resolve) => (letGo = resolve));
  const asked = new Promise<void>((resolve) => (ask = resolve));
  await page.route(
    urlOf(row),
    async (route) => {
      ask();
      await open;
      await route.continue();
    },
    { times: 1 },
  );
  return {
    asked: () => asked,
    letGo: async () => {
      const answered = page.waitForResponse(urlOf(row));
      letGo();
      await (await answered).finished();
    },
  };
}

/** Keeps every call of a row waiting whose request contains `text`, until they are let go. */
export async function holdThose(page: Page, row: string, text: string): Promise<() => void> {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(urlOf(row), async (route) => {
    if (route.request().postData()?.includes(text)) await held;
    // A page that no longer wants the answer has cancelled its request.
    await route.continue().catch(() => undefined);
  });
  return () => letGo();
}
