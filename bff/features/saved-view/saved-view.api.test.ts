import { afterAll, beforeAll, expect, test } from "vitest";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";

let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  server = await startTestServer();
  const namesrvAddrs = ["127.0.0.1:1"];
  instanceId = (await server.client.instance.register({ name: "views", namesrvAddrs, force: true })).id;
});

afterAll(() => server.stop());

test("a view is one's own until it is shared, is replaced under its name, and removed by its owner alone", async () => {
  await server.deps.auth.createUser("viewer", "good-Password-1", "readonly", false);
  const other = (await server.signIn("viewer", "good-Password-1")).client;
  const { client } = server;
  const page = "messageScan" as const;
  const view = { instanceId, page, name: "paid", query: "?topic=t", shared: false };
  const { id } = await client.savedView.save(view);
  expect((await client.savedView.list({ instanceId, page })).items).toMatchObject([
    { id, name: "paid", query: "?topic=t", owner: "admin", shared: false },
  ]);
  expect((await other.savedView.list({ instanceId, page })).items).toEqual([]);
  expect(await client.savedView.save({ ...view, query: "?topic=u", shared: true })).toMatchObject({ id });
  expect((await other.savedView.list({ instanceId, page })).items).toMatchObject([{ query: "?topic=u", shared: true }]);
  expect(await problemOf(other.savedView.remove({ instanceId, viewId: id }))).toMatchObject({ code: "NOT_FOUND" });
  const { items: told } = await client.audit.list({ row: "savedView.remove" });
  expect(told).toMatchObject([{ who: "viewer", outcome: "NOT_FOUND" }]);
  expect((await client.savedView.list({ instanceId, page })).items).toHaveLength(1);
  await client.savedView.remove({ instanceId, viewId: id });
  expect((await client.savedView.list({ instanceId, page })).items).toEqual([]);
});

test("an unknown instance has no views, and keeps none", async () => {
  const unknown = { instanceId: "rmq-none", page: "messageScan" } as const;
  expect(await problemOf(server.client.savedView.list(unknown))).toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  const saving = server.client.savedView.save({ ...unknown, name: "n", query: "", shared: true });
  expect(await problemOf(saving)).toMatchObject({ code: "INSTANCE_NOT_FOUND" });
});
