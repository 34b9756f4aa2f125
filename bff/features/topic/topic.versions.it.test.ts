import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { untilRouted } from "../../testing/test-topic.ts";

let sandbox: SandboxCluster;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  sandbox = await startCluster({ version: "4.9.7", name: "old", masters: 2 });
  server = await startTestServer({ requestTimeoutMs: 2000 });
  instanceId = (await server.client.instance.register({ name: "old", namesrvAddrs: sandbox.namesrvAddrs })).id;
});

afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

const brokers = ["broker-a", "broker-b"];
const fifo = { messageType: "FIFO", queues: 2, perm: 6 } as const;

test("on 4.9 a topic is made, listed, changed and deleted, and the plan says that its type is not kept", async () => {
  const topic = "on-4-9";
  const plan = await server.client.topic.planCreate({ instanceId, topic, brokers, ...fifo });
  expect(plan.warnings).toEqual([{ key: "typesNotKept", params: { brokers: "broker-a, broker-b" } }]);
  const { outcomes } = await server.client.topic.create({ instanceId, topic, brokers, ...fifo });
  expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true]);
  await untilRouted(await server.deps.clusters.get(instanceId), topic, brokers.length);
  const [listed] = (await server.client.topic.list({ instanceId, search: topic })).items;
  expect(listed).toMatchObject({ readQueues: 4, messageType: "NORMAL", differs: false });
  await server.client.topic.update({ instanceId, topic, writeQueues: 3, readQueues: 3 });
  expect(await server.client.topic.get({ instanceId, topic })).toMatchObject({
    writeQueues: 6,
    readQueues: 6,
    groups: 0,
  });
  expect((await server.client.topic.producers({ instanceId, topic })).items).toEqual([]);
  await server.client.topic.delete({ instanceId, topic, name: topic });
  expect((await server.client.topic.list({ instanceId, search: topic, fresh: true })).total).toBe(0);
});

test("while a broker does not answer nothing is deleted, and a deletion without one that vanished says so", async () => {
  const topic = "half-known";
  await server.client.topic.create({ instanceId, topic, brokers, ...fifo });
  const cluster = await server.deps.clusters.get(instanceId);
  await untilRouted(cluster, topic, brokers.length);
  // The name servers drop a killed broker at once; one that does not answer stays listed for two minutes, as here.
  const listing = vi.spyOn(cluster, "brokers").mockResolvedValue(await cluster.brokers({ fresh: true }));
  await sandbox.killBroker("broker-b");
  const list = await server.client.topic.list({ instanceId, search: topic, fresh: true });
  expect(list.failures.map((failure) => failure.target)).toEqual(["broker-b"]);
  expect(list.items[0]?.brokers.map((broker) => broker.brokerName)).toEqual(["broker-a"]);
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan.blocked).toBe("USE_UNKNOWN");
  const { outcomes } = await server.client.topic.update({ instanceId, topic, perm: 4 });
  expect(outcomes.map(({ target, ok }) => [target, ok])).toEqual([
    ["broker-a", true],
    ["broker-b", false],
  ]);
  listing.mockRestore();
  await vi.waitFor(
    async () => {
      const { blocked, warnings } = await server.client.topic.planDelete({ instanceId, topic });
      expect([blocked, warnings]).toEqual([null, [{ key: "brokersGone", params: { brokers: "broker-b" } }]]);
    },
    { timeout: 60_000, interval: 500 },
  );
  await sandbox.startBroker("broker-b");
  await vi.waitFor(
    async () => {
      const after = await server.client.topic.list({ instanceId, search: topic, fresh: true });
      expect(after.failures).toEqual([]);
      expect(after.items[0]?.differs).toBe(true);
    },
    { timeout: 30_000, interval: 500 },
  );
}, 180_000);
