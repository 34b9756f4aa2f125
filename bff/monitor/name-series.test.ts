import { afterEach, beforeEach, expect, test } from "vitest";
import type { NameMetric } from "#contract/metrics.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { Store } from "../store/store.ts";
import { scriptedPeer, type ScriptedPeer } from "../testing/scripted-peer.ts";
import { listed } from "../testing/scripted-server.ts";
import { openTestStore } from "../testing/test-store.ts";
import { NameSeries } from "./name-series.ts";
import { SeriesStore } from "./series-store.ts";
import { see } from "./sighting.ts";
import { StatsSweep } from "./stats-sweep.ts";

const TICK = 10_000;
const SLOT = 60_000;
const T0 = 1_800_000_000_000;

/** Name server and only master of a cluster, with what is committed there by `topic@group`. */
let peer: ScriptedPeer;
let committed: Record<string, Record<number, number>>;
/** Whether a client of the group is online that keeps its own offsets. */
let broadcasts: boolean;
let cluster: RocketMQCluster;
let db: Store;
let store: SeriesStore;
let stats: StatsSweep;
let names: NameSeries;
let clock: number;

beforeEach(async () => {
  clock = T0;
  broadcasts = false;
  committed = { "orders@billing": { 0: 100 } };
  peer = await scriptedPeer((code) => {
    if (code === 106) return { body: listed({ c: ["a"] }, peer.addr) };
    if (code === 28) return { body: { table: {} } };
    if (code === 43) return { body: { offsetTable: committed } };
    if (code === 203 && broadcasts)
      return {
        body: {
          connectionSet: [{ clientId: "cache@1", clientAddr: "10.0.0.1:1", language: "JAVA", version: 455 }],
          subscriptionTable: {},
          consumeType: "CONSUME_PASSIVELY",
          messageModel: "BROADCASTING",
          consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
        },
      };
    const consumed =
      '{"brokerName":"a","queueId":0,"topic":"orders"}:{"brokerOffset":9,"consumerOffset":3,"lastTimestamp":0}';
    return code === 208 ? { body: `{"consumeTps":0.0,"offsetTable":{${consumed}}}` } : undefined;
  });
  cluster = new RocketMQCluster({ namesrvAddrs: [peer.addr] });
  db = await openTestStore();
  store = new SeriesStore({ db, sampleMs: TICK, keepMs: 3_600_000 });
  const shared = { clusterOf: () => Promise.resolve(cluster), now: () => clock };
  stats = new StatsSweep({
    ...shared,
    proxiesOf: () => Promise.resolve([]),
    callsPerSecond: 1000,
    tell: () => {},
    onError: () => {},
  });
  names = new NameSeries({ ...shared, stats, sampleMs: TICK });
});
afterEach(async () => {
  cluster.close();
  await peer.stop();
  await db.destroy();
});

async function tickAt(t: number): Promise<void> {
  clock = t;
  const previous = { brokers: [], clusterName: null };
  const sighting = await see(cluster, { now: () => clock, previous, longestGapMs: SLOT });
  await store.record("i", await names.tick("i", sighting, t), t);
}

const valuesOf = async (metric: NameMetric, match: object, slots: number, step = SLOT) => {
  const span = { from: T0, to: T0 + slots * SLOT - 1, step };
  return (await store.query({ instanceId: "i", metric, match, ...span })).series[0]?.values;
};

test("the slot of a group's first offsets is not known, of others it is, and the next one is what was consumed", async () => {
  await tickAt(T0 + TICK);
  committed = { "orders@billing": { 0: 700 }, "orders@audit": { 0: 5_000_000 }, "refunds@audit": { 0: 1 } };
  await tickAt(T0 + SLOT + TICK);
  committed["orders@audit"] = { 0: 5_000_120 };
  await tickAt(T0 + 2 * SLOT + TICK);
  expect(await valuesOf("consumer_tps", { group: "billing" }, 3)).toEqual([10, 0, null]);
  expect(await valuesOf("consumer_tps", { group: "audit" }, 3)).toEqual([null, 2, null]);
  expect(await valuesOf("topic_consumer_tps", { topic: "orders" }, 3)).toEqual([null, 2, null]);
  expect(await valuesOf("topic_consumer_tps", { topic: "refunds" }, 3)).toEqual([null, 0, null]);
  expect(await valuesOf("topic_consumer_tps", { topic: "idle" }, 3)).toEqual([0, 0, null]);
});

test("what is watched is sampled at every tick for a minute, and a name that somebody made up never", async () => {
  await stats.groups("i", { maxAgeMs: 0 });
  names.watch("i", { group: "billing" });
  names.watch("i", { group: "made-up" });
  for (let n = 0; n < 10; n++) {
    committed = { "orders@billing": { 0: 100 + 10 * n } };
    await tickAt(T0 + n * TICK);
  }
  expect(await valuesOf("group_diff", { group: "billing" }, 2, TICK)).toEqual([
    ...Array.from({ length: 7 }, () => 6),
    ...Array.from({ length: 5 }, () => null),
  ]);
  expect((await valuesOf("consumer_tps", { group: "billing" }, 1, TICK))?.slice(1)).toEqual([1, 1, 1, 1, 1]);
  expect(await valuesOf("group_diff", { group: "made-up" }, 2, TICK)).not.toContain(6);
});

test("a group whose clients broadcast has no lag over time, whatever it committed before", async () => {
  broadcasts = true;
  await stats.clients("i", { maxAgeMs: 0 });
  await stats.groups("i", { maxAgeMs: 0 });
  names.watch("i", { group: "billing" });
  for (let n = 0; n < 3; n++) {
    await tickAt(T0 + n * TICK);
    await stats.groups("i", { maxAgeMs: 0 });
  }
  expect(await valuesOf("group_diff", { group: "billing" }, 2, TICK)).not.toContain(6);
  expect((await stats.groups("i")).byName.get("billing")?.lag).toBe(6n);
});
