import type { ProducePlan, ProduceTest } from "#contract/dial-test.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { publishQueues, type PublishQueue } from "../../rocketmq/client/publish-queues.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";

const LARGE_TEST_BYTES = 64 * 1024 * 1024;

export const bodyBytes = (test: ProduceTest): number =>
  test.body === undefined ? test.sizeKb * 1024 : Buffer.byteLength(test.body);

/** `message.type` of a topic by the first master that has it; null before 5.0, where topics have none. */
async function typeOf(cluster: RocketMQCluster, topic: string): Promise<string | null> {
  const { items } = await topicConfigs(cluster, [topic]);
  return items.map(({ value }) => value.get(topic)?.attributes?.get("message.type")).find((type) => type) ?? null;
}

/** Where timed messages would not wait: brokers without timers, and those that do not tell whether they have them. */
async function timerWarnings(
  cluster: RocketMQCluster,
  queues: readonly PublishQueue[],
): Promise<ProducePlan["warnings"]> {
  const brokers = new Map(queues.map(({ brokerName, address }) => [address, { name: brokerName, addr: address }]));
  const { items, failures } = await cluster.fanOut([...brokers.values()], ({ addr }) => cluster.can(addr, "timers"));
  const without = items.filter(({ value }) => !value).map(({ target }) => target.name);
  const unknown = failures.map(({ target }) => target);
  const warnings = { noTimers: without, timersUnknown: unknown };
  return Object.entries(warnings).flatMap(([key, names]) =>
    names.length === 0 ? [] : [{ key, params: { brokers: names.join(", ") } }],
  );
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
    if (test.messageType === "DELAY" && test.delaySeconds !== undefined)
      warnings.push(...(await timerWarnings(cluster, queues)));
    return { topicType, queues: queues.length, brokers, totalBytes, warnings, blocked: null };
  } catch (error) {
    const { code } = asRocketMQError(error);
    if (code === "TOPIC_NOT_EXIST" || code === "NO_PERMISSION") return { ...nothing, blocked: code };
    throw error;
  }
}
