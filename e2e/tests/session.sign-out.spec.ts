import { Frame } from "../pom/frame.ts";
import { refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

test("a sign-out that could not be stored is told, and nobody is led to believe that it worked", async ({
  page,
  shot,
}) => {
  const letThrough = await refuse(page, "session/signOut", "STORE_FAILED", { remark: "database or disk is full" });
  await page.goto("/jobs");
  await new Frame(page).account("Sign out");
  const told = page.getByRole("dialog", { name: "Signing out failed" });
  await expect(told.getByRole("alert")).toContainText("database or disk is full");
  await expect(told).toContainText("This session is refused from now on");
  await expect(page).toHaveURL(/\/jobs$/);
  await shot("sign-out-failed");
  await letThrough();
  // The console refuses the session that it could not delete: asked again, it answers that nobody is signed in.
  await refuse(page, "session/signOut", "UNAUTHORIZED");
  await told.getByRole("button", { name: "Try again" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});
