import {
  byQueue,
  consumerConnection,
  groupTable,
  routeOf,
  runningInfo,
  topicConfig,
  topicTable,
} from "../good-answers.ts";
import type { Scenario } from "../scripted-broker.ts";
import type { Answer, ScriptedReply } from "../answer.ts";

const DEEP = 1_000_000;

/** An answer that is made once, when it is first asked for. */
function once(make: () => ScriptedReply): Answer {
  let made: ScriptedReply | undefined;
  return () => (made ??= make());
}

const times = (count: number, make: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n)).join(",");
const namesOf = (count: number) => `[${times(count, (n) => `"name-${n}"`)}]`;
const inJson = (value: object, field: string, content: string) =>
  JSON.stringify(value).replace(`"${field}":"@"`, () => `"${field}":${content}`);

const answering =
  (...pairs: [codes: number | number[], answer: Answer][]): Scenario =>
  () => ({
    answers: Object.fromEntries(pairs.flatMap(([codes, answer]) => [codes].flat().map((code) => [code, answer]))),
  });

const body = (make: () => string | object | Buffer) => once(() => ({ body: make() }));

const queues =
  (count: number): Scenario =>
  (addr) => {
    const counts = { readQueueNums: count, writeQueueNums: count };
    return {
      answers: {
        105: () => ({ body: routeOf(addr, { queueDatas: [{ brokerName: "b0", ...counts, perm: 6 }] }) }),
        351: ({ ext }) => ({ body: topicConfig(ext["topic"] ?? "t", counts) }),
        21: () => ({ body: topicTable(["t"], counts) }),
      },
    };
  };

/** A page with one row of a table that is said to have so many. */
const promised = (total: number): Scenario =>
  answering(
    [21, ({ ext }) => ({ ext: { totalTopicNum: String(total) }, body: topicTable([`p${ext["topicSeq"] ?? 0}`]) })],
    [201, ({ ext }) => ({ ext: { totalGroupNum: String(total) }, body: groupTable([`p${ext["groupSeq"] ?? 0}`]) })],
  );

const TOPIC_NAMES = [224, 343];
const OFFSET = '{"lastUpdateTimestamp":1,"maxOffset":1,"minOffset":0}';
const PROGRESS = '{"brokerOffset":1,"consumerOffset":0,"lastTimestamp":1}';

/** Tables, lists and texts that are far larger, longer or deeper than any cluster has them. */
export const tableScenarios: Readonly<Record<string, Scenario>> = {
  "thirty million rows promised": promised(30_000_000),
  "2^53 rows promised": promised(2 ** 53),
  "minus five rows promised": promised(-5),
  "pages without end": answering(
    [21, ({ ext }) => ({ ext: { totalTopicNum: "100000" }, body: topicTable([`p${ext["topicSeq"] ?? 0}`]) })],
    [201, ({ ext }) => ({ ext: { totalGroupNum: "100000" }, body: groupTable([`p${ext["groupSeq"] ?? 0}`]) })],
  ),
  "empty pages of a full table": answering(
    [21, () => ({ ext: { totalTopicNum: "100000" }, body: topicTable([]) })],
    [201, () => ({ ext: { totalGroupNum: "100000" }, body: groupTable([]) })],
  ),
  "twenty million queues": queues(20_000_000),
  "a negative number of queues": queues(-4),
  "400,000 topics": answering([
    21,
    body(
      () =>
        `{"dataVersion":{"counter":1},"topicConfigTable":{${times(400_000, (n) => `"tt${n}":{"topicName":"tt${n}","readQueueNums":1,"writeQueueNums":1,"perm":6}`)}}}`,
    ),
  ]),
  "400,000 groups": answering([
    201,
    body(
      () =>
        `{"dataVersion":{"counter":1},"subscriptionGroupTable":{${times(400_000, (n) => `"gg${n}":{"groupName":"gg${n}","retryMaxTimes":16}`)}}}`,
    ),
  ]),
  "a million names of topics": answering([TOPIC_NAMES, body(() => `{"topicList":${namesOf(1e6)}}`)]),
  "a million groups of a topic": answering([300, body(() => `{"groupList":${namesOf(1e6)}}`)]),
  "400,000 clients of a group": answering(
    [
      203,
      body(() =>
        inJson(
          { ...consumerConnection, connectionSet: "@" },
          "connectionSet",
          `[${times(400_000, (n) => `{"clientId":"c${n}","clientAddr":"127.0.0.1:1"}`)}]`,
        ),
      ),
    ],
    [38, body(() => `{"consumerIdList":${namesOf(1e6)}}`)],
  ),
  "400,000 subscriptions of a group": answering([
    203,
    body(() =>
      inJson(
        { ...consumerConnection, subscriptionTable: "@" },
        "subscriptionTable",
        `{${times(400_000, (n) => `"t${n}":{"topic":"t${n}","subString":"*"}`)}}`,
      ),
    ),
  ]),
  "400,000 producers": answering(
    [
      204,
      body(() => `{"connectionSet":[${times(400_000, (n) => `{"clientId":"c${n}","clientAddr":"127.0.0.1:1"}`)}]}`),
    ],
    [328, body(() => `{"data":{"p":[${times(400_000, (n) => `{"clientId":"c${n}"}`)}]}}`)],
  ),
  "a million groups of producers": answering([328, body(() => `{"data":{${times(1e6, (n) => `"p${n}":[]`)}}}`)]),
  "a million figures of a broker": answering([28, body(() => `{"table":{${times(1e6, (n) => `"k${n}":"1"`)}}}`)]),
  "a configuration of 40 MB": answering([
    [26, 319],
    body(() => Array.from({ length: 2e6 }, (_, n) => `k${n}=aaaaaaaaaaa`).join("\n")),
  ]),
  "a configuration of one line of 40 MB": answering([[26, 319], body(() => `brokerName=${"x".repeat(40e6)}`)]),
  "an order configuration of 12 MB": (addr) => ({
    answers: {
      101: once(() => ({ ext: { value: "b0:4;".repeat(2.4e6) } })),
      105: body(() => routeOf(addr, { orderTopicConf: "b0:4;".repeat(2.4e6) })),
    },
  }),
  "offsets of 400,000 groups": answering([
    43,
    body(() => `{"offsetTable":{${times(400_000, (n) => `"t@g${n}":{0:1}`)}}}`),
  ]),
  "offsets of a million queues": answering([
    43,
    body(() => `{"offsetTable":{"t@g":{${times(1e6, (n) => `${n}:1`)}}}}`),
  ]),
  "300,000 queues in the figures of a topic": answering([
    202,
    body(() => `{"offsetTable":${byQueue(Array.from({ length: 300_000 }, (_, n) => ["t", n, OFFSET] as const))}}`),
  ]),
  "300,000 queues in the progress of a group": answering([
    208,
    body(
      () =>
        `{"consumeTps":1,"offsetTable":${byQueue(Array.from({ length: 300_000 }, (_, n) => ["t", n, PROGRESS] as const))}}`,
    ),
  ]),
  "100,000 topics in the progress of a group": answering([
    208,
    body(
      () =>
        `{"consumeTps":1,"offsetTable":${byQueue(Array.from({ length: 100_000 }, (_, n) => [`t${n}`, 0, PROGRESS] as const))}}`,
    ),
  ]),
  "thread stacks of 50 MB": answering([307, body(() => runningInfo({ jstack: "at x\n".repeat(1e7) }))]),
  "a million properties of a client": answering([
    307,
    body(() => inJson(runningInfo({ properties: "@" }), "properties", `{${times(1e6, (n) => `"k${n}":"1"`)}}`)),
  ]),
  "200,000 queues of a client": answering([
    307,
    body(() =>
      inJson(
        runningInfo({ mqTable: "@" }),
        "mqTable",
        byQueue(Array.from({ length: 200_000 }, (_, n) => ["t", n, "{}"] as const)),
      ),
    ),
  ]),
  "a million slaves": answering([
    907,
    body(() => `{"master":true,"haConnectionInfo":[${times(1e6, (n) => `{"addr":"127.0.0.1:${n}"}`)}]}`),
  ]),
  "100,000 attributes of a topic": answering(
    [[21], body(() => ({ topicConfigTable: { t: topicConfig("t", { attributes: attributes() }) } }))],
    [[351], body(() => topicConfig("t", { attributes: attributes() }))],
  ),
  "tables nested a million deep": answering(
    [[106, 201], body(() => `{"brokerAddrTable":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}}`)],
    [[21, 208], body(() => "[".repeat(5 * DEEP))],
    [[202, 43], body(() => "{".repeat(5 * DEEP))],
  ),
  "object keys nested 100,000 deep": answering([
    [202, 208, 307],
    body(() => '{"offsetTable":'.concat("{{".repeat(100_000))),
  ]),
};

function attributes(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`attribute.${n}`, "value"]));
}
