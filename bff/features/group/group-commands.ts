import { stringifyFastjson } from "../../rocketmq/codec/fastjson.ts";
import type { SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";
import type { GroupOnBroker } from "#contract/group.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import { mqadmin, type CommandTarget } from "../../cluster/mqadmin.ts";
import { wirePolicyOf } from "./group.presenter.ts";

export interface UpdateCommand {
  addr: string;
  group: string;
  after: GroupOnBroker;
  /** What the broker has: the tool resets every option that is left out. */
  stored: SubscriptionGroupConfig | undefined;
}

/** Source: SubscriptionGroupConfig.java, UpdateSubGroupSubCommand.java. */
const CONSUME_TIMEOUT_DEFAULT = 15;

/** Whether a broker has settings that the tool has no option for. */
export const isBeyondTool = (stored: SubscriptionGroupConfig | undefined): boolean =>
  (stored?.groupSysFlag ?? 0) !== 0 ||
  (stored?.consumeTimeoutMinute ?? CONSUME_TIMEOUT_DEFAULT) !== CONSUME_TIMEOUT_DEFAULT;

export function updateGroupCommand(
  { namesrvAddrs }: CommandTarget,
  { addr, group, after, stored }: UpdateCommand,
): string {
  const { consumeEnable, broadcastEnable, ordered, retryMaxTimes, retryPolicy } = after;
  return mqadmin("updateSubGroup", {
    n: namesrvAddrs,
    b: addr,
    g: group,
    s: consumeEnable,
    d: broadcastEnable,
    r: retryMaxTimes,
    ...(retryPolicy !== null && { o: ordered, p: stringifyFastjson(wirePolicyOf(retryPolicy)) }),
    // Left out it is off by the tool's default, on by the broker's.
    m: stored?.consumeFromMinEnable ?? true,
    q: stored?.retryQueueNums,
    i: stored?.brokerId,
    w: stored?.whichBrokerWhenConsumeSlowly,
    a: stored?.notifyConsumerIdsChangedEnable,
  });
}

/** On a whole cluster the tool deletes the retry and dead letter topics too, at a broker the group alone. Source: DeleteSubscriptionGroupCommand.java. */
export const deleteGroupCommands = (
  { namesrvAddrs, clusterName }: CommandTarget,
  { group, addrs, withTopics }: { group: string; addrs: readonly string[]; withTopics: boolean },
): string[] =>
  (withTopics ? [{ c: clusterName }] : addrs.map((addr) => ({ b: addr }))).map((where) =>
    mqadmin("deleteSubGroup", { n: namesrvAddrs, ...where, g: group, r: true }),
  );

/** Those of a group's topics that its own deletion leaves: the retry topics of POP. */
export const deleteTopicCommands = (
  { namesrvAddrs, clusterName }: CommandTarget,
  group: string,
  topics: readonly { topic: string }[],
): string[] =>
  topics
    .filter(({ topic }) => topic !== `${RETRY_PREFIX}${group}` && topic !== `${DLQ_PREFIX}${group}`)
    .map(({ topic }) => mqadmin("deleteTopic", { n: namesrvAddrs, c: clusterName, t: topic }));
