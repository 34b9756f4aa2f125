import type { ProducePlan, ProduceTest } from "#contract/dial-test.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import { MESSAGE_TYPES, type MessageType } from "#contract/rules/topic.ts";
import { Problem } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { ownerOfTopic } from "../../cluster/group-of-topic.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import { Usage } from "../../cluster/topic-users.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { publishQueues, type PublishQueue } from "../../rocketmq/client/publish-queues.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";

const LARGE_TEST_BYTES = 64 * 1024 * 1024;

export const bodyBytes = (test: ProduceTest): number =>
  test.body === undefined ? test.sizeKb * 1024 : Buffer.byteLength(test.body);

/** `message.type` of a topic by the first master that has it; null before 5.0, where topics have none. */
async function typeOf(cluster: RocketMQCluster, topic: string) {
  const { items, failures } = await topicConfigs(cluster, [topic]);
  const types = items.map(({ value }) => value.get(topic)?.attributes?.get("message.type"));
  return { topicType: types.find((type) => type) ?? null, failures };
}

/** What the topic takes where a test does not say what to send. */
function typeFor(test: ProduceTest, topicType: string | null): MessageType {
  const type = test.messageType ?? MESSAGE_TYPES.find((known) => known === topicType) ?? "NORMAL";
  if (type === "DELAY" && test.delayLevel === undefined && test.delaySeconds === undefined)
    throw new Problem("BAD_REQUEST", { issues: [{ path: "delayLevel", message: "delay.one" }] });
  return type;
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

/** Topics that clients of a group fill and read by themselves. */
async function ownOfGroup(cluster: RocketMQCluster, topic: string): Promise<ProducePlan["warnings"]> {
  const group = await ownerOfTopic(cluster, topic);
  if (group === undefined) return [];
  if (group === null) return [{ key: "retryTopicOfSome", params: {} }];
  return [{ key: topic.startsWith(DLQ_PREFIX) ? "deadLetterTopic" : "retryTopic", params: { group } }];
}

export interface Looking {
  proxies: readonly string[];
  now: number;
  /** Reads anew who is online. */
  fresh: boolean;
}

/** Where the messages would go, who would get them, and what a person should know before they do. */
export async function planProduce(
  cluster: RocketMQCluster,
  test: ProduceTest,
  looking: Looking,
): Promise<Omit<ProducePlan, "limit">> {
  const { topic } = test;
  const totalBytes = bodyBytes(test) * test.count;
  const messageType = test.messageType ?? "NORMAL";
  const nothing = { topicType: null, messageType, queues: 0, brokers: [], totalBytes, consumers: [] };
  const refused = { ...nothing, warnings: [], failures: [] };
  if (topicKindOf(topic, await ownTopics(cluster)) === "system") return { ...refused, blocked: "SYSTEM_RESOURCE" };
  try {
    const [known, queues, online] = await Promise.all([
      typeOf(cluster, topic),
      publishQueues(cluster, topic, true),
      new Usage(cluster, looking).consumersOf(topic),
    ]);
    const { topicType } = known;
    const type = typeFor(test, topicType);
    const warnings = await ownOfGroup(cluster, topic);
    if (topicType !== null && topicType !== "UNSPECIFIED" && topicType !== "MIXED" && topicType !== type)
      warnings.push({ key: "otherType", params: { topicType, messageType: type } });
    if (totalBytes > LARGE_TEST_BYTES) warnings.push({ key: "large", params: { bytes: totalBytes } });
    if (type === "DELAY" && test.delaySeconds !== undefined) warnings.push(...(await timerWarnings(cluster, queues)));
    // Nobody gets what is rolled back.
    const reaches = type !== "TRANSACTION" || test.outcome === "commit";
    const consumers = reaches ? online.items.map(({ group, clients }) => ({ group, clients: clients.length })) : [];
    const asks = reaches && !test.despiteConsumers;
    return {
      topicType,
      messageType: type,
      queues: queues.length,
      brokers: [...new Set(queues.map(({ brokerName }) => brokerName))],
      totalBytes,
      consumers,
      warnings,
      blocked: !asks ? null : consumers.length > 0 ? "STILL_IN_USE" : online.failures.length > 0 ? "USE_UNKNOWN" : null,
      failures: failuresOf(known.failures, online.failures),
    };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code } = asRocketMQError(error);
    if (code === "TOPIC_NOT_EXIST" || code === "NO_PERMISSION") return { ...refused, blocked: code };
    throw error;
  }
}
