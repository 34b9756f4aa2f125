import { expect, test } from "vitest";
import type { Values } from "../../cluster/resource-values.ts";
import { planRows, type Ground, type Site } from "./import-plan.ts";
import { readRows } from "./import-rows.ts";
import { topicKind } from "./topic-kind.ts";

const HEADER = "TopicName,QueueNums,Perm,MessageType,Order,BrokerName,Remark";
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
  /** Brokers that do not keep types. */
  old?: string[];
  remarks?: Record<string, string>;
  isLeft?: Ground["isLeft"];
}

/** What becomes of rows on the brokers a and b. */
async function planned(lines: string[], { has = {}, own = [], chosen, old = [], ...more }: Planned = {}) {
  const ground = { remarks: new Map(Object.entries(more.remarks ?? {})), isLeft: more.isLeft };
  const { rows } = await readRows(topicKind, [HEADER, ...lines].join("\n"));
  const all = ["a", "b"].map((brokerName): Site => ({
    brokerName,
    addr: `${brokerName}:1`,
    isOld: old.includes(brokerName),
    has: new Map(Object.entries(has[brokerName] ?? {})),
  }));
  const sites = {
    all,
    chosen: all.filter((s) => chosen?.includes(s.brokerName) ?? true),
    asFile: chosen === undefined,
  };
  return planRows(topicKind, rows, { ...sites, own: new Set(own), limits, ...ground });
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
  ["orders,4,6,WHAT", "MessageType", "NORMAL, FIFO, DELAY, TRANSACTION"],
  ["orders,4,6,WHAT,true", "MessageType", "NORMAL, FIFO, DELAY, TRANSACTION"],
  ["orders,4,9,NORMAL", "Perm", "6, 4, 2"],
])("%s: what a cell cannot be read as is told once, with what can be made", async (line, column, known) => {
  const [row] = await planned([line]);
  expect(row?.faults).toMatchObject([{ column, params: { known } }]);
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

const strictly = { QueueNums: "1", ReadQueueNums: "1", MessageType: "FIFO", Order: "true" };

test.each([
  ["two brokers named in one row", ["orders,1,6,FIFO,true,a;b"], {}],
  ["one named, while another has it", ["orders,1,6,FIFO,true,a"], { b: { orders: stored(strictly) } }],
  ["one named, while another has a topic of that name", ["orders,1,6,FIFO,true,a"], { b: { orders: stored() } }],
  ["any topic beside a strictly ordered one", ["orders,4,6,NORMAL,,a"], { b: { orders: stored(strictly) } }],
])("a strict order is on one broker where the file names brokers too: %s", async (_, lines, has) => {
  expect(await planned(lines, { has })).toMatchObject([
    { state: "invalid", createOn: [], faults: [{ key: "orderBrokers", params: { value: "a, b" } }] },
  ]);
});

test("of two rows that would make one strictly ordered topic on two brokers the second is refused", async () => {
  const lines = ["orders,1,6,FIFO,true,a", "orders,1,4,FIFO,true,b", "bills,4,6,NORMAL,,a", "bills,1,6,FIFO,true,b"];
  expect((await planned(lines)).map(({ state, faults }) => [state, faults])).toEqual([
    ["create", []],
    ["invalid", [{ key: "orderBrokers", params: { value: "a, b" } }]],
    ["create", []],
    ["invalid", [{ key: "orderBrokers", params: { value: "a, b" } }]],
  ]);
});

test("an export of a strict order that others spread over two brokers is there, row by row", async () => {
  const has = { a: { orders: stored(strictly) }, b: { orders: stored({ ...strictly, Perm: "4" }) } };
  const rows = await planned(["orders,1,6,FIFO,true,a", "orders,1,4,FIFO,true,b"], { has });
  expect(rows.map(({ state }) => state)).toEqual(["exists", "exists"]);
});

test("an ordered topic of which the name servers were never told is not called done, and is told of", async () => {
  const ordered = { MessageType: "FIFO", Order: "true" };
  const has = { a: { orders: stored(ordered) }, b: { orders: stored(ordered), bills: stored() } };
  const isLeft = (values: Values, brokerName: string) => values["Order"] === "true" && brokerName === "b";
  const rows = await planned(["orders,4,6,FIFO,true", "orders,4,4,FIFO,true", "bills,4,6,NORMAL,,b"], { has, isLeft });
  expect(rows.map(({ state, createOn, orderOn }) => [state, createOn, orderOn])).toEqual([
    ["create", [], ["b"]],
    ["invalid", [], []],
    ["exists", [], []],
  ]);
});

test("a remark that this console has otherwise is a difference, which stays; one that nobody named is none", async () => {
  const has = { a: { orders: stored(), bills: stored() }, b: { orders: stored() } };
  const lines = ["orders,4,6,NORMAL,,a,theirs", "bills,4,6,NORMAL,,,ours", "new,4,6,NORMAL,,,theirs"];
  const remarks = { orders: " ours\u0007", bills: "ours ", new: "of a topic that is gone" };
  const rows = await planned(lines, { has, remarks });
  expect(rows.map(({ state, remark, createOn }) => [state, remark, createOn])).toEqual([
    ["differs", "ours", []],
    ["create", null, ["b"]],
    ["create", null, ["a", "b"]],
  ]);
  expect(await planned(["orders,4,6,NORMAL"], { has, remarks })).toMatchObject([{ state: "exists", remark: null }]);
});

test("what old brokers do not keep is told of each row that says it, whether the topic is there or comes", async () => {
  const { MessageType: _, Order: __, Attributes: ___, ...kept } = stored();
  const lines = ["orders,4,6,FIFO,true", "bills,4,6,NORMAL", "new,4,6,DELAY,,b", "new,4,6,DELAY,,a"];
  const rows = await planned(lines, {
    has: { a: { orders: kept }, b: { orders: stored(), bills: stored() } },
    old: ["a"],
  });
  expect(rows.map(({ name, state, notKept }) => [name, state, notKept])).toEqual([
    ["orders", "differs", [{ brokerName: "a", columns: ["MessageType"] }]],
    ["bills", "create", []],
    ["new", "create", [{ brokerName: "a", columns: ["MessageType"] }]],
  ]);
});

test("of many brokers that nobody knows the first are named, none at full length", async () => {
  const names = Array.from({ length: 300 }, (_, n) => `${n}`.padEnd(127, "x"));
  const [row] = await planned([`orders,4,6,NORMAL,,${names.join(";")}`]);
  const { value } = row?.faults[0]?.params ?? {};
  expect(String(value).length).toBeLessThan(500);
  expect(value).toMatch(/^0x+, 100x+, 101x+, 102x+, 103x+, … \(\+295\)$/);
});

test("others are answered while many rows are planned on many brokers", async () => {
  const brokers = Array.from({ length: 256 }, (_, n) => `b${n}`);
  const lines = Array.from({ length: 1000 }, (_, n) => `topic-${n},4,6,NORMAL,,"${brokers.join(";")}"`);
  const { rows } = await readRows(topicKind, [HEADER, ...lines].join("\n"));
  const all = brokers.map((brokerName): Site => ({ brokerName, addr: "x:1", has: new Map(), isOld: false }));
  let turns = 0;
  let ended = false;
  const count = () => {
    turns += 1;
    if (!ended) setImmediate(count);
  };
  setImmediate(count);
  await planRows(topicKind, rows, { all, chosen: all, asFile: true, own: new Set(), limits, remarks: new Map() });
  ended = true;
  expect(turns).toBeGreaterThan(3);
});
