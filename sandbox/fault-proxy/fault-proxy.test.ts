import { afterEach, expect, test, vi } from "vitest";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { brokerRpc } from "../../bff/rocketmq/rpc/broker.ts";
import { topicRpc } from "../../bff/rocketmq/rpc/topic.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import type { Fault } from "./faults.ts";
import { proxiedCluster } from "./proxied-cluster.ts";
import { scenarios } from "./scenarios.ts";
import { startScriptedBroker } from "./scripted-broker.ts";

vi.setConfig({ testTimeout: 30_000 });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A peer, a proxy before it, and a client that asks through the proxy. */
async function proxied(timeoutMs = 20_000) {
  const peer = await startScriptedBroker();
  const proxy = await startFaultProxy(peer.addr);
  const cluster = new RocketMQCluster({ namesrvAddrs: [proxy.addr], timeoutMs });
  closers.push(
    () => cluster.close(),
    () => proxy.stop(),
    () => peer.stop(),
  );
  const runtime = () => cluster.call(brokerRpc.getBrokerRuntimeInfo, proxy.addr, {});
  const groups = () => cluster.call(topicRpc.queryTopicConsumeByWho, proxy.addr, { topic: "t" });
  return { peer, proxy, runtime, groups };
}

const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "answered",
    (error: { code: string }) => error.code,
  );

test.each<[Fault, string]>([
  [{ kind: "drop" }, "REQUEST_TIMEOUT"],
  [{ kind: "delay", ms: 2000 }, "REQUEST_TIMEOUT"],
  [{ kind: "cut" }, "CONNECTION_LOST"],
  [{ kind: "cutHalfway" }, "CONNECTION_LOST"],
  [{ kind: "truncate" }, "MALFORMED_RESPONSE"],
  [{ kind: "garbage" }, "MALFORMED_RESPONSE"],
])("the fault %o ends a call with %s, and lifted it is gone", async (fault, code) => {
  const { proxy, runtime } = await proxied(fault.kind === "drop" || fault.kind === "delay" ? 1000 : undefined);
  await runtime();
  proxy.fail(fault);
  expect(await outcome(runtime())).toBe(code);
  proxy.fail();
  expect(await outcome(runtime())).toBe("answered");
});

test.each<Fault>([
  { kind: "duplicate" },
  { kind: "reorder", ms: 20 },
  { kind: "slow", ms: 100 },
  { kind: "delay", ms: 20 },
])("the fault %o changes no answer", async (fault) => {
  const { proxy, runtime, groups } = await proxied();
  proxy.fail(fault);
  const [{ table }, { groupList }] = await Promise.all([runtime(), groups()]);
  expect([table.get("brokerVersionDesc"), groupList]).toEqual(["V5_5_0", ["g"]]);
});

test("a fault is about the codes that it names alone", async () => {
  const { peer, proxy, runtime, groups } = await proxied();
  proxy.fail({ kind: "cut", codes: [28] });
  expect(await outcome(groups())).toBe("answered");
  expect(await outcome(runtime())).toBe("CONNECTION_LOST");
  expect(peer.calls.get(300)).toBe(1);
});

test("the name servers of a proxied cluster lead to the proxies of its brokers", async () => {
  const peer = await startScriptedBroker();
  const brokers = [{ brokerName: "b0", brokerId: 0, role: "master" as const, addr: peer.addr }];
  const cluster = await proxiedCluster({ namesrvAddrs: [peer.addr], brokers });
  const client = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  closers.push(
    () => client.close(),
    () => cluster.stop(),
    () => peer.stop(),
  );
  const { targets } = await client.masters();
  expect(targets.map(({ addr }) => addr)).toEqual([cluster.addrOf.get(peer.addr)]);
  cluster.fail({ brokerName: "b0" }, { kind: "cut" });
  const asked = await client.onMasters(({ addr }) => client.call(brokerRpc.getBrokerRuntimeInfo, addr, {}));
  expect(asked.failures.map(({ error }) => error.code)).toEqual(["CONNECTION_LOST"]);
  cluster.heal();
  expect((await client.route("t")).brokerDatas[0]?.brokerAddrs.get(0)).toBe(cluster.addrOf.get(peer.addr));
});

test("a scripted broker answers by its script, and well where that says nothing", async () => {
  const peer = await startScriptedBroker(() => ({ answers: { 300: () => ({ code: 1, remark: "busy" }) } }));
  const client = new RocketMQCluster({ namesrvAddrs: [peer.addr] });
  closers.push(
    () => client.close(),
    () => peer.stop(),
  );
  expect(await outcome(client.call(topicRpc.queryTopicConsumeByWho, peer.addr, { topic: "t" }))).toBe("BROKER_ERROR");
  expect(await outcome(client.clusterInfo())).toBe("answered");
});

test("there are scenarios of every kind", () => {
  expect(Object.keys(scenarios).length).toBeGreaterThan(150);
});
