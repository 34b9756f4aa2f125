import type { GroupItem, GroupOnBroker, RetryPolicy } from "#contract/group.ts";
import type { Backlog } from "#contract/progress.ts";
import type { BrokerGroupConfig, CatalogGroup } from "../../cluster/group-catalog.ts";
import { stringifyFastjson } from "../../rocketmq/codec/fastjson.ts";
import type { GroupConfigEntry, SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";

/** Brokers before 5.0 do not write the field. */
export function retryPolicyOf({ groupRetryPolicy: policy }: SubscriptionGroupConfig): RetryPolicy | null {
  if (policy === undefined) return null;
  if (policy.type === "EXPONENTIAL") {
    const { initial, max, multiplier } = policy.exponentialRetryPolicy ?? EXPONENTIAL_DEFAULT;
    return { type: "exponential", initial, max, multiplier };
  }
  const delays = policy.customizedRetryPolicy?.next ?? [];
  return delays.length === 0 ? { type: "default" } : { type: "custom", delays };
}

const EXPONENTIAL_DEFAULT = { initial: 5000, max: 7_200_000, multiplier: 2 };

/** As brokers take it. */
export function wirePolicyOf(policy: RetryPolicy): Record<string, unknown> {
  switch (policy.type) {
    case "default":
      return { type: "CUSTOMIZED" };
    case "custom":
      return { type: "CUSTOMIZED", customizedRetryPolicy: { next: policy.delays } };
    case "exponential": {
      const { initial, max, multiplier } = policy;
      return { type: "EXPONENTIAL", exponentialRetryPolicy: { initial, max, multiplier } };
    }
  }
}

export const presentOnBroker = ({ brokerName, entry }: BrokerGroupConfig): GroupOnBroker => ({
  brokerName,
  consumeEnable: entry.config.consumeEnable,
  broadcastEnable: entry.config.consumeBroadcastEnable,
  ordered: entry.config.consumeMessageOrderly ?? false,
  retryMaxTimes: entry.config.retryMaxTimes,
  retryPolicy: retryPolicyOf(entry.config),
});

/** Whether two brokers are set alike; a policy that one of them is too old to have is no difference. */
export function sameSettings(a: GroupOnBroker, b: GroupOnBroker): boolean {
  return (
    a.consumeEnable === b.consumeEnable &&
    a.broadcastEnable === b.broadcastEnable &&
    a.ordered === b.ordered &&
    a.retryMaxTimes === b.retryMaxTimes &&
    (a.retryPolicy === null || b.retryPolicy === null || samePolicy(a.retryPolicy, b.retryPolicy))
  );
}

function samePolicy(a: RetryPolicy, b: RetryPolicy): boolean {
  if (a.type === "exponential" && b.type === "exponential") {
    return a.initial === b.initial && a.max === b.max && a.multiplier === b.multiplier;
  }
  if (a.type === "custom" && b.type === "custom") return a.delays.join() === b.delays.join();
  return a.type === b.type;
}

const byBroker = (a: GroupOnBroker, b: GroupOnBroker) => (a.brokerName < b.brokerName ? -1 : 1);

/** Figures of a group, and whether it pops; null where they are not known. */
export type GroupFigures = Backlog &
  Pick<GroupItem, "lagUnknown" | "delayMs" | "delayAtLeast" | "tps" | "pop" | "unacked" | "atLeast">;

/** A group as its brokers are set. */
export type GroupSettings = Omit<
  GroupItem,
  keyof GroupFigures | "clients" | "messageModel" | "remark" | "deadLetters" | "finding"
>;

export function presentGroup({ group, kind, configs }: CatalogGroup): GroupSettings {
  const brokers = configs.map(presentOnBroker).sort(byBroker);
  const first = brokers[0];
  return {
    group,
    kind,
    brokers,
    consumeEnable: first?.consumeEnable ?? null,
    broadcastEnable: first?.broadcastEnable ?? null,
    ordered: first?.ordered ?? null,
    retryMaxTimes: first?.retryMaxTimes ?? null,
    differs: first !== undefined && brokers.some((broker) => !sameSettings(broker, first)),
  };
}

/** Every field by its Java name, as the broker wrote it, so that brokers can be compared line by line. */
export function configLines({ config, raw }: GroupConfigEntry): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const [key, value] of Object.entries(typeof raw === "object" && raw !== null ? raw : {})) {
    if (key !== "attributes") lines[key] = typeof value === "string" ? value : stringifyFastjson(value);
  }
  for (const [key, value] of config.attributes) lines[`attributes.${key}`] = value;
  return lines;
}
