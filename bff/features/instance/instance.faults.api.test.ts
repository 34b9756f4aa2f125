import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScriptedBroker } from "../../../sandbox/fault-proxy/scripted-broker.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { namesrvRpc } from "../../rocketmq/rpc/namesrv.ts";
import { listed, scriptedServer, type ScriptedServer } from "../../testing/scripted-server.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { TestLimit } from "./test-limit.ts";
import { planned } from "../../testing/planned.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: TestServer;
let old: ScriptedServer;
let other: ScriptedServer;

async function namesrv(clusters: Record<string, readonly string[]>, owner?: string): Promise<ScriptedServer> {
  const scripted = await scriptedServer(({ code }) =>
    code === namesrvRpc.getBrokerClusterInfo.code ? listed(clusters, scripted.addr, owner) : { table: {} },
  );
  return scripted;
}

beforeEach(async () => {
  [server, old, other] = await Promise.all([
    startTestServer({ sampleSeconds: 600 }),
    namesrv({ C: ["broker-a"] }),
    namesrv({ C: ["broker-a"] }),
  ]);
});
afterEach(async () => {
  await server.stop();
  old.stop();
  other.stop();
});

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );

test("a stored secret is never used towards a new address: it is asked for again", async () => {
  const { instance } = server.client;
  const signed = { accessKey: "ak", secretKey: "very secret", namesrvAddrs: [old.addr] };
  const { id: instanceId } = await instance.register({ name: "signed", ...signed });
  const moved = { accessKey: "ak", namesrvAddrs: [other.addr] };
  for (const refused of [
    () => instance.test({ instanceId, ...moved }),
    () => planned(server.client).updateInstance({ instanceId, connection: moved }),
    () => planned(server.client).updateInstance({ instanceId, connection: moved, force: true }),
    () => instance.test({ instanceId, accessKey: "ak", namesrvAddrs: [old.addr], proxyRemotingAddrs: [other.addr] }),
  ]) {
    await expect(refused()).rejects.toMatchObject({
      code: "SECRET_NEEDED",
      data: { issues: [{ path: "secretKey", message: "secretAgain" }] },
    });
  }
  expect(other.asked).toEqual([]);
  const again = { ...moved, secretKey: "very secret" };
  expect(await planned(server.client).updateInstance({ instanceId, connection: again })).toMatchObject({
    namesrvAddrs: [other.addr],
  });
  expect(await codeOf(instance.test({ instanceId, ...moved }))).toBe("ok");
});

test("a secret or an authority that somebody changed in between makes a plan stale, though lines show both masked", async () => {
  const { instance } = server.client;
  const of = (secretKey: string, tlsCa: string) => ({ namesrvAddrs: [old.addr], accessKey: "ak", secretKey, tlsCa });
  const { id: instanceId } = await instance.register({ name: "masked", ...of("one", "CA"), force: true });
  const write = (connection: ReturnType<typeof of>) =>
    planned(server.client).updateInstance({ instanceId, connection, force: true });
  for (const between of [of("two", "CA"), of("two", "CB")]) {
    const mine = await instance.planUpdate({ instanceId, connection: of("mine", "CM"), force: true });
    expect(JSON.stringify(mine)).not.toContain("unshown");
    await write(between);
    expect(await codeOf(instance.update({ instanceId, planId: mine.planId }))).toBe("PLAN_STALE");
  }
  expect(await codeOf(write(of("mine", "CM")))).toBe("ok");
});

test("a password in a metrics endpoint that an older console stored leaves with no answer, and goes with the next change", async () => {
  const { db } = server.deps;
  const { instance } = server.client;
  const connection = { namesrvAddrs: [old.addr] };
  const { id: instanceId } = await instance.register({ name: "metered", ...connection });
  const metricsUrl = "http://ada:SECRET@prometheus:9090/?token=SECRET";
  await db.updateTable("instance").set({ metricsUrl }).where("id", "=", instanceId).execute();
  const shown = await instance.get({ instanceId });
  expect(shown).toMatchObject({ metricsUrl: "http://prometheus:9090/", hasMetricsSecret: true });
  const edited = { ...connection, metricsUrl: "http://prometheus:9090/" };
  const plan = await instance.planUpdate({ instanceId, connection: edited });
  expect(plan.changes).toEqual([
    { field: "metricsUrl", before: "http://prometheus:9090/ ••••", after: "http://prometheus:9090/" },
  ]);
  const answers = [shown, plan, await instance.list({}), await instance.test({ instanceId, ...edited })];
  expect(JSON.stringify(answers)).not.toContain("SECRET");
  await instance.update({ instanceId, planId: plan.planId });
  const stored = await db.selectFrom("instance").select("metricsUrl").where("id", "=", instanceId).executeTakeFirst();
  expect(stored).toEqual({ metricsUrl: edited.metricsUrl });
});

test("a connection that cannot be used is not saved without force, whichever way it is saved", async () => {
  const { instance } = server.client;
  const flipped = await namesrv({ bugs: ["broker-a"], other: ["broker-a"] }, "bugs");
  const lost = { namesrvAddrs: [flipped.addr], clusterName: "other" };
  expect(await instance.test(lost)).toMatchObject({ ok: false });
  expect(await codeOf(instance.register({ name: "lost", ...lost }))).toBe("NO_CLUSTER");
  const { id: instanceId } = await instance.register({ name: "good", namesrvAddrs: [old.addr] });
  expect(await codeOf(planned(server.client).updateInstance({ instanceId, connection: lost }))).toBe("NO_CLUSTER");
  expect(await instance.get({ instanceId })).toMatchObject({ namesrvAddrs: [old.addr] });
  const forced = await planned(server.client).updateInstance({ instanceId, connection: lost, force: true });
  expect(forced).toMatchObject({ namesrvAddrs: [flipped.addr], chosenCluster: "other" });
  flipped.stop();
});

test("an address that leads to the cluster of another instance is told so", async () => {
  const { instance } = server.client;
  const { id } = await instance.register({ name: "demo", namesrvAddrs: [old.addr] });
  const again = await instance.test({ namesrvAddrs: [old.addr] });
  expect(again.sameAs).toEqual([{ id, name: "demo" }]);
  expect((await instance.test({ instanceId: id, namesrvAddrs: [old.addr] })).sameAs).toEqual([]);
  expect((await instance.test({ namesrvAddrs: [other.addr] })).sameAs).toEqual([]);
});

test("of two instances that are registered under one name at the same moment one is refused", async () => {
  const { instance } = server.client;
  const one = () => codeOf(instance.register({ name: "twice", namesrvAddrs: [old.addr] }));
  expect((await Promise.all([one(), one(), one()])).sort()).toEqual(["CONFLICT", "CONFLICT", "ok"]);
  expect((await instance.list({ search: "twice" })).total).toBe(1);
});

test("a name that was given away while its instance was in the recycle bin is a problem of the restore", async () => {
  const { instance } = server.client;
  const { id: instanceId } = await instance.register({ name: "shop", namesrvAddrs: [old.addr] });
  await instance.recycle({ instanceId });
  const { id: taken } = await instance.register({ name: "shop", namesrvAddrs: [other.addr] });
  await expect(instance.restore({ instanceId })).rejects.toMatchObject({
    code: "CONFLICT",
    data: { issues: [{ path: "name", message: "nameTaken" }] },
  });
  await planned(server.client).updateInstance({ instanceId: taken, name: "shop 2" });
  expect(await codeOf(instance.restore({ instanceId }))).toBe("ok");
  expect(await codeOf(planned(server.client).updateInstance({ instanceId: taken, name: "shop" }))).toBe("CONFLICT");
});

test("connections that one person tries out in a minute are counted, registrations and changes among them", async () => {
  const limited = await startTestServer({ connectionTestsPerMinute: 3, sampleSeconds: 600 });
  const { instance } = limited.client;
  const { id: instanceId } = await instance.register({ name: "first", namesrvAddrs: [old.addr], force: true });
  await planned(limited.client).updateInstance({ instanceId, connection: { namesrvAddrs: [other.addr] } });
  await instance.test({ namesrvAddrs: [old.addr] });
  const before = other.asked.length;
  await expect(instance.test({ namesrvAddrs: [other.addr] })).rejects.toMatchObject({
    code: "TOO_MANY_TESTS",
    status: 429,
    data: { params: { most: 3 } },
  });
  expect(await codeOf(instance.register({ name: "next", namesrvAddrs: [old.addr], force: true }))).toBe(
    "TOO_MANY_TESTS",
  );
  expect(other.asked).toHaveLength(before);
  expect(await codeOf(planned(limited.client).updateInstance({ instanceId, name: "renamed" }))).toBe("ok");
  await limited.stop();
});

test("a minute after the first of too many tests there is room for one more", () => {
  let now = 0;
  const limit = new TestLimit(2, () => now);
  limit.take("ann");
  now = 10_000;
  limit.take("ann");
  limit.take("bob");
  const refused = expect.objectContaining({ code: "TOO_MANY_TESTS", data: { params: { most: 2, seconds: 50 } } });
  expect(() => limit.take("ann")).toThrow(refused);
  now = 60_000;
  limit.take("ann");
  expect(() => limit.take("ann")).toThrow(expect.objectContaining({ code: "TOO_MANY_TESTS" }));
});

test("an address outside of the configured networks is refused, in a test and in what is registered by force", async () => {
  const narrow = await startTestServer({ allowedNetworks: ["10.0.0.0/8"], sampleSeconds: 600 });
  const { instance, topic } = narrow.client;
  const report = await instance.test({ namesrvAddrs: [old.addr] });
  expect(report.steps).toMatchObject([{ step: "namesrv", ok: false, code: "ADDRESS_NOT_ALLOWED" }]);
  const { id: instanceId } = await instance.register({ name: "dark", namesrvAddrs: [old.addr], force: true });
  expect(await codeOf(topic.list({ instanceId }))).toBe("ADDRESS_NOT_ALLOWED");
  expect(old.asked).toEqual([]);
  await narrow.stop();
});

test("a retention that a broker took and cannot be asked for then is not told as refused", async () => {
  const broker = await startScriptedBroker();
  const { id: instanceId } = await server.client.instance.register({ name: "kept", namesrvAddrs: [broker.addr] });
  const { planId } = await server.client.instance.planRetention({ instanceId, hours: 99 });
  broker.play({ answers: { [brokerRpc.updateBrokerConfig.code]: () => (broker.play(mute), {}) } });
  const { outcomes, undo } = await server.client.instance.setRetention({ instanceId, planId });
  expect(outcomes).toMatchObject([{ target: "b0", ok: false, unknown: true, failure: { code: "SYSTEM_BUSY" } }]);
  expect(undo).not.toBeNull();
  await broker.stop();
});

const mute = { answers: { [brokerRpc.getBrokerConfig.code]: () => ({ code: 2, remark: "busy" }) } };
