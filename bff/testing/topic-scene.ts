import type { CreateTopic } from "#contract/topic.ts";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { topicConfigs } from "../rocketmq/admin/topic-admin.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { planned } from "./planned.ts";
import { startTestServer } from "./start-test-server.ts";
import { untilRouted } from "./test-topic.ts";

/** What a topic of a test has unless it says otherwise. */
export const usualTopic = { messageType: "NORMAL", queues: 4, perm: 6 } as const;

/** A console with the shared cluster as an instance, and topics that are made through it under names of this scene alone. */
export async function openTopicScene(name: string) {
  const { namesrvAddrs } = await sharedCluster();
  const cluster = new RocketMQCluster({ namesrvAddrs });
  const server = await startTestServer();
  const instanceId = (await server.client.instance.register({ name, namesrvAddrs })).id;
  const unique = `${name.replaceAll(" ", "-")}-${Date.now().toString(36)}`;

  /** Creates a topic and waits until the name servers, who tell lists and producers of it, know it. */
  async function create(
    topic: string,
    more: Partial<Omit<CreateTopic, "instanceId" | "topic">> & { topic?: string } = {},
  ) {
    const input = { instanceId, topic, brokers: ["broker-a", "broker-b"], ...usualTopic, ...more };
    const created = await planned(server.client).createTopic(input);
    await untilRouted(cluster, topic, input.brokers.length);
    return created;
  }

  async function onBrokers(topic: string) {
    const { items } = await topicConfigs(cluster, [topic]);
    return Object.fromEntries(items.map(({ target, value }) => [target.brokerName, value.get(topic)]));
  }

  async function close(): Promise<void> {
    cluster.close();
    await server.stop();
  }

  return { cluster, server, instanceId, named: (of: string) => `${unique}-${of}`, create, onBrokers, close };
}

export type TopicScene = Awaited<ReturnType<typeof openTopicScene>>;
