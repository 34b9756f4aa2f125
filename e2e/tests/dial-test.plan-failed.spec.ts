import { refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";

test("a plan of a test that could not be made says why, and is asked for again on the spot", async ({
  page,
  dial,
  shot,
}) => {
  const address = "192.0.2.7:10911";
  const mend = await refuse(page, "dialTest/planProduce", "CONNECTION_LOST", { address });
  await dial.open();
  await dial.name(dial.topic, "orders");
  await dial.what("Generated messages");
  const alert = dial.plan.getByRole("alert");
  await expect(alert).toContainText(`The connection to ${address} broke`);
  await expect(alert).toContainText("The console reconnects by itself");
  await expect(dial.plan.getByText("Nothing changes.")).toHaveCount(0);
  await expect(dial.send).toBeDisabled();
  await shot("dial-test-plan-failed");
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(dial.plan.getByText("On 2 brokers")).toBeVisible();
  await dial.form.getByRole("checkbox", { name: /^Send although \d+ clients? of / }).check();
  await expect(dial.send).toBeEnabled();
});
