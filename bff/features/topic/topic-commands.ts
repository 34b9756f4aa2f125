import type { TopicOnBroker } from "#contract/topic.ts";
import { mqadmin, type CommandTarget } from "../../cluster/mqadmin.ts";

export interface UpdateCommand {
  addr: string;
  topic: string;
  after: TopicOnBroker;
  /** Sent only where a topic is made: brokers keep the attributes they have. */
  messageType: boolean;
}

export const updateTopicCommand = (
  { namesrvAddrs }: CommandTarget,
  { addr, topic, after, messageType }: UpdateCommand,
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
  });

export const deleteTopicCommand = ({ namesrvAddrs, clusterName }: CommandTarget, topic: string): string =>
  mqadmin("deleteTopic", { n: namesrvAddrs, c: clusterName, t: topic });
