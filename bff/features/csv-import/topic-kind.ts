import { topicNameFault } from "#contract/rules/names.ts";
import { orderFaults, PERM } from "#contract/rules/topic.ts";
import { ownTopics } from "../../cluster/names.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allTopicConfigs, createTopics, writeTopic, type TopicWrite } from "../../rocketmq/admin/topic-admin.ts";
import { changeOrderConf } from "../../rocketmq/admin/order-conf.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { oneOfWords, wholeNumber, type Fault, type ImportKind, type Values } from "./import-kind.ts";

const valuesOf = (config: TopicConfig, keepsTypes: boolean): Values => ({
  QueueNums:
    config.readQueueNums === config.writeQueueNums
      ? String(config.readQueueNums)
      : `${config.readQueueNums}/${config.writeQueueNums}`,
  Perm: String(config.perm & PERM.READ_WRITE),
  ...(keepsTypes ? { MessageType: config.attributes.get("message.type") ?? "NORMAL" } : {}),
  Order: String(config.order),
});

const isOrdered = (values: Values) => values["Order"] === "true";

/** Clients learn from the name servers where an ordered topic is. */
async function keepOrder(cluster: RocketMQCluster, addr: string, values: Values): Promise<void> {
  const brokerName = (await cluster.brokers()).find(({ master }) => master === addr)?.brokerName;
  if (brokerName === undefined) throw new RocketMQError("NO_MASTER", `No broker has its master at ${addr} any more`);
  const { failures } = await changeOrderConf(cluster, values["TopicName"] ?? "", (stored) =>
    new Map(stored).set(brokerName, Number(values["QueueNums"])),
  );
  if (failures[0] !== undefined) throw failures[0].error;
}

const writeOf = (values: Values, keepsTypes: boolean): TopicWrite => ({
  topic: values["TopicName"] ?? "",
  readQueueNums: Number(values["QueueNums"]),
  writeQueueNums: Number(values["QueueNums"]),
  perm: Number(values["Perm"]),
  order: isOrdered(values),
  attributes: keepsTypes ? [`+message.type=${values["MessageType"]}`] : undefined,
});

/** What a strictly ordered topic cannot be; on which brokers it would be is not known of a row alone. */
function check(values: Values): Fault[] {
  const { queues, messageType } = orderFaults({
    order: isOrdered(values),
    queues: Number(values["QueueNums"]),
    messageType: values["MessageType"] ?? "",
  });
  const fault = (key: string, column: string): Fault => ({ key, column, params: { value: values[column] ?? "" } });
  return [
    ...(queues === undefined ? [] : [fault("orderQueues", "QueueNums")]),
    ...(messageType === undefined ? [] : [fault("orderType", "MessageType")]),
  ];
}

export const topicKind: ImportKind = {
  what: "topic",
  columns: [
    {
      name: "TopicName",
      aliases: ["topic", "topic name", "topicname", "主题", "主题名称", "主题名", "topic名称"],
      read: (cell) => {
        const fault = topicNameFault(cell);
        return fault === undefined ? { value: cell } : { fault: `name.${fault}` };
      },
    },
    {
      name: "QueueNums",
      aliases: ["queues", "queue nums", "queuenums", "queuenum", "队列数", "分区数", "队列数量"],
      read: wholeNumber(1, (limits) => limits.maxQueuesPerBroker, "queues"),
    },
    {
      name: "Perm",
      aliases: ["permission", "perm", "权限", "读写权限"],
      read: oneOfWords(
        {
          "6": ["rw", "rw-", "read/write", "读写", "可读可写"],
          "4": ["r", "r--", "read only", "只读", "读"],
          "2": ["w", "-w-", "write only", "只写", "写"],
        },
        "perm",
      ),
    },
    {
      name: "MessageType",
      aliases: ["type", "message type", "messagetype", "消息类型", "类型"],
      read: oneOfWords(
        {
          NORMAL: ["普通", "普通消息"],
          FIFO: ["顺序", "顺序消息"],
          DELAY: ["延时", "延时消息", "定时", "定时消息", "延迟消息"],
          TRANSACTION: ["事务", "事务消息"],
        },
        "type",
      ),
    },
    {
      name: "Order",
      aliases: ["ordered", "严格顺序", "有序"],
      otherwise: "false",
      read: oneOfWords({ true: ["yes", "是"], false: ["no", "否"] }, "order"),
    },
  ],
  check,
  onOneBroker: isOrdered,
  examples: [
    ["orders", "4", "6", "NORMAL"],
    ["orders-by-customer", "8", "6", "FIFO"],
  ],
  ownNames: ownTopics,
  async stored(cluster, names) {
    const tables = await allTopicConfigs(cluster);
    const read = await cluster.fanOut(
      tables.items.map(({ target, value }) => ({ ...target, table: value })),
      async ({ addr, table }) => {
        const keepsTypes = await cluster.can(addr, "topicAttributes");
        const named = [...table].filter(([topic]) => names.has(topic));
        return new Map(named.map(([topic, config]) => [topic, valuesOf(config, keepsTypes)]));
      },
    );
    return { items: read.items, failures: [...tables.failures, ...read.failures] };
  },
  async create(cluster, addr, values) {
    await writeTopic(cluster, addr, writeOf(values, await cluster.can(addr, "topicAttributes")));
    if (isOrdered(values)) await keepOrder(cluster, addr, values);
  },
  together: "createManyTopics",
  async createMany(cluster, addr, rows) {
    // An ordered topic is left to `create`: what the name servers say of it fails its row alone.
    const writes = rows.filter((values) => !isOrdered(values)).map((values) => writeOf(values, true));
    return writes.length === 0 ? new Set() : createTopics(cluster, addr, writes);
  },
};
