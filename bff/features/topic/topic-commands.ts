import type { TopicOnBroker } from "#contract/topic.ts";

/** The changes of a plan in the words of RocketMQ's own tool, so that they can be checked, kept or run by hand. */
interface Target {
  namesrvAddrs: readonly string[];
  clusterName: string;
}

const namesrv = (target: Target) => `-n '${target.namesrvAddrs.join(";")}'`;

export interface UpdateCommand {
  addr: string;
  topic: string;
  after: TopicOnBroker;
  /** Sent only where a topic is made: brokers keep the attributes they have. */
  messageType: boolean;
}

export function updateTopicCommand(target: Target, { addr, topic, after, messageType }: UpdateCommand): string {
  return [
    "mqadmin updateTopic",
    namesrv(target),
    `-b ${addr} -t '${topic}' -r ${after.readQueues} -w ${after.writeQueues} -p ${after.perm}`,
    ...(messageType ? [`-a +message.type=${after.messageType}`] : []),
    ...(after.order ? ["-o true"] : []),
  ].join(" ");
}

export const deleteTopicCommand = (target: Target, topic: string): string =>
  `mqadmin deleteTopic ${namesrv(target)} -c ${target.clusterName} -t '${topic}'`;
