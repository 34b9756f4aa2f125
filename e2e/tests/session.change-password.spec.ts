import { ChangePasswordPage } from "../pom/change-password-page.ts";
import { refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

const chosen = "four plain words together";

test("a problem of no field leaves the focus where it was, and is gone once something else is typed", async ({
  page,
  env,
  shot,
}) => {
  await refuse(page, "session/changePassword", "LOCKED_OUT", { params: { seconds: 30 } });
  await page.goto("/change-password");
  const form = new ChangePasswordPage(page);
  await form.change(env.password, chosen);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Wait 30 s,");
  await expect(form.submit).toBeFocused();
  await shot("change-password-locked");
  await form.current.press("End");
  await form.current.press("x");
  await expect(alert).toHaveCount(0);
});

test("what the server found wrong goes as soon as the cure is typed", async ({ page, env }) => {
  await page.goto("/change-password");
  const form = new ChangePasswordPage(page);
  await form.change(env.password, "short");
  await expect(form.next).toHaveAccessibleDescription("Shorter than 10 characters");
  await expect(form.next).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type("er");
  await expect(form.next).toHaveAccessibleDescription(/^10 to 128 characters/);
  await expect(form.next).not.toHaveAttribute("aria-invalid");
});

test("that the two are not the same is announced by a place that was there before", async ({ page, accessible }) => {
  await page.goto("/change-password");
  const form = new ChangePasswordPage(page);
  const place = page.locator(".rd-field", { has: form.again }).locator("[aria-live=polite]");
  await expect(place).toHaveText("");
  await form.next.fill(chosen);
  await form.again.fill("four");
  await expect(place).toHaveText("The two are not the same");
  await expect(form.again).toHaveAccessibleDescription("The two are not the same");
  await accessible();
});
