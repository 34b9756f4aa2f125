import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import type { SharedCluster } from "../../../sandbox/testing/shared-cluster-setup.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { planned } from "../../testing/planned.ts";

/** Nothing listens on port 1. */
const CLOSED = "127.0.0.1:1";

let shared: SharedCluster;
let server: TestServer;

beforeAll(async () => {
  [shared, server] = await Promise.all([sharedCluster(), startTestServer()]);
});
afterAll(() => server.stop());

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );

test("a connection test says what is there and saves nothing", async () => {
  const report = await server.client.instance.test({ namesrvAddrs: shared.namesrvAddrs });
  expect(report).toMatchObject({
    ok: true,
    clusters: [shared.clusterName],
    clusterName: shared.clusterName,
    acl: "off",
  });
  // A broker that has just started does not tell its version yet.
  const brokers = async () => {
    const tested = await server.client.instance.test({ namesrvAddrs: shared.namesrvAddrs });
    return tested.brokers.map(({ role, version, reachable }) => [role, version, reachable]);
  };
  await expect.poll(brokers, { timeout: 20_000 }).toEqual([
    ["master", "5.5.0", true],
    ["slave", "5.5.0", true],
    ["master", "5.5.0", true],
  ]);
  expect((await server.client.instance.list({})).total).toBe(0);
});

test("a connection test says exactly why it failed", async () => {
  const refused = await server.client.instance.test({ namesrvAddrs: [CLOSED] });
  expect(refused).toMatchObject({ ok: false, steps: [{ step: "namesrv", target: CLOSED, code: "CONNECT_REFUSED" }] });

  const web = createServer((_request, response) => response.end("hello"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(web.address() as AddressInfo).port}`;
  const other = await server.client.instance.test({ namesrvAddrs: [address] });
  web.close();
  expect(other).toMatchObject({ ok: false, steps: [{ step: "namesrv", code: "NOT_ROCKETMQ" }] });

  const unknown = await server.client.instance.test({ namesrvAddrs: shared.namesrvAddrs, clusterName: "nowhere" });
  expect(unknown).toMatchObject({ ok: false, clusters: [shared.clusterName] });
  expect(unknown.steps.find((step) => !step.ok)).toMatchObject({ step: "cluster", code: "NO_CLUSTER" });
});

test("the address of a broker in the place of a name server's is told as what it is", async () => {
  const { ok, steps } = await server.client.instance.test({ namesrvAddrs: [shared.brokers[0]?.addr ?? ""] });
  expect([ok, steps.map(({ step, code }) => [step, code])]).toEqual([false, [["namesrv", "NOT_A_NAMESRV"]]]);
});

test("nothing is saved of an instance that cannot be reached, unless it is forced", async () => {
  const { instance } = server.client;
  expect(await codeOf(instance.register({ name: "dark", namesrvAddrs: [CLOSED] }))).toBe("CONNECT_REFUSED");
  expect((await instance.list({})).total).toBe(0);
  const forced = await instance.register({ name: "dark", namesrvAddrs: [CLOSED], force: true });
  expect(forced).toMatchObject({ state: "unknown" });
  await instance.recycle({ instanceId: forced.id });
  await instance.destroy({ instanceId: forced.id, name: "dark" });
});

test("an instance is registered, found, changed, removed, restored and destroyed", async () => {
  const { instance } = server.client;
  const made = await instance.register({
    name: "orders",
    namesrvAddrs: shared.namesrvAddrs,
    tags: { env: "test" },
    accessKey: "ak",
    secretKey: "very secret",
  });
  expect(made).toMatchObject({
    name: "orders",
    state: "running",
    version: "5.5.0",
    type: "cluster",
    masters: 2,
    slaves: 1,
    clusterName: shared.clusterName,
    accessKey: "ak",
    hasSecret: true,
  });
  expect(JSON.stringify(made)).not.toContain("very secret");
  const stored = await server.deps.db.selectFrom("instance").select("secretKey").executeTakeFirstOrThrow();
  expect(stored.secretKey).not.toContain("very secret");
  expect(await codeOf(instance.register({ name: "orders", namesrvAddrs: shared.namesrvAddrs }))).toBe("CONFLICT");

  const ref = { instanceId: made.id };
  const connection = { namesrvAddrs: shared.namesrvAddrs, accessKey: "ak" };
  const changed = await planned(server.client).updateInstance({
    ...ref,
    description: "what is sold",
    tags: { env: "prod" },
    connection,
  });
  expect(changed).toMatchObject({ description: "what is sold", tags: { env: "prod" }, hasSecret: true });
  expect((await instance.list({ tagKey: "env", tagValue: "prod" })).items.map(({ id }) => id)).toEqual([made.id]);
  expect((await instance.list({ tagKey: "env", tagValue: "test" })).total).toBe(0);

  expect(await codeOf(instance.destroy({ ...ref, name: "orders" }))).toBe("CONFLICT");
  const cluster = await server.deps.clusters.get(made.id);
  expect(await instance.recycle(ref)).toMatchObject({ state: "recycled" });
  // Nothing is left open towards an instance in the recycle bin.
  expect(await codeOf(cluster.clusterInfo({ fresh: true }))).toBe("NO_NAMESRV_AVAILABLE");
  expect(await codeOf(server.client.overview.summary(ref))).toBe("INSTANCE_NOT_FOUND");
  expect((await instance.list({})).total).toBe(0);
  expect((await instance.list({ recycled: true })).total).toBe(1);
  expect(await instance.restore(ref)).toMatchObject({ state: "unknown" });
  await instance.recycle(ref);
  expect(await codeOf(instance.destroy({ ...ref, name: "other" }))).toBe("BAD_REQUEST");
  expect(await instance.destroy({ ...ref, name: "orders" })).toEqual({ id: made.id });
  expect(await codeOf(instance.get(ref))).toBe("INSTANCE_NOT_FOUND");
});

test("what was in the recycle bin for too long is destroyed", async () => {
  const { instance } = server.client;
  const { id } = await instance.register({ name: "old", namesrvAddrs: [CLOSED], force: true });
  await instance.recycle({ instanceId: id });
  const longAgo = Date.now() - (server.config.recycleDays + 1) * 86_400_000;
  await server.deps.db.updateTable("instance").set({ recycledAt: longAgo }).where("id", "=", id).execute();
  const { InstanceService } = await import("./instance.service.ts");
  await new InstanceService(server.deps).purge();
  expect(await codeOf(instance.get({ instanceId: id }))).toBe("INSTANCE_NOT_FOUND");
});

test("input that breaks a rule is refused where it stands", async () => {
  const { instance } = server.client;
  const register = (over: object) =>
    instance.register({ name: "fine", namesrvAddrs: ["127.0.0.1:9876"], ...over }).catch((error: unknown) => error);
  const issues = (paths: string[]) => ({
    code: "BAD_REQUEST",
    data: { issues: paths.map((path) => expect.objectContaining({ path }) as unknown) },
  });
  expect(await register({ namesrvAddrs: ["no port"] })).toMatchObject(issues(["namesrvAddrs.0"]));
  expect(await register({ name: "x" })).toMatchObject(issues(["name"]));
  expect(await register({ description: "d".repeat(257) })).toMatchObject(issues(["description"]));
  expect(await register({ accessKey: "ak" })).toMatchObject(issues(["secretKey"]));
  const tags = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, "v"]));
  expect(await register({ tags })).toMatchObject(issues(["tags"]));
});
