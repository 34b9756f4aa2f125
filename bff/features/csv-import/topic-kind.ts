import { DLQ_PREFIX, RETRY_PREFIX, topicNameFault } from "#contract/rules/names.ts";
import { MESSAGE_TYPES } from "#contract/rules/topic.ts";
import { ownTopics } from "../../cluster/names.ts";
import { attributeChanges, topicCells, valuesOf, type Values } from "../../cluster/resource-values.ts";
import { allTopicConfigs, createTopics, writeTopic, type TopicWrite } from "../../rocketmq/admin/topic-admin.ts";
import { changeOrderConf } from "../../rocketmq/admin/order-conf.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import {
  attributePairs,
  oneOfWords,
  placeColumns,
  trueOrFalse,
  wholeNumber,
  within,
  type ImportKind,
} from "./import-kind.ts";

/** What brokers keep that keep types. */
const KEPT_WITH_TYPES = new Set(["MessageType", "Order", "Attributes"]);

const storedValues = (config: TopicConfig, keepsTypes: boolean): Values =>
  Object.fromEntries(
    Object.entries(valuesOf(topicCells, config)).filter(([heading]) => keepsTypes || !KEPT_WITH_TYPES.has(heading)),
  );

const isOrdered = (values: Values) => values["Order"] === "true";
const queues = { read: wholeNumber("number"), refuses: within(1, (limits) => limits.maxQueuesPerBroker, "queues") };

const isOfGroup = (topic: string) => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

function writeOf(values: Values, keepsTypes: boolean): TopicWrite {
  const attributes = { "+message.type": values["MessageType"], ...attributeChanges(values["Attributes"] ?? "") };
  return {
    topic: values["TopicName"] ?? "",
    readQueueNums: Number(values["ReadQueueNums"]),
    writeQueueNums: Number(values["QueueNums"]),
    perm: Number(values["Perm"]),
    order: isOrdered(values),
    attributes: keepsTypes ? Object.entries(attributes).map(([name, value]) => `${name}=${value}`) : undefined,
  };
}

export const topicKind: ImportKind = {
  what: "topic",
  columns: [
    {
      name: "TopicName",
      aliases: ["topic", "topic name", "topicname", "主题", "主题名称", "主题名", "topic名称"],
      needed: true,
      read: (cell) => ({ value: cell }),
      refuses: (name) => {
        const fault = isOfGroup(name) ? "ofGroup" : topicNameFault(name);
        return fault === undefined ? undefined : { fault: `name.${fault}` };
      },
    },
    {
      name: "QueueNums",
      aliases: ["queues", "queue nums", "queuenums", "queuenum", "队列数", "分区数", "队列数量", "queue数量"],
      needed: true,
      ...queues,
    },
    {
      name: "Perm",
      aliases: ["permission", "perm", "权限", "读写权限"],
      needed: true,
      read: oneOfWords(
        {
          "6": ["rw", "rw-", "read/write", "读写", "可读可写"],
          "4": ["r", "r--", "read only", "只读", "读", "只读禁写"],
          "2": ["w", "-w-", "write only", "只写", "写", "只写禁读"],
          "0": [],
        },
        "perm",
      ),
      refuses: (perm) => (perm === "0" ? { fault: "perm", params: { known: "6, 4, 2" } } : undefined),
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
          UNSPECIFIED: [],
          MIXED: [],
          PRIORITY: [],
          LITE: [],
        },
        "type",
      ),
      refuses: (type) =>
        MESSAGE_TYPES.some((known) => known === type)
          ? undefined
          : { fault: "type", params: { known: MESSAGE_TYPES.join(", ") } },
    },
    { name: "Order", aliases: ["ordered", "严格顺序", "有序", "是否有序"], read: trueOrFalse },
    { name: "ReadQueueNums", aliases: ["read queues", "readqueues", "读队列数"], ...queues },
    { name: "Attributes", aliases: [], read: attributePairs },
    ...placeColumns,
  ],
  defaults: (values) => ({
    MessageType: isOrdered(values) ? "FIFO" : "NORMAL",
    Order: "false",
    ReadQueueNums: values["QueueNums"] ?? "",
  }),
  check: (values) =>
    isOrdered(values) && values["MessageType"] !== "FIFO"
      ? [{ key: "orderType", column: "MessageType", params: { value: values["MessageType"] ?? "" } }]
      : [],
  // One queue is a strict order, which two brokers cannot keep; several keep the order of each key.
  onOneBroker: (values) => isOrdered(values) && values["QueueNums"] === "1",
  template: [
    ["TopicName", "QueueNums", "Perm", "MessageType"],
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
        return new Map(named.map(([topic, config]) => [topic, storedValues(config, keepsTypes)]));
      },
    );
    return { items: read.items, failures: [...tables.failures, ...read.failures] };
  },
  create: async (cluster, addr, values) =>
    writeTopic(cluster, addr, writeOf(values, await cluster.can(addr, "topicAttributes"))),
  together: "createManyTopics",
  createMany: (cluster, addr, rows) =>
    createTopics(
      cluster,
      addr,
      rows.map((values) => writeOf(values, true)),
    ),
  /** Clients learn from the name servers where an ordered topic is. */
  async created(cluster, values, brokers) {
    if (!isOrdered(values)) return [];
    const made = brokers.map((name) => [name, Number(values["QueueNums"])] as const);
    return (await changeOrderConf(cluster, values["TopicName"] ?? "", (stored) => new Map([...stored, ...made])))
      .failures;
  },
};
