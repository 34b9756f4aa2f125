import { stringifyFastjson } from "../../rocketmq/codec/fastjson.ts";
import type { SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";
import type { GroupOnBroker } from "#contract/group.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import { wirePolicyOf } from "./group.presenter.ts";

/** The changes of a plan in the words of RocketMQ's own tool, so that they can be checked, kept or run by hand. */
interface Target {
  namesrvAddrs: readonly string[];
  clusterName: string;
}

const namesrv = (target: Target) => `-n '${target.namesrvAddrs.join(";")}'`;

export interface UpdateCommand {
  addr: string;
  group: string;
  after: GroupOnBroker;
  /** What the broker has: the tool resets every option that is left out. */
  stored: SubscriptionGroupConfig | undefined;
}

export function updateGroupCommand(target: Target, { addr, group, after, stored }: UpdateCommand): string {
  const { consumeEnable, broadcastEnable, ordered, retryMaxTimes, retryPolicy } = after;
  return [
    "mqadmin updateSubGroup",
    namesrv(target),
    `-b ${addr} -g '${group}' -s ${consumeEnable} -d ${broadcastEnable} -r ${retryMaxTimes}`,
    ...(retryPolicy === null ? [] : [`-o ${ordered} -p '${stringifyFastjson(wirePolicyOf(retryPolicy))}'`]),
    ...(stored === undefined
      ? []
      : [
          `-m ${stored.consumeFromMinEnable} -q ${stored.retryQueueNums} -i ${stored.brokerId}`,
          `-w ${stored.whichBrokerWhenConsumeSlowly} -a ${stored.notifyConsumerIdsChangedEnable}`,
        ]),
  ].join(" ");
}

/** On a whole cluster the tool deletes the retry and dead letter topics too, at a broker the group alone. Source: DeleteSubscriptionGroupCommand.java. */
export const deleteGroupCommands = (
  target: Target,
  { group, addrs, withTopics }: { group: string; addrs: readonly string[]; withTopics: boolean },
): string[] =>
  (withTopics ? [`-c ${target.clusterName}`] : addrs.map((addr) => `-b ${addr}`)).map(
    (where) => `mqadmin deleteSubGroup ${namesrv(target)} ${where} -g '${group}' -r true`,
  );

/** Those of a group's topics that its own deletion leaves: the retry topics of POP. */
export const deleteTopicCommands = (target: Target, group: string, topics: readonly { topic: string }[]): string[] =>
  topics
    .filter(({ topic }) => topic !== `${RETRY_PREFIX}${group}` && topic !== `${DLQ_PREFIX}${group}`)
    .map(({ topic }) => `mqadmin deleteTopic ${namesrv(target)} -c ${target.clusterName} -t '${topic}'`);
