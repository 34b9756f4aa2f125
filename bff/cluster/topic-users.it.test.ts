import { describe, expect, test } from "vitest";
import { startCluster } from "../../sandbox/cluster.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { joinAsConsumer } from "../testing/online-client.ts";
import { problemOf } from "../testing/problem-of.ts";
import { startTestServer } from "../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../testing/test-topic.ts";
import { planned } from "../testing/planned.ts";

const TOPIC = "subscribed";
const GROUP = "only-online";

describe.each(["5.3.3", "5.1.4", "4.9.7", "5.5.0", "5.5.1"] as const)("on %s", (version) => {
  test("a topic with a client online that has no offset is not deleted, and its groups are real ones", async () => {
    const sandbox = await startCluster({ version, name: "users", masters: 1 });
    const server = await startTestServer();
    const clients = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
    try {
      const { client } = server;
      const { id: instanceId } = await client.instance.register({ name: "users", namesrvAddrs: sandbox.namesrvAddrs });
      await createTestTopic(clients, { topic: TOPIC });
      await new Producer(clients, { group: "PG" }).send({ topic: TOPIC, body: Buffer.from("x") });
      await untilInQueues(clients, TOPIC, 1);
      await planned(client).createGroup({ instanceId, group: GROUP, brokers: ["broker-a"] });
      const leave = await joinAsConsumer(clients, GROUP, TOPIC);

      const plan = await client.topic.planDelete({ instanceId, topic: TOPIC });
      expect(plan.blocked).toBe("STILL_IN_USE");
      expect(plan.users.map(({ role, group }) => [role, group])).toEqual([["consumer", GROUP]]);
      const refused = await problemOf(planned(client).deleteTopic({ instanceId, topic: TOPIC, name: TOPIC }));
      expect([refused.code, refused.data.params?.["users"]]).toEqual(["STILL_IN_USE", GROUP]);
      const { items } = await client.topic.groups({ instanceId, topic: TOPIC });
      expect(items.map(({ group, clients: online }) => [group, online])).toEqual([[GROUP, 1]]);
      expect((await client.topic.get({ instanceId, topic: TOPIC })).groups).toBe(1);

      await leave();
      const after = await client.topic.planDelete({ instanceId, topic: TOPIC });
      expect([after.blocked, after.users]).toEqual([null, []]);
    } finally {
      clients.close();
      await server.stop();
      await sandbox.stop();
    }
  }, 180_000);
});
