import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { proxiedCluster, type ProxiedCluster } from "../../../sandbox/fault-proxy/proxied-cluster.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { writeGroupEverywhere } from "../../rocketmq/admin/group-admin.ts";
import { committedAt } from "../../rocketmq/admin/queue-offsets.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { topicRpc } from "../../rocketmq/rpc/topic.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";

let proxied: ProxiedCluster;
let server: TestServer;
/** Without the proxies between. */
let cluster: RocketMQCluster;
let instanceId: string;

beforeAll(async () => {
  const shared = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs: shared.namesrvAddrs });
  proxied = await proxiedCluster(shared);
  server = await startTestServer({ requestTimeoutMs: 2000 });
  const { namesrvAddrs } = proxied;
  instanceId = (await server.client.instance.register({ name: "half", namesrvAddrs })).id;
});
afterEach(() => proxied.heal());
afterAll(async () => {
  await server.stop();
  await proxied.stop();
  cluster.close();
});

/** A group that has consumed one of the three messages of each broker's only queue. */
async function place() {
  const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const group = `${topic}-g`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const producer = new Producer(cluster, { group: `${topic}-p` });
  const { targets } = await cluster.masters();
  for (const { brokerName, addr } of targets) {
    for (let n = 0; n < 3; n++)
      await producer.send({ topic, body: Buffer.from("m"), queue: { brokerName, queueId: 0 } });
    const header = { consumerGroup: group, topic, queueId: 0, commitOffset: 1n };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
  }
  await untilInQueues(cluster, topic, 6);
  const says = () => Promise.all(targets.map(({ addr }) => committedAt(cluster, addr, { topic, queueId: 0 }, group)));
  return { at: { instanceId, group, topic }, says };
}

test("while a broker is silent nothing is moved, or its queues alone are not and the outcome says so", async () => {
  const { at, says } = await place();
  proxied.fail({ brokerName: "broker-b" }, { kind: "drop" });
  const whole = await server.client.offset.planReset({ ...at, to: "latest" });
  expect(whole).toMatchObject({ blocked: "NOT_ALL_BROKERS", failures: [{ target: "broker-b" }] });
  expect((await problemOf(server.client.offset.reset({ ...at, planId: whole.planId }))).code).toBe("NOT_ALL_BROKERS");
  expect(await says()).toEqual([1n, 1n]);

  const rest = await server.client.offset.planReset({ ...at, to: "latest", partial: true });
  expect(rest).toMatchObject({ blocked: null, changes: [{ brokerName: "broker-a", after: "3" }], skipped: "2" });
  const { outcomes } = await server.client.offset.reset({ ...at, planId: rest.planId });
  expect(outcomes).toMatchObject([
    { target: "broker-a · 0", ok: true, says: "3" },
    { target: "broker-b", ok: false, failure: { target: "broker-b" } },
  ]);
  expect(await says()).toEqual([3n, 1n]);
});

test("where the answer of a broker is lost nobody is told that nothing was done, and all of it can be taken back", async () => {
  const { at, says } = await place();
  const { planId } = await server.client.offset.planReset({ ...at, to: "latest" });
  proxied.fail({ brokerName: "broker-b" }, { kind: "drop", codes: [offsetRpc.invokeBrokerToResetOffset.code] });
  const { outcomes, undo } = await server.client.offset.reset({ ...at, planId });
  expect(outcomes).toMatchObject([
    { target: "broker-a · 0", ok: true, says: "3" },
    { target: "broker-b · 0", ok: false, unknown: true, failure: { code: "REQUEST_TIMEOUT" } },
  ]);
  expect(await says()).toEqual([3n, 3n]);
  const [entry] = (await server.client.audit.list({ row: "offset.reset", pageSize: 1 })).items;
  expect(entry).toMatchObject({
    outcome: "partial",
    targets: {
      items: [
        { target: "broker-b · 0", outcome: "unknown" },
        { target: "broker-a · 0", outcome: "ok", says: "3" },
      ],
    },
  });

  proxied.heal();
  const back = await server.client.offset.planUndo({ ...at, undo: undo ?? "" });
  expect(back.replayed).toBe("4");
  await server.client.offset.reset({ ...at, planId: back.planId });
  expect(await says()).toEqual([1n, 1n]);
});

test("a group that goes on consuming while its queues are read is never shown ahead of them", async () => {
  const { at } = await place();
  const { topic } = at;
  const producer = new Producer(cluster, { group: `${topic}-p` });
  const { targets } = await cluster.masters();
  proxied.fail("brokers", { kind: "delay", ms: 700, codes: [topicRpc.getTopicStatsInfo.code] });
  const read = new AbortController();
  const planning = server.client.offset.planReset({ ...at, to: "latest" }).finally(() => read.abort());
  for (let sent = 0; !read.signal.aborted && sent < 5000; sent++) {
    for (const { brokerName, addr } of targets) {
      await producer.send({ topic, body: Buffer.from("m"), queue: { brokerName, queueId: 0 } });
      const { offset } = await cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId: 0 });
      const header = { consumerGroup: at.group, topic, queueId: 0, commitOffset: offset };
      await cluster.call(offsetRpc.updateConsumerOffset, addr, header);
    }
  }
  const { changes } = await planning;
  expect(changes).toHaveLength(2);
  for (const { before, maxOffset } of changes) expect(BigInt(maxOffset)).toBeGreaterThanOrEqual(BigInt(before ?? 0));
});
