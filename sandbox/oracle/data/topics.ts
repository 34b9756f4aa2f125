import { has5x } from "../../jars.ts";
import type { Argument, Oracle } from "../oracle.ts";
import type { MasterAddr } from "../scene.ts";
import { until } from "./until.ts";

interface TopicPlan {
  queues?: number;
  perm?: number;
  /** `message.type`, where brokers keep one. */
  type?: "NORMAL" | "FIFO" | "DELAY" | "TRANSACTION";
  order?: boolean;
  /** On the first broker alone. */
  oneBroker?: boolean;
}

/** Every topic that messages are sent to, and some that only exist. */
export const TOPICS = {
  "t-normal": { queues: 4, type: "NORMAL" },
  "t-ordered": { type: "FIFO" },
  "t-delayed": { type: "DELAY" },
  "t-timed": { type: "DELAY" },
  "t-trans": { type: "TRANSACTION" },
  "t-batch": {},
  "t-keys": {},
  "t-encodings": {},
  "t-zipped": {},
  "t-burst": { queues: 1 },
  "t-empty": { queues: 3 },
  "t-one-broker": { oneBroker: true },
  "t-order-conf": { queues: 1, order: true, oneBroker: true },
  "t-readonly": {},
  "t-shrunk": { queues: 4 },
  "t-retry": {},
  "t-broadcast": {},
  "t-orderly": {},
  "t-behind": {},
  "t-ghost": {},
  "t-held": {},
  "t-pop": {},
  "NS1%t-ns": {},
  "t|pipe": {},
  // RocketMQ's own names only by their look: people's topics to the tools.
  foo_REPLY_TOPIC: { queues: 1 },
  RMQ_SYS_MINE: { queues: 1 },
} as const satisfies Record<string, TopicPlan>;

/** Creates or changes a topic with the official admin client. */
export async function writeTopic(
  oracle: Oracle,
  masters: readonly MasterAddr[],
  topic: string,
  { queues = 2, perm = 6, type, order = false, oneBroker = false }: TopicPlan,
): Promise<void> {
  const config: Record<string, Argument> = {
    topicName: topic,
    readQueueNums: queues,
    writeQueueNums: queues,
    perm,
    order,
  };
  if (type !== undefined && has5x(oracle.version)) config["attributes"] = { "+message.type": type };
  for (const { addr } of oneBroker ? masters.slice(0, 1) : masters) {
    await oracle.ask("createAndUpdateTopicConfig", [addr, config]);
  }
  if (order) await oracle.ask("createOrUpdateOrderConf", [topic, `${masters[0]?.brokerName}:${queues}`, false]);
}

async function isRouted(oracle: Oracle, topic: string, brokers: number): Promise<boolean> {
  const route = await oracle.ask("examineTopicRouteInfo", [topic]).catch(() => undefined);
  return route?.queueDatas.length === brokers;
}

export async function makeTopics(oracle: Oracle, masters: readonly MasterAddr[]): Promise<void> {
  const plans: [string, TopicPlan][] = Object.entries(TOPICS);
  for (const [topic, plan] of plans) await writeTopic(oracle, masters, topic, plan);
  for (const [topic, { oneBroker }] of plans) {
    const brokers = oneBroker ? 1 : masters.length;
    await until(`${topic} is routed to ${brokers} brokers`, () => isRouted(oracle, topic, brokers));
  }
}
