import { namesrvRpc } from "../../bff/rocketmq/rpc/namesrv.ts";
import { listed, scriptedServer } from "../../bff/testing/scripted-server.ts";
import { expect, test } from "../support/test.ts";

test("a broker name that two clusters share is told before an instance is registered or moved there", async ({
  page,
  instances,
  unique,
  shot,
}) => {
  test.slow();
  const server = await scriptedServer(({ code }) =>
    code === namesrvRpc.getBrokerClusterInfo.code
      ? listed({ bugs: ["broker-a"], other: ["broker-a"] }, server.addr, "bugs")
      : { table: {} },
  );
  await page.goto("/instances?open=register");
  await expect(instances.field("Name")).toBeVisible();
  await instances.field("Name").fill(unique("flips"));
  await instances.field("Name servers").fill(server.addr);
  const report = await instances.test();
  await expect(report).toContainText("choose one in the form");
  await instances.drawer.getByLabel("Cluster name").click();
  await page.locator(".ant-select-item-option", { hasText: "bugs" }).click();
  await expect(await instances.test()).toContainText("Connected, with faults");
  await expect(report).toContainText("Broker name broker-a is used by several clusters");
  await expect(report).toContainText("bugs, other");
  const plan = instances.drawer.getByRole("complementary", { name: "What will happen" });
  await expect(plan).toContainText("Broker name broker-a is used by several clusters");
  await report.getByText("bugs, other", { exact: true }).scrollIntoViewIfNeeded();
  await shot("instance-register-shared-name");

  await instances.drawer.getByLabel("Cluster name").click();
  await page.locator(".ant-select-item-option", { hasText: "other" }).click();
  await expect(await instances.test()).toContainText("Cannot be used");
  await expect(report).toContainText("No broker of other has an address now");
  await expect(instances.button("Register")).toBeDisabled();
  await instances.drawer.getByRole("checkbox", { name: /^Register although the test failed/ }).check();
  await expect(instances.button("Register")).toBeEnabled();
  server.stop();
});

test("the form says that the cluster is registered already, under which name", async ({
  page,
  instances,
  env,
  unique,
}) => {
  await page.goto("/instances?open=register");
  await expect(instances.field("Name")).toBeVisible();
  await instances.field("Name").fill(unique("second"));
  await instances.field("Name servers").fill(env.cluster.namesrvAddrs.join(" "));
  const report = await instances.test();
  await expect(report).toContainText("Connected");
  const plan = instances.drawer.getByRole("complementary", { name: "What will happen" });
  // Other tests may have registered it too meanwhile.
  await expect(plan).toContainText(new RegExp(`the same cluster as ([\\w-]+, )*${env.instanceName}\\b`));
  await expect(instances.button("Register")).toBeEnabled();
});
