import { planned } from "../../bff/testing/planned.ts";
import { expect, test } from "../support/test.ts";

test("what another person changed meanwhile stays as they changed it", async ({
  page,
  instances,
  env,
  api,
  unique,
}) => {
  const name = unique("shared");
  const { namesrvAddrs, clusterName } = env.cluster;
  const { id: instanceId } = await api.instance.register({ name, namesrvAddrs, clusterName });
  const other = planned(api);
  const plan = instances.drawer.getByRole("complementary", { name: "What will happen" });

  await test.step("of its fields those that were typed are saved", async () => {
    await page.goto(`/instances/${instanceId}/overview?tab=details&open=edit`);
    await instances.field("Description").fill("typed here");
    await expect(plan).toContainText("typed here");
    await other.updateInstance({ instanceId, tags: { stage: "theirs" } });
    await instances.button("Save").click();
    await expect(instances.drawer.getByRole("heading", { name: "Done" })).toBeVisible();
    const saved = await api.instance.get({ instanceId });
    expect(saved).toMatchObject({ description: "typed here", tags: { stage: "theirs" } });
  });

  await test.step("of a connection that was outrun the fields that nobody typed in show what is now", async () => {
    await page.goto(`/instances/${instanceId}/overview?tab=details&open=connection`);
    await instances.field("Proxy, gRPC").fill("127.0.0.1:8081");
    await expect(plan).toContainText("127.0.0.1:8081");
    const metricsUrl = "http://127.0.0.1:5557/metrics";
    await other.updateInstance({ instanceId, connection: { namesrvAddrs, clusterName, metricsUrl }, force: true });
    await instances.button("Save").click();
    await expect(instances.field("Metrics endpoint")).toHaveValue(metricsUrl);
    await expect(instances.field("Proxy, gRPC")).toHaveValue("127.0.0.1:8081");
    await expect(plan.locator("del")).toHaveCount(0);
    await instances.button("Save").click();
    await expect(instances.drawer).toBeHidden();
    expect(await api.instance.get({ instanceId })).toMatchObject({ metricsUrl, proxyAddrs: ["127.0.0.1:8081"] });
  });
  await api.instance.recycle({ instanceId });
  await api.instance.destroy({ instanceId, name });
});
