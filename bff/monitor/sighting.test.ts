import { expect, test } from "vitest";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import { namesrvRpc } from "../rocketmq/rpc/namesrv.ts";
import { listed, scriptedServer } from "../testing/scripted-server.ts";
import { see, replicationOf, type BrokerSighting } from "./sighting.ts";
import { noRates, readRuntime } from "./runtime.ts";

const target = (brokerName: string, brokerId: number, addr: string): BrokerTarget => ({
  name: brokerId === 0 ? brokerName : `${brokerName}:${brokerId}`,
  brokerName,
  brokerId,
  addr,
  cluster: "C",
  role: brokerId === 0 ? "master" : "slave",
});
const seenBroker = (of: BrokerTarget, at = 0, maxOffset?: string): BrokerSighting => ({
  target: of,
  at,
  listedAt: at,
  rates: noRates,
  runtime: maxOffset === undefined ? undefined : readRuntime(new Map([["commitLogMaxOffset", maxOffset]])),
});
const a = target("a", 0, "h:1");

test("a slave is as far behind as its master says, and without its word as the ends of the commit logs differ", () => {
  const slave = seenBroker(target("a", 1, "10.0.0.2:1"), 0, "60");
  const master = seenBroker(a, 0, "100");
  const connection = {
    addr: "10.0.0.2:45678",
    slaveAckOffset: 93n,
    diff: 7n,
    inSync: true,
    transferredByteInSecond: 0n,
    transferFromWhere: 0n,
  };
  const status = {
    master: true,
    masterCommitLogMaxOffset: 100n,
    inSyncSlaveNums: 1,
    haConnectionInfo: [connection],
    haClientRuntimeInfo: undefined,
  };
  expect(replicationOf([slave], master, status)).toEqual([{ lagBytes: 7n, inSync: true, isConnected: true }]);
  expect(replicationOf([slave], master, undefined)).toEqual([{ lagBytes: 40n, inSync: null, isConnected: null }]);
  const nobody = { ...status, haConnectionInfo: [] };
  expect(replicationOf([slave], master, nobody)).toEqual([{ lagBytes: 40n, inSync: false, isConnected: false }]);
  const others = [seenBroker(target("a", 2, "10.0.0.3:1"), 0, "90"), seenBroker(target("a", 3, "10.0.0.3:2"), 0, "80")];
  expect(replicationOf([slave, ...others], master, status)).toEqual([
    { lagBytes: 7n, inSync: true, isConnected: true },
    { lagBytes: 10n, inSync: null, isConnected: null },
    { lagBytes: 20n, inSync: null, isConnected: null },
  ]);
});

test("a sighting asks only so many brokers at the same time, and tells of each what it saw", async () => {
  let waiting = 0;
  let most = 0;
  const names = Array.from({ length: 300 }, (_, n) => `broker-${n}`);
  const server = await scriptedServer(async ({ code }) => {
    if (code === namesrvRpc.getBrokerClusterInfo.code) return listed({ C: names }, server.addr);
    most = Math.max(most, (waiting += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    waiting -= 1;
    return { table: { bootTimestamp: "1" } };
  });
  const cluster = new RocketMQCluster({ namesrvAddrs: [server.addr] });
  const seen = await see(cluster, { now: Date.now, previous: { brokers: [], clusterName: null }, longestGapMs: 1 });
  expect(seen).toMatchObject({ state: "running", clusterName: "C", failures: [] });
  expect(seen.brokers.map(({ target: { brokerName } }) => brokerName)).toEqual([...names].sort());
  expect(most).toBeLessThanOrEqual(64);
  cluster.close();
  server.stop();
});

test("brokers stay known, as not seen, while a name server that answers at first does not say who is there", async () => {
  let asked = 0;
  const server = await scriptedServer(() => (asked++ === 0 ? listed({ C: ["a"] }, "h:1") : { brokerAddrTable: 1 }));
  const cluster = new RocketMQCluster({ namesrvAddrs: [server.addr] });
  const previous = { brokers: [seenBroker(a)], clusterName: "C" };
  const seen = await see(cluster, { now: () => 5, previous, longestGapMs: 1 });
  expect(seen).toMatchObject({
    state: "abnormal",
    failures: [{ error: { code: "MALFORMED_RESPONSE" } }],
    brokers: [{ target: a, listedAt: 0, at: 5, error: { code: "MALFORMED_RESPONSE" } }],
  });
  cluster.close();
  server.stop();
});
