import type { Socket } from "node:net";
import { clusterOf, groupTable, routeOf, topicConfig, topicTable } from "../good-answers.ts";
import type { Scenario } from "../scripted-broker.ts";
import type { Answer } from "../answer.ts";
import { frame } from "../wire.ts";
import { behindGoodNamesrv } from "./frames.ts";

const CHECK_TRANSACTION_STATE = 39;
const NOTIFY_CONSUMER_IDS_CHANGED = 40;
const RESET_CONSUMER_CLIENT_OFFSET = 220;
const GET_CONSUMER_RUNNING_INFO = 307;
const FRAMES_AT_ONCE = 200;

const portOf = (addr: string) => addr.split(":")[1] ?? "";

/** So many addresses that all lead to this peer. */
const manyAddrs = (addr: string, count: number) => Array.from({ length: count }, () => addr);

/** Writes as long as somebody reads, and goes on when they do again. */
function flood(socket: Socket, bytes: Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", write);
  write();
}

const flooded = new WeakSet<Socket>();

/** Asked anything, a broker sends these frames without end; `deaf` ones read nothing from then on. */
const floodOf = (header: object, { deaf = false, body = "" } = {}): Scenario => {
  const bytes = Buffer.concat(Array.from({ length: FRAMES_AT_ONCE }, () => frame(header, body)));
  const answer: Answer = (_, socket) => {
    if (flooded.has(socket)) return undefined;
    flooded.add(socket);
    if (deaf) socket.pause();
    flood(socket, bytes);
    return undefined;
  };
  return (addr) => behindGoodNamesrv(addr, answer);
};

const request = (code: number, extFields: object = {}) => ({ code, opaque: 1, flag: 0, extFields });

const cluster =
  (make: (addr: string) => object): Scenario =>
  (addr) => ({ answers: { 106: () => ({ body: make(addr) }) } });

const MARKUP = '<img src=x onerror="window.__xss=1">';
const NAMES = [
  MARKUP,
  "../../../x",
  "%0d%0aSet-Cookie:x=1",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "\u202Egpj.exe",
  "a\u0000b",
  "=cmd|1!A0",
  "",
  "x".repeat(255),
  "x".repeat(100_000),
];

/** Another peer each time. */
function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (asked, socket) => answers[turn++ % answers.length]?.(asked, socket);
}

/** Whom a name server names, and peers that talk without having been asked. */
export const peerScenarios: Readonly<Record<string, Scenario>> = {
  "500 brokers": cluster((addr) => clusterOf(manyAddrs(addr, 500))),
  "500 brokers that are silent": (addr) => ({
    answers: { 106: () => ({ body: clusterOf(manyAddrs(addr, 500)) }) },
    others: () => undefined,
  }),
  "300,000 brokers": cluster((addr) => clusterOf(manyAddrs(addr, 300_000))),
  "a broker of 5,000 replicas": cluster((addr) => ({
    brokerAddrTable: {
      b0: {
        brokerName: "b0",
        cluster: "c",
        brokerAddrs: Object.fromEntries(manyAddrs(addr, 5000).map((one, id) => [id, one])),
      },
    },
    clusterAddrTable: { c: ["b0"] },
  })),
  "2,000 addresses at which nobody is": cluster((addr) =>
    clusterOf(Array.from({ length: 2000 }, (_, n) => `127.1.${n >> 8}.${n & 255}:${portOf(addr)}`)),
  ),
  "addresses that are none": cluster(() =>
    clusterOf([
      "",
      "x",
      ":1",
      "127.0.0.1:port",
      "127.0.0.1:99999999",
      "127.0.0.1:-1",
      "[::1",
      MARKUP,
      "x".repeat(100_000),
    ]),
  ),
  "one broker name in two clusters": (addr) => ({
    answers: {
      106: () => ({
        body: `{"brokerAddrTable":{"b0":{"brokerName":"b0","cluster":"c","brokerAddrs":{0:"${addr}"}},"b0":{"brokerName":"b0","cluster":"d","brokerAddrs":{0:"127.0.0.1:1"}}},"clusterAddrTable":{"c":["b0"],"d":["b0"]}}`,
      }),
    },
  }),
  "a broker under another name than its own": cluster((addr) => ({
    brokerAddrTable: { b0: { brokerName: "b1", cluster: "d", brokerAddrs: { 0: addr } } },
    clusterAddrTable: { c: ["b2"] },
  })),
  "no broker at all": cluster(() => ({ brokerAddrTable: {}, clusterAddrTable: {} })),
  "nothing but null": () => ({ others: () => ({ body: "null" }) }),
  "nothing but a list": () => ({ others: () => ({ body: "[1,{}]" }) }),
  "nothing but an object": () => ({ others: () => ({ body: "{}" }) }),
  "names that are markup, paths and properties of every object": (addr) => ({
    answers: {
      106: () => ({ body: clusterOf([addr, addr], (n) => NAMES[n] ?? "") }),
      21: () => ({ body: topicTable(NAMES) }),
      201: () => ({ body: groupTable(NAMES) }),
      224: () => ({ body: { topicList: NAMES } }),
      300: () => ({ body: { groupList: NAMES } }),
      343: () => ({ body: { topicList: NAMES } }),
      43: () => ({ body: { offsetTable: Object.fromEntries(NAMES.map((name) => [`${name}@${name}`, { 0: 1 }])) } }),
    },
  }),
  "a name server that says something else each time": (addr) => ({
    answers: {
      106: inTurn(
        () => ({ body: clusterOf([addr]) }),
        () => ({ body: clusterOf(["127.0.0.1:1", addr]) }),
        () => ({ body: { brokerAddrTable: {}, clusterAddrTable: {} } }),
        () => ({ code: 1, remark: "not now" }),
      ),
      105: inTurn(
        () => ({ body: routeOf(addr) }),
        () => ({ code: 17, remark: "no route" }),
        () => ({ body: routeOf("127.0.0.1:1") }),
      ),
      224: inTurn(
        () => ({ body: { topicList: ["t"] } }),
        () => ({ body: { topicList: [] } }),
        () => ({ body: { topicList: ["w", "t"] } }),
      ),
    },
  }),
  "a broker that says something else each time": () => ({
    answers: {
      21: inTurn(
        () => ({ body: topicTable(["t"]) }),
        () => ({ body: topicTable(["u"]) }),
        () => ({ code: 2, remark: "busy" }),
      ),
      351: inTurn(
        ({ ext }) => ({ body: topicConfig(ext["topic"] ?? "t") }),
        () => ({ code: 17, remark: "no topic" }),
        () => undefined,
      ),
      202: inTurn(
        () => ({ code: 1, remark: "no" }),
        () => ({ body: '{"offsetTable":{}}' }),
      ),
    },
  }),
  "requests without end, and no answer is read": floodOf(request(999), { deaf: true }),
  "requests without end": floodOf(request(999)),
  "one-way requests without end": floodOf({ ...request(NOTIFY_CONSUMER_IDS_CHANGED, { consumerGroup: "g" }), flag: 2 }),
  "checks of transactions without end": floodOf(
    request(CHECK_TRANSACTION_STATE, {
      tranStateTableOffset: "1",
      commitLogOffset: "1",
      msgId: "x",
      transactionId: "x",
    }),
    { deaf: true, body: "x".repeat(1000) },
  ),
  "orders to reset offsets without end": floodOf(
    request(RESET_CONSUMER_CLIENT_OFFSET, { topic: "t", group: "g", timestamp: "0", isForce: "true" }),
  ),
  "questions for a client without end": floodOf(
    request(GET_CONSUMER_RUNNING_INFO, { consumerGroup: "g", clientId: "x" }),
    { deaf: true },
  ),
  "answers to nobody without end": floodOf({ code: 0, opaque: -5, flag: 1 }),
};
