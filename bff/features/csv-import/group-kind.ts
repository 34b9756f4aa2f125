import { RETRY_MAX } from "#contract/rules/group.ts";
import { groupNameFault } from "#contract/rules/names.ts";
import {
  attributeChanges,
  groupCells,
  policyText,
  subscriptionsText,
  valuesOf,
  type Values,
} from "../../cluster/resource-values.ts";
import { allGroupConfigs, createGroup, createGroups, type GroupConfigPatch } from "../../rocketmq/admin/group-admin.ts";
import { GroupRetryPolicy, SimpleSubscriptions, type SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";
import {
  attributePairs,
  placeColumns,
  trueOrFalse,
  wholeNumber,
  within,
  type ImportColumn,
  type ImportKind,
} from "./import-kind.ts";

const nameOf = (values: Values) => values["GroupName"] ?? "";

/** Fields of a group's configuration by heading; a row that does not say leaves them to the broker's default. */
const FLAGS = {
  ConsumeEnable: "consumeEnable",
  BroadcastEnable: "consumeBroadcastEnable",
  Order: "consumeMessageOrderly",
  ConsumeFromMinEnable: "consumeFromMinEnable",
  NotifyConsumerIdsChangedEnable: "notifyConsumerIdsChangedEnable",
} as const;
const OTHER_NUMBERS = {
  RetryQueueNums: "retryQueueNums",
  WhichBrokerWhenConsumeSlowly: "whichBrokerWhenConsumeSlowly",
  BrokerId: "brokerId",
  GroupSysFlag: "groupSysFlag",
  ConsumeTimeoutMinute: "consumeTimeoutMinute",
} as const;

const NUMBERS = { MaxRetryTimes: "retryMaxTimes", ...OTHER_NUMBERS };

const fieldsOf = <T>(fields: Readonly<Record<string, string>>, values: Values, of: (value: string) => T) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([heading, field]) => {
      const value = values[heading];
      return value === undefined ? [] : [[field, of(value)]];
    }),
  );

function patchOf(values: Values): GroupConfigPatch {
  const { RetryPolicy, Attributes, SubscriptionDataSet } = values;
  return {
    ...fieldsOf(FLAGS, values, (value) => value === "true"),
    ...fieldsOf(NUMBERS, values, Number),
    groupRetryPolicy: RetryPolicy === undefined ? undefined : JSON.parse(RetryPolicy),
    subscriptionDataSet: SubscriptionDataSet === undefined ? undefined : JSON.parse(SubscriptionDataSet),
    attributes: Attributes === undefined ? undefined : attributeChanges(Attributes),
  };
}

/** Settings that a broker does not have are not compared. */
const storedValues = (config: SubscriptionGroupConfig): Values =>
  Object.fromEntries(
    Object.entries(valuesOf(groupCells, config)).filter(
      ([heading, value]) => value !== "" || MAY_BE_EMPTY.includes(heading),
    ),
  );

function readPolicy(cell: string): ReturnType<ImportColumn["read"]> {
  try {
    return { value: policyText(GroupRetryPolicy.decode(JSON.parse(cell))) };
  } catch {
    return { fault: "policy" };
  }
}

function readSubscriptions(cell: string): ReturnType<ImportColumn["read"]> {
  try {
    return { value: subscriptionsText(SimpleSubscriptions.decode(JSON.parse(cell))) };
  } catch {
    return { fault: "subscriptions" };
  }
}

/** Those that are empty where a broker has none. */
const MAY_BE_EMPTY = ["Attributes", "SubscriptionDataSet"];

/** What brokers set of a group that nobody set it of. Source: SubscriptionGroupConfig.java. */
const CONSUME_TIMEOUT_MINUTES = 15;

const aliases: Readonly<Record<string, readonly string[]>> = {
  ConsumeEnable: ["是否开启", "是否开启消费"],
  BroadcastEnable: ["是否开启广播", "广播"],
  Order: ["ordered", "是否有序", "有序", "顺序消费"],
};

export const groupKind: ImportKind = {
  what: "group",
  columns: [
    {
      name: "GroupName",
      aliases: [
        "group",
        "group name",
        "groupname",
        "consumergroup",
        "订阅组",
        "订阅组名",
        "订阅组名称",
        "消费组",
        "消费组名",
        "消费组名称",
      ],
      needed: true,
      read: (cell) => ({ value: cell }),
      refuses: (name) => {
        const fault = groupNameFault(name);
        return fault === undefined ? undefined : { fault: `name.${fault}` };
      },
    },
    {
      name: "MaxRetryTimes",
      aliases: ["retries", "max retry times", "maxretrytimes", "retrymaxtimes", "最大重试次数", "重试次数"],
      read: wholeNumber("number"),
      refuses: within(0, () => RETRY_MAX, "retries"),
    },
    ...Object.keys(FLAGS).map((name) => ({ name, aliases: aliases[name] ?? [], read: trueOrFalse })),
    { name: "RetryPolicy", aliases: [], read: readPolicy },
    ...Object.keys(OTHER_NUMBERS).map((name) => ({ name, aliases: [], read: wholeNumber("number") })),
    { name: "Attributes", aliases: [], read: attributePairs },
    { name: "SubscriptionDataSet", aliases: [], read: readSubscriptions },
    ...placeColumns,
  ],
  defaults: () => ({ MaxRetryTimes: "16" }),
  template: [
    ["GroupName", "MaxRetryTimes"],
    ["orders-billing", "16"],
    ["orders-shipping", "3"],
  ],
  keepsAll: "groupRetryPolicy",
  newer: {
    Order: (value) => value === "true",
    RetryPolicy: (value) => value !== policyText(GroupRetryPolicy.decode({})),
    GroupSysFlag: (value) => value !== "0",
    ConsumeTimeoutMinute: (value) => value !== String(CONSUME_TIMEOUT_MINUTES),
    Attributes: () => true,
    SubscriptionDataSet: () => true,
  },
  ownNames: () => Promise.resolve(new Set<string>()),
  async stored(cluster, names) {
    const tables = await allGroupConfigs(cluster);
    return {
      ...tables,
      items: tables.items.map(({ target, value }) => ({
        target,
        value: new Map(
          [...value].filter(([group]) => names.has(group)).map(([group, { config }]) => [group, storedValues(config)]),
        ),
      })),
    };
  },
  create: (cluster, addr, values) => createGroup(cluster, addr, nameOf(values), patchOf(values)),
  together: "createManyGroups",
  async createMany(cluster, addr, rows) {
    const groups = rows.map((values) => ({ groupName: nameOf(values), patch: patchOf(values) }));
    await createGroups(cluster, addr, groups);
    return new Set(groups.map(({ groupName }) => groupName));
  },
};
