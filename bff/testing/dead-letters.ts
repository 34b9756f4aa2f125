import { dlqTopicOf } from "../rocketmq/admin/dead-letters.ts";
import { writeGroupEverywhere } from "../rocketmq/admin/group-admin.ts";
import { topicStats } from "../rocketmq/admin/topic-admin.ts";
import { Producer } from "../rocketmq/client/producer.ts";
import { PullConsumer } from "../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { giveUp } from "./give-up.ts";
import { createTestTopic, eventually } from "./test-topic.ts";

/** How many messages the queues of a topic have, by the broker. */
export async function storedIn(cluster: RocketMQCluster, topic: string): Promise<number> {
  const { items } = await topicStats(cluster, topic);
  return items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((sum, [, { minOffset, maxOffset }]) => sum + Number(maxOffset - minOffset), 0);
}

/** A topic of one queue at each master. */
export const letterTopic = (cluster: RocketMQCluster, topic: string): Promise<string> =>
  createTestTopic(cluster, { topic, readQueueNums: 1, writeQueueNums: 1 });

/** A group that tries a message once more. */
export async function letterGroup(cluster: RocketMQCluster, groupName: string): Promise<string> {
  await writeGroupEverywhere(cluster, { groupName, patch: { retryMaxTimes: 1 } });
  return groupName;
}

interface Letters {
  group: string;
  topic: string;
  queue: { brokerName: string; queueId: number };
  count: number;
  tag?: string;
}

/** Messages that a group gives up at once, which is what a client does that may not retry; their ids. */
export async function makeDeadLetters(
  cluster: RocketMQCluster,
  { group, topic, queue, count, tag = "OK" }: Letters,
): Promise<string[]> {
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";
  const producer = new Producer(cluster);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const body = Buffer.from(`letter ${n}`);
    const sending = { topic, body, tag, keys: `k${n}`, properties: { n: String(n) }, queue };
    const { msgId, queueOffset } = await producer.send(sending);
    ids.push(msgId);
    const message = await eventually("the message is in its queue", async () => {
      const { messages } = await new PullConsumer(cluster).pull({ topic, ...queue }, queueOffset, { maxNums: 1 });
      return messages.find((one) => one.msgId === msgId);
    });
    await giveUp(cluster, addr, group, { topic, msgId, physicalOffset: message.physicalOffset });
  }
  await eventually("they are dead letters", async () => {
    const there = await storedIn(cluster, dlqTopicOf(group)).catch(() => 0);
    return there >= count ? true : undefined;
  });
  return ids;
}
