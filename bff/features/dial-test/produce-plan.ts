import type { ProducePlan, ProduceTest } from "#contract/dial-test.ts";
import { MESSAGE_TYPES, type MessageType } from "#contract/rules/topic.ts";
import { Problem } from "../../base/problem.ts";
import { ownTopicWarnings } from "../../cluster/group-of-topic.ts";
import { sendTarget, timerWarnings } from "../../cluster/send-target.ts";
import { Usage } from "../../cluster/topic-users.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";

const LARGE_TEST_BYTES = 64 * 1024 * 1024;

export const bodyBytes = (test: ProduceTest): number =>
  test.body === undefined ? test.sizeKb * 1024 : Buffer.byteLength(test.body);

/** What the topic takes where a test does not say what to send. */
function typeFor(test: ProduceTest, topicType: string | null): MessageType {
  const type = test.messageType ?? MESSAGE_TYPES.find((known) => known === topicType) ?? "NORMAL";
  if (type === "DELAY" && test.delayLevel === undefined && test.delaySeconds === undefined)
    throw new Problem("BAD_REQUEST", { issues: [{ path: "delayLevel", message: "delay.one" }] });
  return type;
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
  const target = await sendTarget(cluster, topic, new Usage(cluster, looking));
  if (target.blocked !== null) return { ...nothing, warnings: [], failures: [], blocked: target.blocked };
  const { topicType, queues } = target;
  const type = typeFor(test, topicType);
  const warnings = await ownTopicWarnings(cluster, topic);
  if (topicType !== null && topicType !== "UNSPECIFIED" && topicType !== "MIXED" && topicType !== type)
    warnings.push({ key: "otherType", params: { topicType, messageType: type } });
  if (totalBytes > LARGE_TEST_BYTES) warnings.push({ key: "large", params: { bytes: totalBytes } });
  if (type === "DELAY" && test.delaySeconds !== undefined) warnings.push(...(await timerWarnings(cluster, queues)));
  // Nobody gets what is rolled back.
  const reaches = type !== "TRANSACTION" || test.outcome === "commit";
  const consumers = reaches ? target.consumers : [];
  const asks = reaches && !test.despiteConsumers;
  return {
    topicType,
    messageType: type,
    queues: queues.length,
    brokers: target.brokers,
    totalBytes,
    consumers,
    warnings,
    blocked: !asks ? null : consumers.length > 0 ? "STILL_IN_USE" : target.unknownUse ? "USE_UNKNOWN" : null,
    failures: target.failures,
  };
}
