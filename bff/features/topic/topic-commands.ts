import type { TopicOnBroker } from "#contract/topic.ts";
import { mqadmin, type CommandTarget } from "../../cluster/mqadmin.ts";
import { formatOrderConf, type OrderConf } from "../../rocketmq/admin/order-conf.ts";

export interface UpdateCommand {
  addr: string;
  topic: string;
  after: TopicOnBroker;
  /** Sent only where a topic is made: brokers keep the attributes they have. */
  messageType: boolean;
  /** What it is marked with now: the tool resets what is left out. */
  topicSysFlag?: number;
}

/** Source: TopicSysFlag.java. */
const UNIT = 1;
const UNIT_SUB = 2;

export const updateTopicCommand = (
  { namesrvAddrs }: CommandTarget,
  { addr, topic, after, messageType, topicSysFlag = 0 }: UpdateCommand,
): string =>
  mqadmin("updateTopic", {
    n: namesrvAddrs,
    b: addr,
    t: topic,
    r: after.readQueues,
    w: after.writeQueues,
    p: after.perm,
    a: messageType ? `+message.type=${after.messageType}` : undefined,
    o: after.order ? true : undefined,
    u: (topicSysFlag & UNIT) > 0 ? true : undefined,
    s: (topicSysFlag & UNIT_SUB) > 0 ? true : undefined,
  });

/** The tool leaves an order configuration as it is. */
export function deleteTopicCommands(
  { namesrvAddrs, clusterName }: CommandTarget,
  topic: string,
  { stored, left }: { stored: OrderConf; left: OrderConf },
): string[] {
  const deletion = mqadmin("deleteTopic", { n: namesrvAddrs, c: clusterName, t: topic });
  if (stored.size === left.size) return [deletion];
  const order = left.size === 0 ? { m: "delete" } : { m: "put", v: formatOrderConf(left) };
  return [deletion, mqadmin("updateOrderConf", { n: namesrvAddrs, t: topic, ...order })];
}
