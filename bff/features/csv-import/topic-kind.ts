import { DLQ_PREFIX, RETRY_PREFIX, topicNameFault } from "#contract/rules/names.ts";
import { MESSAGE_TYPES } from "#contract/rules/topic.ts";
import { ownTopics } from "../../cluster/names.ts";
import { attributeChanges, permOf, topicCells, valuesOf, type Values } from "../../cluster/resource-values.ts";
import { allTopicConfigs, createTopics, writeTopic, type TopicWrite } from "../../rocketmq/admin/topic-admin.ts";
import { allOrderConfs, changeOrderConf } from "../../rocketmq/admin/order-conf.ts";
import {
  attributePairs,
  oneOfWords,
  placeColumns,
  trueOrFalse,
  wholeNumber,
  within,
  type Fault,
  type ImportKind,
} from "./import-kind.ts";

const TYPE = "message.type";
const messageType = oneOfWords(
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
  MESSAGE_TYPES,
);
const PERMS = ["6", "4", "2"];

/** The type is an attribute with a column of its own. */
function typeOnce(values: Values): { values: Values; faults: Fault[] } {
  const { Attributes, ...others } = values;
  const pairs = Attributes?.split(";") ?? [];
  const named = pairs.find((pair) => pair.startsWith(`${TYPE}=`));
  if (named === undefined) return { values, faults: [] };
  const value = named.slice(TYPE.length + 1);
  const read = messageType(value);
  const type = values["MessageType"] ?? ("value" in read ? read.value : "");
  if (!("value" in read) || type !== read.value) {
    return {
      values,
      faults: [{ key: "typeTwice", column: "Attributes", params: { value: value.slice(0, 80), type } }],
    };
  }
  const rest = pairs.filter((pair) => pair !== named).join(";");
  return { values: { ...others, MessageType: type, ...(rest === "" ? {} : { Attributes: rest }) }, faults: [] };
}

const isOrdered = (values: Values) => values["Order"] === "true";
const queues = { read: wholeNumber("number"), refuses: within(1, (limits) => limits.maxQueuesPerBroker, "queues") };

const isOfGroup = (topic: string) => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

function writeOf(values: Values, keepsTypes: boolean): TopicWrite {
  const attributes = { [`+${TYPE}`]: values["MessageType"], ...attributeChanges(values["Attributes"] ?? "") };
  return {
    topic: values["TopicName"] ?? "",
    readQueueNums: Number(values["ReadQueueNums"]),
    writeQueueNums: Number(values["QueueNums"]),
    perm: permOf(values),
    order: isOrdered(values),
    topicFilterType: values["TopicFilterType"] ?? "SINGLE_TAG",
    topicSysFlag: Number(values["TopicSysFlag"] ?? 0),
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
        PERMS,
      ),
      refuses: (perm) => (PERMS.includes(perm) ? undefined : { fault: "perm", params: { known: PERMS.join(", ") } }),
    },
    {
      name: "MessageType",
      aliases: ["type", "message type", "messagetype", "消息类型", "类型"],
      read: messageType,
      refuses: (type) =>
        MESSAGE_TYPES.some((known) => known === type)
          ? undefined
          : { fault: "type", params: { known: MESSAGE_TYPES.join(", ") } },
    },
    { name: "Order", aliases: ["ordered", "严格顺序", "有序", "是否有序"], read: trueOrFalse },
    { name: "ReadQueueNums", aliases: ["read queues", "readqueues", "读队列数"], ...queues },
    { name: "TopicFilterType", aliases: [], read: oneOfWords({ SINGLE_TAG: [], MULTI_TAG: [] }, "flag") },
    { name: "TopicSysFlag", aliases: [], read: wholeNumber("number") },
    { name: "Attributes", aliases: [], read: attributePairs },
    { name: "PermInherit", aliases: [], read: trueOrFalse },
    { name: "PermPriority", aliases: [], read: trueOrFalse },
    ...placeColumns,
  ],
  agreed: typeOnce,
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
  keepsAll: "topicAttributes",
  // That a topic is ordered they leave to the name servers.
  newer: { MessageType: (value) => value !== "NORMAL", Order: () => false, Attributes: () => true },
  async stored(cluster, names) {
    const tables = await allTopicConfigs(cluster);
    return {
      ...tables,
      items: tables.items.map(({ target, value }) => ({
        target,
        value: new Map(
          [...value]
            .filter(([topic]) => names.has(topic))
            .map(([topic, config]) => [topic, valuesOf(topicCells, config)]),
        ),
      })),
    };
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
  async unfinished(cluster) {
    const { items, failures } = await allOrderConfs(cluster);
    const isLeft = (values: Values, brokerName: string) =>
      isOrdered(values) && items.some(({ value }) => value.get(values["TopicName"] ?? "")?.has(brokerName) !== true);
    return { isLeft, failures };
  },
};
