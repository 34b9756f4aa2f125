import { ChangePasswordPage } from "../pom/change-password-page.ts";
import { Frame } from "../pom/frame.ts";
import { SignInPage } from "../pom/sign-in-page.ts";
import { apiClient, signIn } from "../support/api-client.ts";
import { expect, signedOut, test } from "../support/test.ts";

test.use(signedOut);

const chosen = "four plain words together";
const firstPassword = (output: string) => /^First password: (\S+)/m.exec(output)?.[1] ?? "";

test("the generated password is told once and opens nothing but its own change", async ({
  page,
  ownConsole,
  scratch,
  shot,
}) => {
  const first = await ownConsole(scratch);
  const generated = firstPassword(first.output());
  expect(generated).toHaveLength(20);

  const api = apiClient(first.url, await signIn(first.url, "admin", generated));
  await expect(api.instance.list({})).rejects.toMatchObject({ code: "PASSWORD_CHANGE_REQUIRED", status: 403 });

  await page.goto(`${first.url}/jobs`);
  await new SignInPage(page).signIn("admin", generated);
  const form = new ChangePasswordPage(page);
  await expect(form.heading).toBeVisible();
  await shot("change-password-en-light");
  await form.change(generated, chosen);
  await expect(new Frame(page).nav).toBeVisible();
  await first.stop();

  const second = await ownConsole(scratch);
  expect(firstPassword(second.output())).toBe("");
  await expect(signIn(second.url, "admin", generated)).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  await signIn(second.url, "admin", chosen);
});

test("a new password that is too weak is refused at its field, in words", async ({
  page,
  ownConsole,
  scratch,
  shot,
}) => {
  const password = "the right one, this time";
  const { url } = await ownConsole(scratch, { ROCKETDECK_ADMIN_PASSWORD: password });
  await page.goto(`${url}/sign-in?to=%2Fchange-password`);
  await new SignInPage(page).signIn("admin", password);
  const form = new ChangePasswordPage(page);
  const refusals = [
    ["short", "Shorter than 10 characters"],
    ["my-Admin-password", "Has the username in it"],
    ["ababababababab", "Made of too few different characters"],
    [password, "The same as the current password"],
  ] as const;
  for (const [next, reason] of refusals) {
    await form.change(password, next);
    await expect(form.next).toHaveAccessibleDescription(reason);
    await expect(form.next).toBeFocused();
  }
  await shot("change-password-weak-en-light");
  await form.change("not the right one", chosen);
  await expect(form.current).toHaveAccessibleDescription("This is not the current password");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("after five failures a stranger has to wait, and the page says for how long", async ({
  page,
  ownConsole,
  scratch,
}) => {
  const password = "the right one, this time";
  const { url } = await ownConsole(scratch, { ROCKETDECK_ADMIN_PASSWORD: password });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(signIn(url, "admin", "wrong-password")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  }
  await page.goto(`${url}/sign-in`);
  await new SignInPage(page).signIn("admin", password);
  await expect(page.getByRole("alert")).toContainText("Signing in has to wait");
  await expect(page.getByRole("alert")).toContainText(/Wait \d+ s,/);
});

test("a session that is ended elsewhere is over at once", async ({ page, ownConsole, scratch, shot }) => {
  const password = "the right one, this time";
  const { url } = await ownConsole(scratch, { ROCKETDECK_ADMIN_PASSWORD: password });
  const other = apiClient(url, await signIn(url, "admin", password));
  await page.goto(`${url}/sign-in?to=%2Fjobs`);
  await new SignInPage(page).signIn("admin", password);
  await new Frame(page).account("Sessions");
  const sessions = page.getByRole("dialog", { name: "Sessions" });
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await shot("sessions-en-light");
  expect((await other.session.get()).user?.username).toBe("admin");
  await sessions.getByRole("button", { name: "End session" }).click();
  await expect(sessions.getByRole("listitem")).toHaveCount(1);
  expect((await other.session.get()).user).toBeNull();
  await expect(other.session.sessions()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
