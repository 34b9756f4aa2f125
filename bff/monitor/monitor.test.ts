import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { scriptedPeer, type ScriptedPeer } from "../testing/scripted-peer.ts";
import { listed } from "../testing/scripted-server.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import type { Seen } from "./subscribers.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Name server and only master of a cluster with one topic and one group, which is five messages behind. */
let peer: ScriptedPeer;
let server: TestServer;
let instanceId: string;

const queue = '{"brokerName":"a","queueId":0,"topic":"orders"}';
const bodies: Record<number, () => object | string> = {
  106: () => listed({ c: ["a"] }, peer.addr),
  28: () => ({ table: { bootTimestamp: "1", commitLogDiskRatio: "0.5" } }),
  21: () => ({
    topicConfigTable: { orders: { topicName: "orders", readQueueNums: 1, writeQueueNums: 1, perm: 6 } },
    dataVersion: {},
  }),
  202: () => `{"offsetTable":{${queue}:{"minOffset":0,"maxOffset":8,"lastUpdateTimestamp":1700000000000}}}`,
  43: () => ({ offsetTable: { "orders@billing": { 0: 3 } } }),
  208: () =>
    `{"consumeTps":1.0,"offsetTable":{${queue}:{"brokerOffset":8,"consumerOffset":3,"lastTimestamp":1700000000000}}}`,
};

beforeAll(async () => {
  peer = await scriptedPeer((code) => {
    const body = bodies[code]?.();
    return body === undefined ? undefined : { body };
  });
  server = await startTestServer({ sampleSeconds: 1 });
  instanceId = (await server.client.instance.register({ name: "seen", namesrvAddrs: [peer.addr], force: true })).id;
});

afterAll(async () => {
  await server.stop();
  await peer.stop();
});

test("whoever subscribes is told of the cluster, the sweeps and the samples, though other listeners fail", async () => {
  const { monitor } = server.deps;
  const seen: Seen[] = [];
  const leave = [
    monitor.onSnapshot(() => {
      throw new Error("at once");
    }),
    monitor.onSnapshot(() => Promise.reject(new Error("later"))),
    monitor.onSnapshot((one) => seen.push(one)),
  ];
  monitor.watch(instanceId, "rule");
  const told = { topics: 0n, groups: 0n, state: "", disk: 0 };
  await expect
    .poll(
      () => {
        for (const one of seen) {
          expect(one.instanceId).toBe(instanceId);
          if (one.what === "cluster") told.state = one.sighting.state;
          if (one.what === "topics") told.topics = one.topics.byName.get("orders")?.maxOffset ?? 0n;
          if (one.what === "groups") told.groups = one.groups.byName.get("billing")?.lag ?? 0n;
          if (one.what === "samples") {
            const disk = one.recording.samples.find(({ metric }) => metric === "brokeruntime_commitlog_disk_ratio");
            told.disk = disk?.value ?? told.disk;
          }
        }
        return told;
      },
      { timeout: 20_000 },
    )
    .toEqual({ topics: 8n, groups: 5n, state: "running", disk: 0.5 });
  for (const left of leave) left();
});

test("who has left is told nothing more", async () => {
  const { monitor } = server.deps;
  const told = { stays: 0, left: 0 };
  const leave = monitor.onSnapshot(() => (told.left += 1));
  leave();
  const stays = monitor.onSnapshot(() => (told.stays += 1));
  await expect.poll(() => told.stays, { timeout: 20_000 }).toBeGreaterThan(0);
  stays();
  expect(told.left).toBe(0);
});

test("the curves of the cluster are sums or by broker, a ratio is always by broker", async () => {
  const metrics = ["brokeruntime_commitlog_disk_ratio", "consumer_lag_messages"] as const;
  const told = async (by?: "broker") => {
    const query = { instanceId, metrics: [...metrics], by, from: Date.now() - 60_000, to: Date.now() };
    const { series } = await server.client.history.series(query);
    return series.map(({ labels, values }) => [labels, values.findLast((value) => value !== null)]);
  };
  const expected = [
    [{ broker: "a", brokerId: "0" }, 0.5],
    [{}, 5],
  ];
  await expect.poll(() => told(), { timeout: 20_000 }).toEqual(expected);
  expect(await told("broker")).toEqual(expected);
});
