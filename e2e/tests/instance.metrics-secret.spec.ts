import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { InstancePage } from "../pom/instance.page.ts";
import { SignInPage } from "../pom/sign-in-page.ts";
import { apiClient, signIn } from "../support/api-client.ts";
import { expect, signedOut, test } from "../support/test.ts";

test.use(signedOut);

const password = "four plain words together";
const HINT = "The stored address has a user, a password or a query, which is never shown. Saving removes it.";

test("a password in a stored metrics endpoint is never shown, and saving removes it", async ({
  page,
  env,
  ownConsole,
  scratch,
  shot,
}) => {
  const { url } = await ownConsole(scratch, { ROCKETDECK_ADMIN_PASSWORD: password });
  const api = apiClient(url, await signIn(url, "admin", password));
  const { namesrvAddrs, clusterName } = env.cluster;
  const { id: instanceId } = await api.instance.register({ name: "metered", namesrvAddrs, clusterName });
  const stored = new Sqlite(join(scratch, "rocketdeck.db"));
  stored.prepare("update instance set metricsUrl = ?").run("http://ada:SECRET@127.0.0.1:9090/p?token=SECRET");
  const place = `/instances/${instanceId}/overview?tab=details&open=connection`;
  await page.goto(`${url}/sign-in?to=${encodeURIComponent(place)}`);
  await new SignInPage(page).signIn("admin", password);
  const instances = new InstancePage(page);
  await expect(instances.field("Metrics endpoint")).toHaveValue("http://127.0.0.1:9090/p");
  await expect(instances.drawer.getByText(HINT)).toBeVisible();
  expect(await page.content()).not.toContain("SECRET");
  await shot("instance-metrics-secret");
  await instances.button("Save").click();
  await expect(instances.drawer).toBeHidden();
  expect(stored.prepare("select metricsUrl from instance").pluck().all()).toEqual(["http://127.0.0.1:9090/p"]);
  stored.close();
});
