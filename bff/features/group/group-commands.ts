import { stringifyFastjson } from "../../rocketmq/codec/fastjson.ts";
import type { SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";
import type { GroupOnBroker } from "#contract/group.ts";
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

export const deleteGroupCommand = (target: Target, group: string): string =>
  `mqadmin deleteSubGroup ${namesrv(target)} -c ${target.clusterName} -g '${group}' -r true`;

export const deleteTopicCommand = (target: Target, topic: string): string =>
  `mqadmin deleteTopic ${namesrv(target)} -c ${target.clusterName} -t '${topic}'`;
