import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { changeOrderConf, readOrderConf } from "../../rocketmq/admin/order-conf.ts";
import { topicTable } from "../../rocketmq/admin/topic-admin.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { untilRouted } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";

let sandbox: SandboxCluster;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  sandbox = await startCluster({ version: "4.9.7", name: "old", masters: 2, slaves: 1, namesrvs: 2 });
  server = await startTestServer({ requestTimeoutMs: 2000 });
  instanceId = (await server.client.instance.register({ name: "old", namesrvAddrs: sandbox.namesrvAddrs })).id;
});

afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

/** What each name server says of the order of a topic. */
async function orderConfs(topic: string): Promise<(string | undefined)[]> {
  const { namesrvAddrs } = sandbox;
  return Promise.all(
    namesrvAddrs.map(async (addr) => {
      const one = new RocketMQCluster({ namesrvAddrs: [addr] });
      try {
        return await readOrderConf(one, topic);
      } finally {
        one.close();
      }
    }),
  );
}

const brokers = ["broker-a", "broker-b"];
const fifo = { messageType: "FIFO", queues: 2, perm: 6 } as const;

test("on 4.9 a topic is made, listed, changed and deleted, and the plan says that its type is not kept", async () => {
  const topic = "on-4-9";
  const plan = await server.client.topic.planCreate({ instanceId, topic, brokers, ...fifo });
  expect(plan.warnings).toEqual([{ key: "typesNotKept", params: { brokers: "broker-a, broker-b" } }]);
  const { outcomes } = await planned(server.client).createTopic({ instanceId, topic, brokers, ...fifo });
  expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true]);
  await untilRouted(await server.deps.clusters.get(instanceId), topic, brokers.length);
  const timed = { instanceId, topic, messageType: "DELAY", delaySeconds: 60 } as const;
  const test = await server.client.dialTest.planProduce(timed);
  expect(test.warnings).toEqual([{ key: "noTimers", params: { brokers: "broker-a, broker-b" } }]);
  const [listed] = (await server.client.topic.list({ instanceId, search: topic })).items;
  expect(listed).toMatchObject({ readQueues: 4, messageType: "NORMAL", differs: false });
  await planned(server.client).updateTopic({ instanceId, topic, writeQueues: 3, readQueues: 3 });
  expect(await server.client.topic.get({ instanceId, topic })).toMatchObject({
    writeQueues: 6,
    readQueues: 6,
    groups: 0,
  });
  expect((await server.client.topic.producers({ instanceId, topic })).items).toEqual([]);
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect((await server.client.topic.list({ instanceId, search: topic, fresh: true })).total).toBe(0);
});

test("on 4.9 a strictly ordered topic is one once its broker has it from the name servers, and the plan says so", async () => {
  const topic = "strict-on-4-9";
  const input = { instanceId, topic, brokers: ["broker-b"], ...fifo, queues: 1, order: true };
  const plan = await server.client.topic.planCreate(input);
  expect(plan.warnings).toContainEqual({ key: "orderNotKept", params: { brokers: "broker-b" } });
  expect(plan.changes[0]?.after).toMatchObject({ order: false, messageType: "NORMAL" });
  await planned(server.client).createTopic(input);
  const cluster = await server.deps.clusters.get(instanceId);
  await untilRouted(cluster, topic, 1);
  expect(await orderConfs(topic)).toEqual(["broker-b:1", "broker-b:1"]);
  // Name servers answer a registration, which brokers repeat every half minute, with what is ordered. Source: TopicConfigManager.updateOrderTopicConfig.
  const isOrdered = async () => (await server.client.topic.get({ instanceId, topic })).order;
  await vi.waitFor(async () => expect(await isOrdered()).toBe(true), { timeout: 60_000, interval: 500 });
  const wider = await server.client.topic.planUpdate({ instanceId, topic, writeQueues: 2, readQueues: 2 });
  expect(wider.warnings).toContainEqual({ key: "orderMoves", params: { broker: "broker-b" } });
  await planned(server.client).updateTopic({ instanceId, topic, writeQueues: 2, readQueues: 2 });
  expect(await orderConfs(topic)).toEqual(["broker-b:2", "broker-b:2"]);
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect(await orderConfs(topic)).toEqual([undefined, undefined]);
}, 120_000);

test("on 4.9 a slave takes no deletion and is said to follow its master, which it does", async () => {
  const topic = "followed";
  await planned(server.client).createTopic({ instanceId, topic, brokers, ...fifo });
  const cluster = await server.deps.clusters.get(instanceId);
  await untilRouted(cluster, topic, brokers.length);
  const slave = sandbox.brokers.find(({ role }) => role === "slave");
  const onSlave = async () => (await topicTable(cluster, slave?.addr ?? "")).has(topic);
  await vi.waitFor(async () => expect(await onSlave()).toBe(true), { timeout: 40_000, interval: 500 });
  const { outcomes } = await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes.filter(({ follows }) => follows)).toEqual([{ target: "broker-a:1", ok: true, follows: true }]);
  await vi.waitFor(async () => expect(await onSlave()).toBe(false), { timeout: 40_000, interval: 500 });
}, 120_000);

test("while a broker does not answer nothing is deleted, and a deletion without one that vanished says so", async () => {
  const topic = "half-known";
  await planned(server.client).createTopic({ instanceId, topic, brokers, ...fifo });
  const cluster = await server.deps.clusters.get(instanceId);
  await untilRouted(cluster, topic, brokers.length);
  await changeOrderConf(cluster, topic, () => new Map(brokers.map((name) => [name, 2])));
  // The name servers drop a killed broker at once; one that does not answer stays listed for two minutes, as here.
  const listing = vi.spyOn(cluster, "brokers").mockResolvedValue(await cluster.brokers({ fresh: true }));
  await sandbox.killBroker("broker-b");
  const list = await server.client.topic.list({ instanceId, search: topic, fresh: true });
  expect(list.failures.map((failure) => failure.target)).toEqual(["broker-b"]);
  expect(list.items[0]?.brokers.map((broker) => broker.brokerName)).toEqual(["broker-a"]);
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan.blocked).toBe("USE_UNKNOWN");
  const { outcomes } = await planned(server.client).updateTopic({ instanceId, topic, perm: 4 });
  expect(outcomes.map(({ target, ok }) => [target, ok])).toEqual([
    ["broker-a", true],
    ["broker-b", false],
  ]);
  expect(await orderConfs(topic)).toEqual(["broker-a:2;broker-b:2", "broker-a:2;broker-b:2"]);
  await planned(server.client).updateTopic({ instanceId, topic, writeQueues: 3, readQueues: 3 });
  expect(await orderConfs(topic)).toEqual(["broker-a:3;broker-b:2", "broker-a:3;broker-b:2"]);
  listing.mockRestore();
  await vi.waitFor(
    async () => {
      const { blocked, warnings } = await server.client.topic.planDelete({ instanceId, topic });
      expect([blocked, warnings]).toEqual([null, [{ key: "brokersGone", params: { brokers: "broker-b" } }]]);
    },
    { timeout: 60_000, interval: 500 },
  );
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect(await orderConfs(topic)).toEqual(["broker-b:2", "broker-b:2"]);
  await sandbox.startBroker("broker-b");
  await vi.waitFor(
    async () => {
      const after = await server.client.topic.list({ instanceId, search: topic, fresh: true });
      expect(after.failures).toEqual([]);
      expect(after.items[0]?.brokers.map((broker) => broker.brokerName)).toEqual(["broker-b"]);
    },
    { timeout: 60_000, interval: 500 },
  );
}, 180_000);
