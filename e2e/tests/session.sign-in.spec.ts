import { Frame } from "../pom/frame.ts";
import { SignInPage } from "../pom/sign-in-page.ts";
import { expect, signedOut, test } from "../support/test.ts";

test.use(signedOut);

test("a link leads to the sign-in and, after it, to where it pointed", async ({ page, env, shot }) => {
  await page.goto("/jobs");
  await expect(page).toHaveURL(/\/sign-in\?to=%2Fjobs/);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await shot("sign-in-en-light");
  await new SignInPage(page).signIn(env.username, env.password);
  await expect(page).toHaveURL(/\/jobs$/);
  await expect(new Frame(page).nav).toBeVisible();
});

test("a wrong password says nothing of which half was wrong", async ({ page, env }) => {
  const signIn = new SignInPage(page);
  await page.goto("/sign-in");
  await signIn.signIn(env.username, "not-the-password");
  const alert = page.getByRole("alert");
  await expect(alert).toBeVisible();
  const knownUser = await alert.innerText();
  await signIn.signIn("nobody-of-this-name", "not-the-password");
  // A refusal empties the field that was filled; until then the alert is that of the first one.
  await expect(signIn.password).toHaveValue("");
  await expect(alert).toHaveText(knownUser, { useInnerText: true });
});

test("the keyboard alone signs in and out", async ({ page, env }) => {
  await page.goto("/sign-in");
  await expect(new SignInPage(page).username).toBeFocused();
  await page.keyboard.type(env.username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  await expect(new Frame(page).nav).toBeVisible();
  await page.getByRole("button", { name: /^Account / }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await new Frame(page).page.getByRole("menuitem", { name: "Sign out" }).press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/instances");
  await expect(page).toHaveURL(/\/sign-in\?to=/);
});

test.describe("in Chinese", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark" });

  test("the sign-in speaks the browser's language and takes its theme", async ({ page, shot }) => {
    await page.goto("/sign-in");
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
    await expect(page.getByRole("button", { name: "登录" })).toBeVisible();
    await shot("sign-in-zh-dark");
  });
});

test("nothing but the sign-in page and health is open", async ({ request }) => {
  for (const path of ["/api/instances", "/api/jobs", "/api/session/all", "/metrics"]) {
    expect((await request.get(path)).status(), path).toBe(401);
  }
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

test("a call from a foreign page is refused before anything else", async ({ request, env }) => {
  const response = await request.post("/api/session", {
    headers: { origin: "https://elsewhere.example" },
    data: { username: env.username, password: env.password },
  });
  expect(response.status()).toBe(403);
});
