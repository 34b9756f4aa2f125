import type { Failure } from "#contract/list.ts";
import type { PlanWarning } from "#contract/plan.ts";
import { Problem } from "../base/problem.ts";
import { topicConfigs } from "../rocketmq/admin/topic-admin.ts";
import { publishQueues, type PublishQueue } from "../rocketmq/client/publish-queues.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../rocketmq/errors.ts";
import { brokerRpc } from "../rocketmq/rpc/broker.ts";
import { failuresOf } from "./failures.ts";
import { ownTopics, topicKindOf } from "./names.ts";
import { warn } from "./plan-lines.ts";
import type { Usage } from "./topic-users.ts";

/** Why nothing can be sent to a topic. */
type SendBlock = "TOPIC_NOT_EXIST" | "NO_PERMISSION" | "SYSTEM_RESOURCE";

/** Where messages of a topic go, and who gets them. */
export interface SendTarget {
  topic: string;
  /** `message.type`; null before 5.0, where topics have none. */
  topicType: string | null;
  queues: readonly PublishQueue[];
  brokers: string[];
  /** Groups with clients online that consume it. */
  consumers: { group: string; clients: number }[];
  /** Groups that have consumed it and are offline, and those of which nobody can say. */
  offline: number;
  unseen: number;
  blocked: SendBlock | null;
  /** Of who consumes: while there are some, there may be more. */
  unknownUse: boolean;
  failures: Failure[];
}

const blockedBy = (topic: string, blocked: SendBlock): SendTarget => ({
  topic,
  topicType: null,
  queues: [],
  brokers: [],
  consumers: [],
  offline: 0,
  unseen: 0,
  blocked,
  unknownUse: false,
  failures: [],
});

/** Why nothing can be sent to a topic, by what was answered for it; undefined where that says nothing of it. */
export function sendBlockOf(error: unknown): SendBlock | undefined {
  const { code } = asRocketMQError(error);
  return code === "TOPIC_NOT_EXIST" || code === "NO_PERMISSION" ? code : undefined;
}

/** `message.type` of a topic by the first master that has it. */
async function typeOf(cluster: RocketMQCluster, topic: string) {
  const { items, failures } = await topicConfigs(cluster, [topic]);
  const types = items.map(({ value }) => value.get(topic)?.attributes?.get("message.type"));
  return { topicType: types.find((type) => type) ?? null, failures };
}

export async function sendTarget(cluster: RocketMQCluster, topic: string, usage: Usage): Promise<SendTarget> {
  if (topicKindOf(topic, await ownTopics(cluster)) === "system") return blockedBy(topic, "SYSTEM_RESOURCE");
  try {
    const [known, queues, online] = await Promise.all([
      typeOf(cluster, topic),
      publishQueues(cluster, topic, true),
      usage.consumersOf(topic),
    ]);
    return {
      topic,
      topicType: known.topicType,
      queues,
      brokers: [...new Set(queues.map(({ brokerName }) => brokerName))],
      consumers: online.items.map(({ group, clients }) => ({ group, clients: clients.length })),
      offline: online.offline,
      unseen: online.unseen,
      blocked: null,
      unknownUse: online.failures.length > 0,
      failures: failuresOf(known.failures, online.failures),
    };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const blocked = sendBlockOf(error);
    if (blocked !== undefined) return blockedBy(topic, blocked);
    throw error;
  }
}

const brokersOf = (queues: readonly PublishQueue[]) => [
  ...new Map(queues.map(({ brokerName, address }) => [address, { name: brokerName, addr: address }])).values(),
];

/** Where timed messages would not wait: brokers without timers, and those that do not tell whether they have them. */
export async function timerWarnings(cluster: RocketMQCluster, queues: readonly PublishQueue[]): Promise<PlanWarning[]> {
  const { items, failures } = await cluster.fanOut(brokersOf(queues), ({ addr }) => cluster.can(addr, "timers"));
  const without = items.filter(({ value }) => !value).map(({ target }) => target.name);
  const unknown = failures.map(({ target }) => target);
  const warnings = { noTimers: without, timersUnknown: unknown };
  return Object.entries(warnings).flatMap(([key, names]) =>
    names.length === 0 ? [] : [warn(key, { brokers: names.join(", ") })],
  );
}

/** What a broker takes where it does not say (`maxMessageSize`). */
const USUAL_SIZE = 4 * 1024 * 1024;

/** Bytes of the largest message that every broker of the queues takes; brokers that do not tell take what is usual. */
export async function largestMessage(cluster: RocketMQCluster, queues: readonly PublishQueue[]): Promise<number> {
  const { items } = await cluster.fanOut(brokersOf(queues), ({ addr }) =>
    cluster.call(brokerRpc.getBrokerConfig, addr, {}),
  );
  const sizes = items.map(({ value }) => Number(value.get("maxMessageSize") ?? USUAL_SIZE));
  const told = sizes.filter((size) => Number.isSafeInteger(size) && size > 0);
  return told.length === 0 ? USUAL_SIZE : Math.min(...told);
}
