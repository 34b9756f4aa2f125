import type { ProducePlan, ProduceTest } from "#contract/dial-test.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { publishQueues } from "../../rocketmq/client/publish-queues.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";

const LARGE_TEST_BYTES = 64 * 1024 * 1024;

export const bodyBytes = (test: ProduceTest): number =>
  test.body === undefined ? test.sizeKb * 1024 : Buffer.byteLength(test.body);

/** `message.type` of a topic by the first master that has it; null before 5.0, where topics have none. */
async function typeOf(cluster: RocketMQCluster, topic: string): Promise<string | null> {
  const { items } = await topicConfigs(cluster, [topic]);
  return items.map(({ value }) => value.get(topic)?.attributes?.get("message.type")).find((type) => type) ?? null;
}

/** Where the messages would go, and what a person should know before they do. */
export async function planProduce(cluster: RocketMQCluster, test: ProduceTest): Promise<ProducePlan> {
  const totalBytes = bodyBytes(test) * test.count;
  const nothing = { topicType: null, queues: 0, brokers: [], totalBytes, warnings: [] };
  if (topicKindOf(test.topic, await ownTopics(cluster)) === "system") return { ...nothing, blocked: "SYSTEM_RESOURCE" };
  try {
    const [topicType, queues] = await Promise.all([
      typeOf(cluster, test.topic),
      publishQueues(cluster, test.topic, true),
    ]);
    const brokers = [...new Set(queues.map(({ brokerName }) => brokerName))];
    const warnings: ProducePlan["warnings"] = [];
    if (topicType !== null && topicType !== "UNSPECIFIED" && topicType !== "MIXED" && topicType !== test.messageType)
      warnings.push({ key: "otherType", params: { topicType, messageType: test.messageType } });
    if (totalBytes > LARGE_TEST_BYTES) warnings.push({ key: "large", params: { bytes: totalBytes } });
    return { topicType, queues: queues.length, brokers, totalBytes, warnings, blocked: null };
  } catch (error) {
    const { code } = asRocketMQError(error);
    if (code === "TOPIC_NOT_EXIST" || code === "NO_PERMISSION") return { ...nothing, blocked: code };
    throw error;
  }
}
