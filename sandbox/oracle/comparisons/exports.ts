import { parse } from "csv-parse/sync";
import { readSheet } from "read-excel-file/node";
import type { TableFormat } from "#contract/list.ts";
import type { SubscriptionGroupConfig, TopicConfig } from "../calls.ts";
import type { Judge } from "../judge.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { messageTypeOf } from "./topics.ts";

const READ_WRITE = 6;
const INHERIT = 1;
const PRIORITY = 8;

/** Cells of a file as other programs read it, by the heading of their column. */
async function rowsOf(file: File, format: TableFormat): Promise<Record<string, string>[]> {
  const bytes = Buffer.from(await file.arrayBuffer());
  if (format === "csv") return parse<Record<string, string>>(bytes, { bom: true, columns: true });
  const [head = [], ...rows] = await readSheet(bytes);
  return rows.map((row) => Object.fromEntries(head.map((name, n) => [String(name), String(row[n] ?? "")])));
}

/** A row for each way in which brokers have it set. */
function rowsFor<V>(scene: Scene, configs: ReadonlyMap<string, V>, settings: (config: V) => Sheet): Sheet[] {
  const alike = new Map<string, Map<string, V>>();
  for (const [brokerName, config] of configs) {
    const key = JSON.stringify(settings(config));
    alike.set(key, (alike.get(key) ?? new Map<string, V>()).set(brokerName, config));
  }
  return [...alike.values()].flatMap((some) =>
    [...some.values()].slice(0, 1).map((config) => ({ ...settings(config), ...placeOf(scene, some) })),
  );
}

const attributesText = (attributes: ReadonlyMap<string, string> | undefined) =>
  [...(attributes ?? [])]
    .filter(([name]) => name !== "message.type")
    .map((pair) => pair.join("="))
    .sort()
    .join(";");

const topicCells = (topic: string) => (config: TopicConfig) => ({
  TopicName: topic,
  QueueNums: String(config.writeQueueNums),
  Perm: String(config.perm & READ_WRITE),
  MessageType: messageTypeOf(config),
  Order: String(config.order),
  ReadQueueNums: String(config.readQueueNums),
  TopicFilterType: config.topicFilterType,
  TopicSysFlag: String(config.topicSysFlag),
  Attributes: attributesText(config.attributes),
  PermInherit: String((config.perm & INHERIT) !== 0),
  PermPriority: String((config.perm & PRIORITY) !== 0),
});

/** As `mqadmin updateSubGroup -p` takes it. */
function policyText({ groupRetryPolicy: policy }: SubscriptionGroupConfig): string {
  if (policy === undefined) return "";
  const { type, customizedRetryPolicy: custom, exponentialRetryPolicy: exponential } = policy;
  return JSON.stringify({
    type,
    customizedRetryPolicy: custom === null ? undefined : { next: custom.next.map(Number) },
    exponentialRetryPolicy:
      exponential === null
        ? undefined
        : {
            initial: Number(exponential.initial),
            max: Number(exponential.max),
            multiplier: Number(exponential.multiplier),
          },
  });
}

const subscriptionsText = ({ subscriptionDataSet }: SubscriptionGroupConfig): string =>
  subscriptionDataSet === undefined || subscriptionDataSet === null || subscriptionDataSet.length === 0
    ? ""
    : JSON.stringify(
        subscriptionDataSet.map(({ topic, expressionType, expression }) => ({ topic, expressionType, expression })),
      );

const groupCells = (group: string) => (config: SubscriptionGroupConfig) => ({
  GroupName: group,
  MaxRetryTimes: String(config.retryMaxTimes),
  ConsumeEnable: String(config.consumeEnable),
  BroadcastEnable: String(config.consumeBroadcastEnable),
  Order: String(config.consumeMessageOrderly ?? ""),
  RetryPolicy: policyText(config),
  RetryQueueNums: String(config.retryQueueNums),
  ConsumeFromMinEnable: String(config.consumeFromMinEnable),
  NotifyConsumerIdsChangedEnable: String(config.notifyConsumerIdsChangedEnable),
  WhichBrokerWhenConsumeSlowly: config.whichBrokerWhenConsumeSlowly,
  BrokerId: config.brokerId,
  GroupSysFlag: String(config.groupSysFlag ?? ""),
  ConsumeTimeoutMinute: String(config.consumeTimeoutMinute ?? ""),
  Attributes: attributesText(config.attributes),
  SubscriptionDataSet: subscriptionsText(config),
});

function placeOf({ clusterName, masters }: Scene, configs: ReadonlyMap<string, unknown>): Sheet {
  const having = masters.filter(({ brokerName }) => configs.has(brokerName));
  return {
    ClusterName: clusterName,
    BrokerName: having.map(({ brokerName }) => brokerName).join(";"),
    BrokerAddr: having.map(({ addr }) => addr).join(";"),
  };
}

/** The files of topics and groups, whose remarks are the console's own. */
export async function judgeExports(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const keyOf = ({ TopicName, GroupName, BrokerName }: Sheet) => JSON.stringify([TopicName ?? GroupName, BrokerName]);
  const shown = async (file: Promise<File>, format: TableFormat) =>
    byKey(await rowsOf(await file, format), keyOf, ({ Remark: _, ...cells }): Sheet => cells);
  for (const format of ["csv", "xlsx"] as const) {
    await judge.compareAll([
      {
        what: "Exports: topics",
        subject: format,
        oracle: async () => {
          const topics = [...(await readTopics(oracle, scene.masters))];
          const rows = topics.flatMap(([topic, configs]) => rowsFor(scene, configs, topicCells(topic)));
          return byKey(rows, keyOf, (row) => row);
        },
        console: () => shown(api.topic.export({ instanceId, format }), format),
      },
      {
        what: "Exports: groups",
        subject: format,
        oracle: async () => {
          const groups = [...(await readGroups(oracle, scene.masters))];
          const rows = groups.flatMap(([group, configs]) => rowsFor(scene, configs, groupCells(group)));
          return byKey(rows, keyOf, (row) => row);
        },
        console: () => shown(api.group.export({ instanceId, format }), format),
      },
    ]);
  }
}
