import { expect, test } from "vitest";
import { Problem } from "../base/problem.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { listed, scriptedServer } from "../testing/scripted-server.ts";
import { Pace, paced } from "./pace.ts";
import { StatsSweep } from "./stats-sweep.ts";
import { consumeStatsCalls, sweepGroups } from "./sweep-groups.ts";
import { addTopicStats, type TopicStats } from "./sweep-topics.ts";

const queue = (topic: string, queueId: number, brokerName = "a") => ({ topic, queueId, brokerName });

test("figures of a topic are summed over queues and brokers and never rounded", () => {
  const sums = new Map<string, TopicStats>();
  const big = 9_223_372_036_854_775_000n;
  addTopicStats(sums, "T", {
    offsetTable: [
      [queue("T", 0), { minOffset: 1n, maxOffset: big, lastUpdateTimestamp: 5 }],
      [queue("T", 1), { minOffset: 0n, maxOffset: 7n, lastUpdateTimestamp: 9 }],
    ],
    topicPutTps: 1.5,
  });
  addTopicStats(sums, "T", {
    offsetTable: [[queue("T", 0, "b"), { minOffset: 0n, maxOffset: 0n, lastUpdateTimestamp: 0 }]],
    topicPutTps: 0.5,
  });
  expect(sums.get("T")).toEqual({ maxOffset: big + 7n, minOffset: 1n, tps: 2, lastUpdateAt: 9 });
});

test("a topic whose brokers tell no rate has none, not zero", () => {
  const sums = new Map<string, TopicStats>();
  addTopicStats(sums, "T", { offsetTable: [], topicPutTps: undefined });
  expect(sums.get("T")?.tps).toBeNull();
});

test("a group is asked for topic by topic unless scanning the few offsets that there are costs less", () => {
  const small = new Map([
    ["one", ["T"]],
    ["two", ["T", "%RETRY%two"]],
  ]);
  expect(consumeStatsCalls(small)).toEqual([{ consumerGroup: "one", topic: "T" }, { consumerGroup: "two" }]);
  const large = new Map(small);
  for (let i = 0; i < 1000; i++) large.set(`group-${i}`, ["T"]);
  expect(consumeStatsCalls(large).slice(0, 3)).toEqual([
    { consumerGroup: "one", topic: "T" },
    { consumerGroup: "two", topic: "T" },
    { consumerGroup: "two", topic: "%RETRY%two" },
  ]);
});

test("a paced run keeps to its rate until somebody hurries it", async () => {
  const pace = new Pace(1000);
  let done = 0;
  const startedAt = performance.now();
  const run = paced(
    Array.from({ length: 10_000 }, (_, i) => i),
    64,
    pace,
    async () => {
      done += 1;
      if (done === 150) pace.hurry();
    },
  );
  await run;
  const ms = performance.now() - startedAt;
  expect(done).toBe(10_000);
  expect(ms).toBeGreaterThan(80);
  // At its rate alone it would take ten seconds.
  expect(ms).toBeLessThan(8000);
});

test("a paced run holds while a sweep is awaited, unless it is hurried itself", async () => {
  let end = (): void => undefined;
  let awaited: Promise<void> | undefined = new Promise((resolve) => (end = resolve));
  const pace = new Pace(1_000_000, () => awaited);
  const done: number[] = [];
  const run = paced([1, 2, 3], 1, pace, async (n) => {
    done.push(n);
    if (n === 1) awaited = new Promise(() => undefined);
  });
  await Promise.resolve();
  expect(done).toEqual([]);
  awaited = undefined;
  end();
  await expect.poll(() => done).toEqual([1]);
  pace.hurry();
  await run;
  expect(done).toEqual([1, 2, 3]);
});

test("of an instance that there is not nothing is kept, whoever asks for it", async () => {
  const sweep = new StatsSweep({
    clusterOf: () => Promise.reject(new Problem("INSTANCE_NOT_FOUND")),
    now: Date.now,
    proxiesOf: () => Promise.resolve([]),
    callsPerSecond: 1000,
    tell: () => undefined,
    onError: () => undefined,
  });
  await expect(sweep.topics("invented")).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  await expect(sweep.groups("invented", { maxAgeMs: 0 })).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  expect(sweep.size).toBe(0);
});

test("an instance is swept often while somebody or a rule watches it, and rarely once nobody did for a while", async () => {
  const server = await scriptedServer(({ code }) => {
    if (code === 106) return listed({ c: ["a"] }, server.addr);
    return code === 21 ? { topicConfigTable: {}, dataVersion: {} } : { offsetTable: {} };
  });
  const cluster = new RocketMQCluster({ namesrvAddrs: [server.addr] });
  const seconds = 1000;
  let now = 0;
  let swept = 0;
  const sweep = new StatsSweep({
    clusterOf: () => Promise.resolve(cluster),
    now: () => now,
    proxiesOf: () => Promise.resolve([]),
    callsPerSecond: 1000,
    tell: ({ what }) => (swept += what === "groups" ? 1 : 0),
    onError: () => {},
  });
  /** How many sweeps ticks every ten seconds begin within a minute. */
  const inAMinute = async () => {
    const before = swept;
    for (let n = 0; n < 6; n++) {
      const [due, told] = [sweep.peek("i").groups, swept];
      now += 10 * seconds;
      sweep.tick("i");
      // A sweep that is due begins with the tick; the next tick comes after its end.
      if (due === undefined || now - due.at >= 55 * seconds || now < watchedUntil) {
        await expect.poll(() => swept).toBeGreaterThan(told);
      }
    }
    return swept - before;
  };
  let watchedUntil = 0;
  expect(await inAMinute()).toBe(1);
  sweep.watch("i", "rule");
  watchedUntil = now + 180 * seconds;
  expect(await inAMinute()).toBe(6);
  sweep.watch("i", "person");
  watchedUntil = now + 600 * seconds;
  for (let minutes = 0; minutes < 9; minutes++) expect(await inAMinute()).toBe(6);
  await inAMinute();
  expect(await inAMinute()).toBe(1);
  sweep.forget("i");
  cluster.close();
  server.stop();
});

test("offsets that a deleted group left behind, or that a proxy keeps of broadcasting clients, are no group's", async () => {
  const asked: (string | undefined)[] = [];
  const peer = await scriptedPeer((code, { consumerGroup }) => {
    switch (code) {
      case 106:
        return { body: listed({ c: ["a"] }, peer.addr) };
      case 43:
        return {
          body: { offsetTable: { "T@billing": { 0: 3 }, "T@ghost": { 0: 3 }, "T@billing@broadcast": { 0: 3 } } },
        };
      case 201:
        return { body: { subscriptionGroupTable: { billing: { groupName: "billing" } }, dataVersion: {} } };
      case 208:
        asked.push(consumerGroup);
        return { body: { consumeTps: 0, offsetTable: {} } };
      default:
        return undefined;
    }
  });
  const cluster = new RocketMQCluster({ namesrvAddrs: [peer.addr] });
  try {
    const { byName, failures } = await sweepGroups(cluster, { pace: new Pace(Infinity), now: Date.now });
    expect(failures).toEqual([]);
    expect([...byName.keys()]).toEqual(["billing"]);
    expect(asked).not.toContain("billing@broadcast");
  } finally {
    cluster.close();
    await peer.stop();
  }
});
