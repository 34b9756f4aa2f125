import { randomUUID } from "node:crypto";
import type { RocketMQCluster } from "../rocketmq/admin/cluster.ts";
import { writeTopic, type TopicWrite } from "../rocketmq/admin/topic-admin.ts";

/** Asks again until the answer is defined or time is up. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 30_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Creates a topic of its own on every master and waits until the name server lists it there. */
export async function createTestTopic(
  cluster: RocketMQCluster,
  options: Partial<TopicWrite> & { topic?: string } = {},
): Promise<string> {
  const topic = options.topic ?? `test-${randomUUID()}`;
  const { targets } = await cluster.masters({ fresh: true });
  const write = { readQueueNums: 4, writeQueueNums: 4, perm: 6, order: false, ...options, topic };
  await Promise.all(targets.map(({ addr }) => writeTopic(cluster, addr, write)));
  await eventually(`${topic} on ${targets.length} brokers`, async () => {
    const route = await cluster.route(topic, { fresh: true }).catch(() => undefined);
    return route?.queueDatas.length === targets.length ? route : undefined;
  });
  return topic;
}
