import {
  byQueue,
  clusterOf,
  consumerConnection,
  groupConfig,
  runningInfo,
  runtimeInfo,
  timeSpanOf,
  topicConfig,
  topicStats,
} from "../good-answers.ts";
import type { Scenario } from "../scripted-broker.ts";
import { storedMessage } from "../stored-message.ts";

const RUNTIME = [
  "bootTimestamp",
  "msgPutTotalTodayNow",
  "msgGetTotalTodayNow",
  "msgPutTotalTodayMorning",
  "msgGetTotalTodayMorning",
  "msgPutTotalYesterdayMorning",
  "msgGetTotalYesterdayMorning",
  "commitLogDiskRatio",
  "putTps",
  "getTransferredTps",
  "runtime",
];
const CONFIGURATION = ["fileReservedTime", "brokerId", "maxMessageSize", "deleteWhen", "messageDelayLevel"];

/** JSON in which `"#"` stands for the figure. */
const filled = (value: object | string, figure: string) =>
  (typeof value === "string" ? value : JSON.stringify(value)).replaceAll('"#"', figure);

/** Every figure of every answer is this one: bare where answers are JSON, as text where they are texts. */
function everywhere(figure: string): Scenario {
  const text = figure.replaceAll('"', "");
  const json = (value: object | string) => () => ({ body: filled(value, figure) });
  const ext = (...names: string[]) => ({ ext: Object.fromEntries(names.map((name) => [name, text])) });
  const topic = { readQueueNums: "#", writeQueueNums: "#", perm: "#", topicSysFlag: "#" };
  const group = { retryQueueNums: "#", retryMaxTimes: "#", brokerId: "#", whichBrokerWhenConsumeSlowly: "#" };
  return (addr) => ({
    answers: {
      28: () => ({ body: runtimeInfo(Object.fromEntries(RUNTIME.map((name) => [name, text]))) }),
      26: () => ({ body: CONFIGURATION.map((name) => `${name}=${text}\n`).join("") }),
      907: json({
        master: true,
        masterCommitLogMaxOffset: "#",
        inSyncSlaveNums: "#",
        haConnectionInfo: [{ addr, slaveAckOffset: "#", diff: "#", inSync: false }],
      }),
      21: json({ topicConfigTable: { t: topicConfig("t", topic) }, dataVersion: { counter: "#", timestamp: "#" } }),
      351: json(topicConfig("t", topic)),
      105: json({
        brokerDatas: [{ brokerName: "b0", cluster: "c", brokerAddrs: { 0: addr } }],
        queueDatas: [{ brokerName: "b0", ...topic }],
      }),
      202: json(topicStats("t", '{"lastUpdateTimestamp":"#","maxOffset":"#","minOffset":"#"}', '"#"')),
      201: json({ subscriptionGroupTable: { g: groupConfig("g", group) }, dataVersion: { counter: "#" } }),
      43: json({ offsetTable: { "t@g": { 0: "#" } } }),
      208: json(
        `{"consumeTps":"#","offsetTable":${byQueue([["t", '"#"', '{"brokerOffset":"#","consumerOffset":"#","pullOffset":"#","lastTimestamp":"#"}']])}}`,
      ),
      303: json({ consumeTimeSpanSet: [timeSpanOf("t", "#")] }),
      203: json({
        ...consumerConnection,
        connectionSet: [{ ...consumerConnection.connectionSet[0], version: "#" }],
        subscriptionTable: { t: { topic: "t", subString: "*", codeSet: ["#"], subVersion: "#" } },
      }),
      328: json({ data: { p: [{ clientId: "p", version: "#", lastUpdateTimestamp: "#" }] } }),
      307: json(
        filled(
          runningInfo({ mqTable: "@", statusTable: { t: { pullRT: "#", pullTPS: "#", consumeFailedMsgs: "#" } } }),
          figure,
        ).replace(
          '"@"',
          byQueue([
            ["t", 0, '{"commitOffset":"#","cachedMsgCount":"#","lastPullTimestamp":"#","lastConsumeTimestamp":"#"}'],
          ]),
        ),
      ),
      11: ({ ext: asked }) => ({
        ...ext("nextBeginOffset", "minOffset", "maxOffset"),
        body: storedMessage({ topic: asked["topic"] ?? "t", queueOffset: -1n, storedAt: -1n }),
      }),
      14: () => ext("offset"),
      29: () => ext("offset"),
      30: () => ext("offset"),
      31: () => ext("offset"),
      32: () => ext("timestamp"),
    },
  });
}

const figures = {
  NaN: "NaN",
  Infinity: "Infinity",
  "1e400": "1e400",
  "1e300": "1e300",
  "a half": "0.5",
  "minus one": "-1",
  "the least long": "-9223372036854775808",
  "the largest long": "9223372036854775807",
  "one more than the largest int": "2147483648",
  "26 digits": "99999999999999999999999999",
  "400 digits": "9".repeat(400),
  "an empty text": '""',
  "a text": '"many"',
  null: "null",
  "a list": "[]",
  true: "true",
};

/** Numbers, and what is none, wherever a peer tells a number. */
export const figureScenarios: Readonly<Record<string, Scenario>> = {
  ...Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [`${name} for every figure`, everywhere(figure)]),
  ),
  "broker ids beyond a long": (addr) => ({
    answers: {
      106: () => ({
        body: JSON.stringify(clusterOf([addr])).replace(
          '{"0":',
          '{"-5":"x","99999999999999999999999999":"y","1e9":"z","0":',
        ),
      }),
    },
  }),
};
