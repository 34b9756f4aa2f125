import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Clients, type Consumer } from "../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../sandbox/oracle/oracle.ts";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { askClient } from "../cluster/client-info.ts";
import { onlineClients } from "../cluster/group-connections.ts";
import { connectionsByServer, writeGroupEverywhere } from "../rocketmq/admin/group-admin.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: TestServer;
let cluster: RocketMQCluster;
let oracle: Oracle;
let namesrvAddrs: string[];
const online: Consumer[] = [];

beforeAll(async () => {
  const shared = await sharedCluster();
  namesrvAddrs = shared.namesrvAddrs;
  cluster = new RocketMQCluster({ namesrvAddrs });
  oracle = await startOracle(shared);
  server = await startTestServer();
});

afterAll(async () => {
  for (const consumer of online) await consumer.stop();
  await oracle.stop();
  cluster.close();
  await server.stop();
});

async function heldBy(group: string): Promise<number> {
  const clients = onlineClients(await connectionsByServer(cluster, group, []));
  const infos = await Promise.all(clients.map((client) => askClient(cluster, group, client)));
  return infos.flatMap(({ popQueues }) => popQueues).reduce((sum, { unacked }) => sum + unacked, 0);
}

test("a Java client that pops and has acknowledged nothing yet is seen to, and what it holds is told wherever its group is", async () => {
  const topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const group = `${topic}-g`;
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const { targets } = await cluster.masters();
  for (const { addr } of targets) await oracle.ask("setMessageRequestMode", [addr, topic, group, "POP", 0, 5000]);
  const producer = new Producer(cluster);
  for (const { brokerName } of targets)
    for (let n = 0; n < 6; n++)
      await producer.send({ topic, body: Buffer.from("m"), tag: "HOLD", queue: { brokerName, queueId: 0 } });
  const properties = { clientRebalance: false };
  online.push(await new Clients(oracle, namesrvAddrs).consumer({ group, topics: { [topic]: "*" }, properties }));
  await eventually("all of it popped", async () => (await heldBy(group)) === 12 || undefined);

  // Only now, for a client is asked once a minute.
  const { id: instanceId } = await server.client.instance.register({ name: "popping", namesrvAddrs });
  const ofTopic = async () => {
    const { items } = await server.client.topic.groups({ instanceId, topic });
    return items.find((one) => one.group === group);
  };
  const first = await ofTopic();
  expect([first?.pop, first?.unacked === null || first?.unacked === "12"]).toEqual([true, true]);
  await server.deps.stats.clients(instanceId, { maxAgeMs: -1 });
  const held = { group, pop: true, unacked: "12" };
  await vi.waitFor(async () => expect(await ofTopic()).toMatchObject(held), { timeout: 20_000, interval: 500 });
  expect(await server.client.group.get({ instanceId, group })).toMatchObject(held);
  expect((await server.client.group.list({ instanceId, search: group })).items).toMatchObject([held]);
});
