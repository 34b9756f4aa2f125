import { randomUUID } from "node:crypto";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { topicStats, writeTopic, type TopicWrite } from "../rocketmq/admin/topic-admin.ts";

/** Asks again until the answer is defined or time is up; `seen` tells what it was instead. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  limitMs = 30_000,
  seen: () => unknown = () => undefined,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what} ${JSON.stringify(seen()) ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the name servers route a topic to so many brokers, which register it on their own. */
export const untilRouted = (cluster: RocketMQCluster, topic: string, brokers: number) =>
  eventually(`${topic} on ${brokers} brokers`, async () => {
    const route = await cluster.route(topic, { fresh: true }).catch(() => undefined);
    return route?.queueDatas.length === brokers ? route : undefined;
  });

/**
 * Waits until the queues of a topic have so many messages in all. A broker answers a send when its commit log has the
 * message; offsets, lags, pulls and searches by time know it some time later, and the index of keys after these.
 */
export const untilInQueues = (cluster: RocketMQCluster, topic: string, messages: number) =>
  eventually(`${messages} messages in the queues of ${topic}`, async () => {
    const { items } = await topicStats(cluster, topic);
    const ends = items.flatMap(({ value }) => value.offsetTable.map(([, { maxOffset }]) => maxOffset));
    const stored = ends.reduce((sum, end) => sum + end, 0n);
    return stored >= BigInt(messages) ? stored : undefined;
  });

/** Creates a topic of its own on every master and waits until the name server lists it there. */
export async function createTestTopic(
  cluster: RocketMQCluster,
  options: Partial<TopicWrite> & { topic?: string } = {},
): Promise<string> {
  const topic = options.topic ?? `test-${randomUUID()}`;
  const { targets } = await cluster.masters({ fresh: true });
  const write = { readQueueNums: 4, writeQueueNums: 4, perm: 6, order: false, ...options, topic };
  await Promise.all(targets.map(({ addr }) => writeTopic(cluster, addr, write)));
  await untilRouted(cluster, topic, targets.length);
  return topic;
}
