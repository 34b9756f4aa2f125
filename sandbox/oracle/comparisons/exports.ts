import { parse } from "csv-parse/sync";
import { readSheet } from "read-excel-file/node";
import type { TableFormat } from "#contract/list.ts";
import type { SubscriptionGroupConfig, TopicConfig } from "../calls.ts";
import type { Judge } from "../judge.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { policyOf, settingsOf } from "./groups.ts";
import { messageTypeOf } from "./topics.ts";

const READ_WRITE = 6;

/** Cells of a file as other programs read it, by the heading of their column. */
async function rowsOf(file: File, format: TableFormat): Promise<Record<string, string>[]> {
  const bytes = Buffer.from(await file.arrayBuffer());
  if (format === "csv") return parse<Record<string, string>>(bytes, { bom: true, columns: true });
  const [head = [], ...rows] = await readSheet(bytes);
  return rows.map((row) => Object.fromEntries(head.map((name, n) => [String(name), String(row[n] ?? "")])));
}

const byBroker = <V>(configs: ReadonlyMap<string, V>) => [...configs].sort(([a], [b]) => (a < b ? -1 : 1));

function topicRow(scene: Scene, topic: string, configs: ReadonlyMap<string, TopicConfig>): Sheet {
  const all = byBroker(configs);
  const [, first] = all[0] ?? [];
  return {
    TopicName: topic,
    QueueNums: String(Math.max(...all.flatMap(([, config]) => [config.readQueueNums, config.writeQueueNums]))),
    Perm: String((first?.perm ?? 0) & READ_WRITE),
    MessageType: first && messageTypeOf(first),
    Order: String(first?.order),
    Queues: all
      .map(([name, { readQueueNums, writeQueueNums }]) => `${name}:${readQueueNums}/${writeQueueNums}`)
      .join(";"),
    ...placeOf(scene, configs),
  };
}

const allOf = (config: SubscriptionGroupConfig) => JSON.stringify([settingsOf(config), policyOf(config)]);

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
  const withoutRemark = ({ Remark: _, ...cells }: Record<string, string>): Sheet => cells;
  for (const format of ["csv", "xlsx"] as const) {
    await judge.compareAll([
      {
        what: "Exports: topics",
        subject: format,
        oracle: async () =>
          byKey(
            [...(await readTopics(oracle, scene.masters))],
            ([topic]) => topic,
            ([topic, configs]) => topicRow(scene, topic, configs),
          ),
        console: async () => {
          const rows = await rowsOf(await api.topic.export({ instanceId, format }), format);
          return byKey(rows, ({ TopicName = "" }) => TopicName, withoutRemark);
        },
      },
      {
        what: "Exports: groups",
        subject: format,
        oracle: async () =>
          byKey(
            [...(await readGroups(oracle, scene.masters))],
            ([group]) => group,
            ([group, configs]) => {
              const [first, ...others] = byBroker(configs).map(([, config]) => config);
              if (first === undefined) return {};
              const { consumeEnable, broadcastEnable, ordered, retryMaxTimes } = settingsOf(first);
              return {
                GroupName: group,
                MaxRetryTimes: String(retryMaxTimes),
                ConsumeEnable: String(consumeEnable),
                BroadcastEnable: String(broadcastEnable),
                Order: String(ordered),
                Differs: String(others.some((other) => allOf(other) !== allOf(first))),
                ...placeOf(scene, configs),
              };
            },
          ),
        console: async () => {
          const rows = await rowsOf(await api.group.export({ instanceId, format }), format);
          return byKey(rows, ({ GroupName = "" }) => GroupName, withoutRemark);
        },
      },
    ]);
  }
}
