import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Curves } from "#contract/curves.ts";
import { startCluster } from "../../sandbox/cluster.ts";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { writeGroupEverywhere } from "../rocketmq/admin/group-admin.ts";
import { writeTopic } from "../rocketmq/admin/topic-admin.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";

/** With a sample a second the slots of what nobody looks at are 6 s long; longer steps show these alone. */
const COARSE = 12_000;
const unique = `curves-${Date.now().toString(36)}`;
const [BUSY, IDLE, GROUP] = [`${unique}-busy`, `${unique}-idle`, `${unique}-billing`];

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
let send: () => Promise<void>;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer({ sampleSeconds: 1 });
  instanceId = (await server.client.instance.register({ name: "curves", namesrvAddrs })).id;
  const { targets } = await cluster.masters();
  const [{ addr, brokerName } = { addr: "", brokerName: "" }] = targets;
  for (const topic of [BUSY, IDLE]) {
    await writeTopic(cluster, addr, { topic, readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false });
  }
  await writeGroupEverywhere(cluster, { groupName: GROUP, patch: {} });
  const producer = new Producer(cluster);
  const queue = { brokerName, queueId: 0 };
  let sent = 0n;
  /** Two messages more, of which the group consumes one. */
  send = async () => {
    for (const text of ["one", "two"]) await producer.send({ topic: BUSY, body: Buffer.from(text), queue });
    sent += 2n;
    const header = { consumerGroup: GROUP, topic: BUSY, queueId: 0, commitOffset: sent / 2n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
  };
  await vi.waitFor(() => cluster.route(BUSY, { fresh: true }), { timeout: 20_000, interval: 100 });
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const span = (step?: number) => ({ from: Date.now() - 300_000, to: Date.now(), step });
const most = (values: readonly (number | null)[] | undefined) =>
  Math.max(0, ...(values ?? []).map((value) => value ?? 0));
/** Values by metric. */
const byMetric = ({ series }: Curves) => Object.fromEntries(series.map(({ metric, values }) => [metric, values]));
const ofTopic = async (topic: string, step?: number) =>
  byMetric(await server.client.topic.curves({ instanceId, topic, ...span(step) }));
const ofGroup = async (step?: number) =>
  byMetric(await server.client.group.curves({ instanceId, group: GROUP, ...span(step) }));

/** Sends until something is so. */
const sending = (holds: () => Promise<void>) =>
  vi.waitFor(
    async () => {
      await send();
      await holds();
    },
    { timeout: 60_000, interval: 200 },
  );

test("traffic shows in the curves of the topic and of its group", async () => {
  await server.deps.stats.topics(instanceId, { maxAgeMs: 0 });
  await sending(async () => {
    const topic = await ofTopic(BUSY, COARSE);
    expect(most(topic["producer_tps"])).toBeGreaterThan(0);
    expect(most(topic["topic_consumer_tps"])).toBeGreaterThan(0);
    const group = await ofGroup(COARSE);
    expect(most(group["consumer_tps"])).toBeGreaterThan(0);
    expect(most(group["group_diff"])).toBeGreaterThan(0);
  });
}, 120_000);

test("a topic without traffic stood at 0 where the sweeps were whole, and is unknown before", async () => {
  const { producer_tps: produceTps = [], topic_consumer_tps: consumeTps = [] } = await ofTopic(IDLE, COARSE);
  expect(produceTps).toContain(0);
  expect(consumeTps).toContain(0);
  expect(produceTps[0]).toBeNull();
  expect(most(produceTps)).toBe(0);
});

test("the list is told the last hour of all topics or groups of a page at once", async () => {
  const { series } = await server.client.topic.trends({ instanceId, topics: [IDLE, BUSY], ...span(COARSE) });
  const of = (topic: string) => series.find(({ labels }) => labels["topic"] === topic)?.values;
  expect(series).toHaveLength(2);
  expect(most(of(BUSY))).toBeGreaterThan(0);
  expect(most(of(IDLE))).toBe(0);
  expect(of(IDLE)).toContain(0);
  const groups = await server.client.group.trends({ instanceId, groups: [GROUP], ...span(COARSE) });
  expect(groups.series).toMatchObject([{ metric: "group_diff", labels: { group: GROUP } }]);
  expect(most(groups.series[0]?.values)).toBeGreaterThan(0);
});

test("what is looked at is sampled at every tick", async () => {
  const known = (values: readonly (number | null)[] = []) => values.filter((value) => value !== null).length;
  const before = known((await ofTopic(BUSY, 1000))["producer_tps"]);
  await sending(async () => {
    const { producer_tps: produceTps = [] } = await ofTopic(BUSY, 1000);
    const last = produceTps.slice(-5).filter((value) => value !== null);
    expect(new Set(last).size).toBeGreaterThan(1);
    expect(known(produceTps)).toBeGreaterThan(before);
  });
}, 120_000);

test("the store keeps no samples of a topic without traffic but those made while somebody looked", async () => {
  const perSlot = await server.deps.db
    .selectFrom("sample")
    .innerJoin("series", "series.id", "sample.seriesId")
    .where("perSlot", "=", 1)
    .select("topic")
    .distinct()
    .execute();
  const topics = perSlot.map(({ topic }) => topic);
  expect(topics).toContain(BUSY);
  expect(topics).not.toContain(IDLE);
});

test("a broker that was killed and comes back brings no leap", async () => {
  const sandbox = await startCluster({ masters: 2 });
  const own = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  const ownServer = await startTestServer({ sampleSeconds: 1 });
  try {
    const { client, deps } = ownServer;
    const { id } = await client.instance.register({ name: "leap", namesrvAddrs: sandbox.namesrvAddrs });
    const { targets } = await own.masters();
    for (const { addr } of targets) {
      await writeTopic(own, addr, { topic: BUSY, readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false });
    }
    await vi.waitFor(async () => expect((await own.route(BUSY, { fresh: true })).queueDatas).toHaveLength(2), 20_000);
    const queue = { brokerName: "broker-b", queueId: 0 };
    const producer = new Producer(own);
    const body = Buffer.from("x");
    for (let sent = 0; sent < 2000; sent += 20) {
      await Promise.all(Array.from({ length: 20 }, () => producer.send({ topic: BUSY, body, queue })));
    }

    const until = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 60_000, interval: 200 });
    /** Waits for a sweep that began after a moment and sees so many messages. */
    const swept = (stored: bigint, after: number) =>
      until(async () => {
        const { startedAt, byName } = await deps.stats.topics(id);
        expect(startedAt).toBeGreaterThan(after);
        expect(byName.get(BUSY)?.maxOffset ?? 0n).toBe(stored);
      });
    await swept(2000n, Date.now());
    const from = Date.now() + COARSE;
    await swept(2000n, from);
    await sandbox.killBroker("broker-b");
    await swept(0n, Date.now());
    await sandbox.startBroker("broker-b");
    await swept(2000n, Date.now());
    const back = Date.now();
    await swept(2000n, back + COARSE);

    const produced = async (since: number) => {
      const curves = await client.topic.curves({ instanceId: id, topic: BUSY, from: since, to: Date.now() });
      return byMetric(curves)["producer_tps"] ?? [];
    };
    await until(async () => expect(await produced(back)).toContain(0));
    expect(most(await produced(from))).toBe(0);
  } finally {
    await ownServer.stop();
    own.close();
    await sandbox.stop();
  }
}, 480_000);
