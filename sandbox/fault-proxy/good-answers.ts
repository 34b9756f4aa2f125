import type { Answer } from "./answer.ts";
import { storedMessage } from "./stored-message.ts";

const VERSION = { counter: 1, timestamp: 1, stateVersion: 0 };
const STORED_AT = 1_700_000_000_000;
/** Messages in the one queue of each topic. */
const MESSAGES = 10n;

export const TOPICS = ["t", "u", "v"] as const;
export const GROUP = "g";
export const CLIENT_ID = "127.0.0.1@client";

const json = (body: object | string): Answer => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return () => ({ body: text });
};

/** What a name server tells of brokers at these addresses. */
export const clusterOf = (addrs: readonly string[], nameOf = (n: number) => `b${n}`) => ({
  brokerAddrTable: Object.fromEntries(
    addrs.map((addr, n) => [nameOf(n), { brokerName: nameOf(n), cluster: "c", brokerAddrs: { 0: addr } }]),
  ),
  clusterAddrTable: { c: addrs.map((_, n) => nameOf(n)) },
});

export const routeOf = (addr: string, more: object = {}) => ({
  brokerDatas: [{ brokerName: "b0", cluster: "c", brokerAddrs: { 0: addr } }],
  queueDatas: [{ brokerName: "b0", readQueueNums: 1, writeQueueNums: 1, perm: 6, topicSysFlag: 0 }],
  ...more,
});

export const topicConfig = (topicName: string, more: object = {}) => ({
  topicName,
  readQueueNums: 1,
  writeQueueNums: 1,
  perm: 6,
  topicFilterType: "SINGLE_TAG",
  topicSysFlag: 0,
  order: false,
  attributes: {},
  ...more,
});

export const topicTable = (names: readonly string[], more: object = {}) => ({
  topicConfigTable: Object.fromEntries(names.map((name) => [name, topicConfig(name, more)])),
  dataVersion: VERSION,
});

export const groupConfig = (groupName: string, more: object = {}) => ({
  groupName,
  consumeEnable: true,
  consumeBroadcastEnable: true,
  retryQueueNums: 1,
  retryMaxTimes: 16,
  brokerId: 0,
  attributes: {},
  ...more,
});

export const groupTable = (names: readonly string[], more: object = {}) => ({
  subscriptionGroupTable: Object.fromEntries(names.map((name) => [name, groupConfig(name, more)])),
  dataVersion: VERSION,
});

/** A map whose keys are queues, as brokers write it: the key itself is an object. */
export const byQueue = (entries: readonly (readonly [topic: string, queueId: number | string, value: string])[]) =>
  `{${entries
    .map(([topic, id, value]) => `{"brokerName":"b0","queueId":${id},"topic":${JSON.stringify(topic)}}:${value}`)
    .join(",")}}`;

export const topicStats = (topic: string, value: string, queueId: number | string = 0) =>
  `{"offsetTable":${byQueue([[topic, queueId, value]])}}`;

export const runtimeInfo = (more: Record<string, string> = {}) => ({
  table: {
    brokerVersionDesc: "V5_5_0",
    bootTimestamp: String(STORED_AT),
    msgPutTotalTodayNow: "1",
    msgGetTotalTodayNow: "1",
    commitLogDiskRatio: "0.1",
    ...more,
  },
});

export const consumerConnection = {
  connectionSet: [{ clientId: CLIENT_ID, clientAddr: "127.0.0.1:1234", language: "JAVA", version: 455 }],
  subscriptionTable: { t: { topic: "t", subString: "*", tagsSet: [], codeSet: [], subVersion: 1 } },
  consumeType: "CONSUME_PASSIVELY",
  messageModel: "CLUSTERING",
  consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
};

export const runningInfo = (more: object = {}) => ({
  properties: { PROP_CLIENT_VERSION: "V5_5_0" },
  subscriptionSet: [{ topic: "t", subString: "*" }],
  mqTable: {},
  statusTable: {},
  jstack: "main",
  ...more,
});

const offsetsOf = { t: 0, u: 0, v: 0 };

/** A queue whose group is behind (code 303). */
export const timeSpanOf = (topic: string, delayTime: unknown) => ({
  messageQueue: { topic, brokerName: "b0", queueId: 0 },
  minTimeStamp: STORED_AT,
  delayTime,
});

/** Properties of a message with this key, which is its id too. */
export const keyed = (key = "") => `KEYS\u0001${key}\u0002UNIQ_KEY\u0001${key}\u0002`;

/** A pull that gives these messages of a queue, one after the other. */
export const pulled =
  (count: number, make: (topic: string, queueOffset: bigint) => Buffer): Answer =>
  ({ ext }) => {
    const at = BigInt(ext["queueOffset"] ?? 0);
    const left = Number(MESSAGES - at);
    const messages = Array.from({ length: Math.max(0, Math.min(count, left)) }, (_, n) =>
      make(ext["topic"] ?? "t", at + BigInt(n)),
    );
    const next = { nextBeginOffset: String(at + BigInt(messages.length)), minOffset: "0", maxOffset: String(MESSAGES) };
    return messages.length === 0 ? { code: 19, ext: next } : { ext: next, body: Buffer.concat(messages) };
  };

/** A small healthy cluster: one broker, three topics of one queue, a group with a client that has consumed half. */
export function goodAnswers(addr: string): Readonly<Record<number, Answer>> {
  const stats = `{"lastUpdateTimestamp":${STORED_AT},"maxOffset":${MESSAGES},"minOffset":0}`;
  const progress = `{"brokerOffset":${MESSAGES},"consumerOffset":5,"lastTimestamp":${STORED_AT}}`;
  return {
    // name server
    106: json(clusterOf([addr])),
    105: ({ ext }) =>
      Object.hasOwn(offsetsOf, ext["topic"] ?? "") ? { body: routeOf(addr) } : { code: 17, remark: "no route" },
    224: json({ topicList: TOPICS }),
    101: () => ({ code: 22, remark: "no config" }),
    // broker
    28: json(runtimeInfo()),
    26: json("brokerName=b0\nfileReservedTime=72\nbrokerRole=ASYNC_MASTER\n"),
    907: json({ master: true, haConnectionInfo: [] }),
    21: json(topicTable(TOPICS)),
    351: ({ ext }) =>
      Object.hasOwn(offsetsOf, ext["topic"] ?? "")
        ? { body: topicConfig(ext["topic"] ?? "") }
        : { code: 17, remark: "no topic" },
    202: ({ ext }) => ({ body: topicStats(ext["topic"] ?? "t", stats) }),
    300: json({ groupList: [GROUP] }),
    201: json(groupTable([GROUP])),
    43: json({ offsetTable: { [`t@${GROUP}`]: { 0: 5 } } }),
    208: json(`{"consumeTps":1.0,"offsetTable":${byQueue([["t", 0, progress]])}}`),
    303: json({ consumeTimeSpanSet: [timeSpanOf("t", 5000)] }),
    343: json({ topicList: ["t"] }),
    203: json(consumerConnection),
    307: json(runningInfo()),
    328: json({ data: {} }),
    14: () => ({ ext: { offset: "5" } }),
    29: () => ({ ext: { offset: "0" } }),
    30: () => ({ ext: { offset: String(MESSAGES) } }),
    31: () => ({ ext: { offset: "0" } }),
    32: () => ({ ext: { timestamp: String(STORED_AT) } }),
    11: pulled(3, (topic, queueOffset) => storedMessage({ topic, queueOffset })),
    12: ({ ext }) => ({
      body: storedMessage({ topic: ext["topic"] ?? "t", properties: keyed(ext["key"]) }),
    }),
    33: () => ({ body: storedMessage({ topic: "t" }) }),
    34: () => ({}),
    35: () => ({}),
    310: () => ({ ext: { msgId: "7F000001000004D20000000000000000", queueId: "0", queueOffset: String(MESSAGES) } }),
  };
}
