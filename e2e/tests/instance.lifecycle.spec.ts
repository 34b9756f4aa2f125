import { brokerRpc } from "../../bff/rocketmq/rpc/broker.ts";
import { expect, test } from "../support/test.ts";

test("an instance is registered after a test, found by its tag, changed, removed, restored and destroyed", async ({
  page,
  instances,
  env,
  api,
  unique,
  shot,
}) => {
  test.slow();
  const name = unique("shop-with-a-name-that-is-rather-long");
  await test.step("a test that is refused", async () => {
    await page.goto("/instances?open=register");
    await expect(instances.field("Name")).toBeVisible();
    await instances.field("Name").fill(name);
    await instances.field("Name servers").fill("127.0.0.1:1");
    await expect(instances.button("Register")).toBeDisabled();
    const refused = await instances.test();
    await expect(refused).toContainText("Cannot be used");
    await expect(refused).toContainText("127.0.0.1:1 refuses connections");
    await expect(instances.button("Register")).toBeDisabled();
    await shot("instance-register-refused");
  });
  await test.step("addresses of other servers, each told as what it is", async () => {
    const { brokers, proxy } = env.cluster;
    const cases = [
      [brokers[0]?.addr, "is no name server"],
      [proxy?.remoting, "is no name server"],
      [proxy?.grpc, "closed the connection without an answer"],
    ] as const;
    for (const [addr = "", says] of cases) {
      await instances.field("Name servers").fill(addr);
      await expect(await instances.test()).toContainText(`${addr} ${says}`);
    }
  });
  await test.step("a test that passes, and registration", async () => {
    await instances.field("Name servers").fill(env.cluster.namesrvAddrs.join("\n"));
    const found = await instances.test();
    await expect(found).toContainText("Connected");
    await expect(found).toContainText(`${env.cluster.clusterName}: Masters: 2, slaves: 1`);
    await expect(found).toContainText("5.5.0");
    await instances.button("Add a tag").click();
    await instances.field("Key of tag 1").fill("stage");
    await instances.field("Value of tag 1").fill(name);
    await shot("instance-register-found");
    await instances.button("Register").click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page).toHaveURL(/\/instances\/rmq-[0-9a-f]+\/overview/);
  });
  await test.step("found by its tag, and edited", async () => {
    await page.goto(`/instances?tag=${encodeURIComponent(`stage=${name}`)}`);
    await expect(instances.row(name)).toContainText("Running", { timeout: 60_000 });
    const card = page.getByRole("article", { name });
    await expect(card).toContainText("3 up");
    await expect(card).toContainText(/Fullest disk[\d.]+% broker-/);
    await expect(card).toContainText(/Lag[\d,]+/, { timeout: 60_000 });
    await shot("instance-cards");
    await page.getByText("Table", { exact: true }).click();
    await expect(page).toHaveURL(/view=table/);
    await expect(instances.table.getByRole("row").filter({ hasText: name })).toContainText("Running");
    await expect(card).toHaveCount(0);
    await shot("instance-list");
    await page.setViewportSize({ width: 768, height: 900 });
    for (const decides of [
      instances.row(name).getByText("Running"),
      instances.row(name).getByRole("button", { name: `Remove ${name}` }),
    ])
      await expect(decides).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 1440, height: 900 });
    await instances.row(name).getByRole("link", { name }).click();
    await page.getByRole("main").getByRole("button", { name: "Edit", exact: true }).click();
    await instances.field("Description").fill("what is sold");
    await expect(instances.drawer.getByRole("complementary", { name: "What will happen" })).toContainText(
      "what is sold",
    );
    await instances.button("Save").click();
    await expect(instances.drawer.getByRole("heading", { name: "Done" })).toBeVisible();
    await instances.drawer.getByRole("button", { name: "Undo…" }).click();
    await expect(instances.drawer.getByText("This puts back what was just changed")).toBeVisible();
    await instances.drawer.getByRole("button", { name: "Cancel" }).click();
    await expect(instances.drawer).toBeHidden();
    await expect(page.getByText("what is sold")).toBeVisible();
  });
  await test.step("remove", async () => {
    await page.goto(`/instances?search=${name}`);
    await instances
      .row(name)
      .getByRole("button", { name: `Remove ${name}` })
      .click();
    await expect(instances.button("Remove")).toBeDisabled();
    await instances.confirm(name, "Remove");
    await expect(page.getByText("Nothing matches")).toBeVisible();
  });
  await test.step("restore", async () => {
    await page.goto(`/recycle-bin?search=${name}`);
    await expect(instances.row(name)).toBeVisible();
    await shot("recycle-bin");
    await page.getByRole("button", { name: `Restore ${name}` }).click();
    await expect(page.getByText("Nothing matches")).toBeVisible();
    expect((await api.instance.list({ search: name })).items.map((item) => item.name)).toEqual([name]);
  });
  await test.step("a page of it, opened while it is removed, says so and restores it", async () => {
    const { items } = await api.instance.list({ search: name });
    const instanceId = items[0]?.id ?? "";
    await api.instance.recycle({ instanceId });
    await page.goto(`/instances/${instanceId}/groups?sort=lag`);
    const main = page.getByRole("main");
    await expect(main.getByText(`${name} is in the recycle bin`)).toBeVisible();
    await expect(main.getByRole("alert")).toHaveCount(0);
    await shot("instance-removed");
    await main.getByRole("button", { name: "Restore" }).click();
    await expect(main.getByRole("heading", { name: "Groups", level: 1 })).toBeVisible();
    await expect(page).toHaveURL(/\/groups\?sort=lag$/);
  });
  await test.step("destroy", async () => {
    const { items } = await api.instance.list({ search: name });
    await api.instance.recycle({ instanceId: items[0]?.id ?? "" });
    await page.goto(`/recycle-bin?search=${name}`);
    await page.getByRole("button", { name: `Destroy ${name}` }).click();
    await instances.confirm(name, "Destroy");
    await expect(page.getByText("Nothing matches")).toBeVisible();
    expect((await api.instance.list({ search: name, recycled: true })).total).toBe(0);
  });
});

test("a retention is planned, applied to every broker, and is what the brokers then say", async ({
  page,
  instances,
  env,
  cluster,
  shot,
}) => {
  const master = env.cluster.brokers.find(({ role }) => role === "master");
  const before = await cluster.call(brokerRpc.getBrokerConfig, master?.addr ?? "", {});
  const after = String(Number(before.get("fileReservedTime")) + 1);
  await page.goto(`/instances/${env.instanceId}/overview?tab=details&open=retention`);
  const hours = instances.drawer.getByRole("spinbutton", { name: "Keep messages for (hours)" });
  await expect(hours).toBeVisible();
  await hours.fill("30");
  const plan = instances.drawer.getByRole("complementary", { name: "What will happen" });
  await expect(plan).toContainText("Under 48 h");
  await expect(instances.button("Apply")).toBeDisabled();
  await hours.fill("12");
  await expect(instances.drawer.getByText("24 to 8,760 hours.")).toBeVisible();
  await hours.fill(after);
  await expect(plan).toContainText(`${after} h`);
  await expect(plan).toContainText("mqadmin updateBrokerConfig");
  await shot("instance-retention-plan");
  await instances.button("Apply").click();
  await expect(instances.drawer.getByRole("heading", { name: "Done" })).toBeVisible();
  for (const { addr } of env.cluster.brokers) {
    const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
    expect(config.get("fileReservedTime"), addr).toBe(after);
  }
});

test("the keyboard alone opens the form, is warned before losing what was typed, and leaves", async ({
  page,
  instances,
  unique,
}) => {
  await page.goto("/instances");
  await page.getByRole("button", { name: "Register instance" }).focus();
  await page.keyboard.press("Enter");
  await expect(instances.field("Name")).toBeFocused();
  await page.keyboard.type(unique("typed"));
  await page.keyboard.press("Tab");
  await expect(instances.field("Name servers")).toBeFocused();
  await page.keyboard.press("Escape");
  const ask = page.getByRole("dialog", { name: "Discard what you typed?" });
  await expect(ask).toBeVisible();
  await ask.getByRole("button", { name: "Discard" }).press("Enter");
  await expect(page).toHaveURL(/\/instances$/);
});
