import { expect, test } from "vitest";
import type { Values } from "../../cluster/resource-values.ts";
import { planRows, type Site } from "./import-plan.ts";
import { readRows } from "./import-rows.ts";
import { topicKind } from "./topic-kind.ts";

const HEADER = "TopicName,QueueNums,Perm,MessageType,Order,BrokerName";
const limits = { maxQueuesPerBroker: 8 };
const stored = (more: Values = {}): Values => ({
  QueueNums: "4",
  Perm: "6",
  MessageType: "NORMAL",
  Order: "false",
  ReadQueueNums: "4",
  Attributes: "",
  ...more,
});

interface Planned {
  has?: Record<string, Record<string, Values>>;
  own?: string[];
  chosen?: string[];
}

/** What becomes of rows on the brokers a and b. */
async function planned(lines: string[], { has = {}, own = [], chosen }: Planned = {}) {
  const { rows } = await readRows(topicKind, [HEADER, ...lines].join("\n"));
  const all = ["a", "b"].map((brokerName): Site => ({
    brokerName,
    addr: `${brokerName}:1`,
    has: new Map(Object.entries(has[brokerName] ?? {})),
  }));
  const sites = {
    all,
    chosen: all.filter((s) => chosen?.includes(s.brokerName) ?? true),
    asFile: chosen === undefined,
  };
  return planRows(topicKind, rows, sites, new Set(own), limits);
}

test.each([
  ["a b,4,6,NORMAL", "name.characters", "TopicName"],
  ["%RETRY%g,4,6,NORMAL", "name.ofGroup", "TopicName"],
  ["TBW102,4,6,NORMAL", "name.reserved", "TopicName"],
  ["orders,9,6,NORMAL", "queues", "QueueNums"],
  ["orders,0,6,NORMAL", "queues", "QueueNums"],
  ["orders,4,0,NORMAL", "perm", "Perm"],
  ["orders,4,6,MIXED", "type", "MessageType"],
  ["orders,4,6,NORMAL,true", "orderType", "MessageType"],
  ["orders,1,6,FIFO,true", "orderBrokers", undefined],
  ["orders,4,6,NORMAL,,x", "brokers", "BrokerName"],
])("%s is not made: %s", async (line, key, column) => {
  const [row] = await planned([line]);
  expect(row?.state).toBe("invalid");
  expect(row?.faults).toMatchObject([{ key, ...(column === undefined ? {} : { column }) }]);
  expect(row?.createOn).toEqual([]);
});

test.each([
  ["NS1%orders,16,6,NORMAL", "NS1%orders", { QueueNums: "16", ReadQueueNums: "16" }],
  [`${"x".repeat(100)},4,0,MIXED`, "x".repeat(100), { Perm: "0", MessageType: "MIXED" }],
  ["%RETRY%g|x,4,6,NORMAL", "%RETRY%g|x", {}],
  ["cluster-1,4,6,NORMAL", "cluster-1", {}],
  ["ordered,4,6,NORMAL,true", "ordered", { Order: "true" }],
])("%s is there, whatever the console would refuse to make", async (line, name, more) => {
  const there = { [name]: stored(more) };
  expect(await planned([line], { has: { a: there, b: there }, own: ["cluster-1"] })).toMatchObject([
    { state: "exists", faults: [] },
  ]);
});

test("a row that names its brokers asks for nothing on the others", async () => {
  const has = { a: { orders: stored() } };
  expect(await planned(["orders,4,6,NORMAL,,a"], { has })).toMatchObject([{ state: "exists" }]);
  expect(await planned(["orders,4,6,NORMAL,,a;b"], { has })).toMatchObject([{ state: "create", createOn: ["b"] }]);
  expect(await planned(["orders,4,6,NORMAL,,a"], { has, chosen: ["b"] })).toMatchObject([
    { state: "create", createOn: ["b"] },
  ]);
});

test("what the file does not say is compared with nothing, and is made as this console makes it", async () => {
  const has = { a: { orders: stored({ MessageType: "DELAY", ReadQueueNums: "6" }) } };
  expect(await planned(["orders,4,6,,"], { has, chosen: ["a"] })).toMatchObject([{ state: "exists" }]);
  expect((await planned(["orders,4,6,,true"]))[0]?.values).toMatchObject({
    MessageType: "FIFO",
    Order: "true",
    ReadQueueNums: "4",
  });
});

test("rows of one name on brokers of their own are each their own, on chosen brokers the second comes again", async () => {
  const lines = ["orders,4,6,NORMAL,,a", "orders,8,6,NORMAL,,b"];
  expect((await planned(lines)).map(({ state, createOn }) => [state, createOn])).toEqual([
    ["create", ["a"]],
    ["create", ["b"]],
  ]);
  expect((await planned(lines, { chosen: ["a", "b"] })).map(({ state, faults }) => [state, faults])).toEqual([
    ["create", []],
    ["invalid", [{ key: "duplicate", params: { line: 2 } }]],
  ]);
});

test("a name that comes again is refused with the line where it was first, unless nothing comes of that", async () => {
  const rows = await planned(["orders,99,6,NORMAL", "orders,4,6,NORMAL", "bills,4,6,NORMAL", "orders,8,6,NORMAL"]);
  expect(rows.map(({ state, faults }) => [state, faults[0]?.key, faults[0]?.params["line"]])).toEqual([
    ["invalid", "queues", undefined],
    ["create", undefined, undefined],
    ["create", undefined, undefined],
    ["invalid", "duplicate", 3],
  ]);
});

test("an ordered topic of one queue is on one broker, of several it is where the file says or everywhere", async () => {
  const has = { b: { orders: stored({ QueueNums: "1", ReadQueueNums: "1", MessageType: "FIFO", Order: "true" }) } };
  expect(await planned(["orders,1,6,FIFO,true"], { has })).toMatchObject([{ state: "exists" }]);
  expect(await planned(["orders,1,6,FIFO,true,a"])).toMatchObject([{ state: "create", createOn: ["a"] }]);
  expect(await planned(["orders,4,6,FIFO,true"])).toMatchObject([{ state: "create", createOn: ["a", "b"] }]);
});
