import { allGroupConfigs } from "../../bff/rocketmq/admin/group-admin.ts";
import { GroupPage } from "../pom/group.page.ts";
import { registration } from "../support/registration.ts";
import { expect, test as base } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

/** The workload's group whose only client speaks gRPC, and the topic that it consumes. */
const group = "invoice-archiver";
const topic = "invoices";

const test = base.extend<{ blind: string }>({
  /** The shared cluster without the address of its proxy. */
  blind: async ({ api, env, unique }, use) => {
    const name = unique("blind");
    const { id } = await api.instance.register({ ...registration(name, env.cluster), proxyRemotingAddrs: [] });
    await use(id);
    await api.instance.recycle({ instanceId: id });
    await api.instance.destroy({ instanceId: id, name });
  },
});

test("a group that a gRPC client uses is never called unused where no proxy was given", async ({
  page,
  api,
  blind,
  cluster,
  shot,
}) => {
  const unseen = [{ code: "GRPC_CLIENTS_UNSEEN" }];
  await test.step("the API says that not all clients can be seen", async () => {
    const place = { instanceId: blind, group };
    expect(await api.group.clients(place)).toMatchObject({ items: [], failures: unseen });
    expect(await api.group.get(place)).toMatchObject({ clients: null, failures: unseen });
    expect(await api.group.planDelete(place)).toMatchObject({ blocked: "USE_UNKNOWN", failures: unseen });
    expect(await api.topic.planDelete({ instanceId: blind, topic })).toMatchObject({ blocked: "USE_UNKNOWN" });
    await expect(planned(api).deleteGroup({ ...place, name: group })).rejects.toMatchObject({ code: "USE_UNKNOWN" });
    const tables = (await allGroupConfigs(cluster)).items.filter(({ value }) => value.has(group));
    expect(tables.length).toBeGreaterThan(0);
  });

  await test.step("the page says why, and what to do", async () => {
    await new GroupPage(page, blind).openOne(group, "?tab=clients");
    await expect(page.getByText("Nothing in what could be read")).toBeVisible();
    await expect(page.getByText("gRPC clients cannot be seen").first()).toBeVisible();
    await expect(page.getByText("Offline")).toBeHidden();
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("No client of this group was seen, but not all of them can be seen.")).toBeVisible();
    await expect(page.getByText("Nobody can say whether it is in use")).toBeVisible();
    await shot("group-unseen-clients");
  });
});

test("with a proxy given a gRPC client is listed, and forbids a deletion", async ({ api, env }) => {
  const place = { instanceId: env.instanceId, group };
  const clients = await api.group.clients(place);
  expect(clients.failures).toEqual([]);
  expect(clients.items).toHaveLength(1);
  expect(await api.group.planDelete(place)).toMatchObject({ blocked: "STILL_IN_USE", failures: [] });
});
