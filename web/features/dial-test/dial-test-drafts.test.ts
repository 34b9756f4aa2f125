import { expect, test } from "vitest";
import { consumeDraftOf, consumeFaults, consumeInputOf, consumeSearchOf, startOf } from "./consume-draft.ts";
import { dialTestsSearch } from "./dial-test-search.ts";
import { produceDraftOf, produceFaults, produceInputOf, produceSearchOf, readProperties } from "./produce-draft.ts";
import { searchOfJob } from "./run-again.ts";

const produce = (changes: object = {}) => ({ ...produceDraftOf({ topic: "orders" }), ...changes });
const consume = (changes: object = {}) => ({ ...consumeDraftOf({ topic: "orders" }), ...changes });

test("a form with its usual values leaves nothing but the topic in the URL", () => {
  const set = (search: object) => Object.entries(search).filter(([, value]) => value !== undefined);
  expect(set(produceSearchOf(produce()))).toEqual([["topic", "orders"]]);
  expect(set(consumeSearchOf(consume()))).toEqual([["topic", "orders"]]);
});

test("a form read back from its URL is the same form", () => {
  const drafts = [
    produce({ messageType: "FIFO", shardingKey: "o-1", count: 3, sizeKb: 64, tag: "a", keys: "k", properties: "a=b" }),
    produce({ messageType: "DELAY", delayBy: "time", delaySeconds: 90 }),
    produce({ messageType: "TRANSACTION", outcome: "rollback", body: "hello" }),
  ];
  for (const draft of drafts) expect(produceDraftOf(dialTestsSearch(produceSearchOf(draft)))).toEqual(draft);
  const test = consume({ group: "g", from: "time", time: 5, ordered: true, tags: "a || b", commit: true });
  expect(consumeDraftOf(dialTestsSearch(consumeSearchOf(test)))).toEqual(test);
});

test("only what belongs to the type of message is sent", () => {
  const draft = produce({ shardingKey: "o-1", delaySeconds: 5, outcome: "rollback" });
  expect(produceInputOf("i", draft)).toMatchObject({
    shardingKey: undefined,
    delayLevel: undefined,
    delaySeconds: undefined,
    outcome: undefined,
  });
  expect(produceInputOf("i", { ...draft, messageType: "DELAY" })).toMatchObject({
    delayLevel: 3,
    delaySeconds: undefined,
  });
});

test("properties are a name and a value on each line; values may hold an equals sign", () => {
  expect(readProperties("a=1\n\n b = x=y ")).toEqual({ a: "1", b: "x=y" });
  expect(readProperties("a")).toBeUndefined();
  expect(readProperties("=1")).toBeUndefined();
});

test("faults name their field", () => {
  expect(produceFaults(produce())).toEqual({});
  expect(produceFaults(produce({ topic: " ", count: 0, sizeKb: null, properties: "x" }))).toEqual({
    topic: "required",
    count: "count.range",
    sizeKb: "size.range",
    properties: "properties.form",
  });
  expect(produceFaults(produce({ count: 10_000, sizeKb: 200 }))).toEqual({ count: "total.range" });
  expect(consumeFaults(consume({ from: "time", timeoutSeconds: 301 }))).toEqual({
    time: "required",
    timeoutSeconds: "timeout.range",
  });
});

test("without a group reading starts at the oldest message and commits nothing", () => {
  expect(startOf(consume())).toBe("earliest");
  expect(startOf(consume({ from: "committed" }))).toBe("earliest");
  expect(startOf(consume({ group: "g" }))).toBe("committed");
  expect(consumeInputOf("i", consume({ commit: true, despiteClients: true }))).toMatchObject({
    commit: false,
    despiteClients: false,
  });
});

test("a job fills the form in again", () => {
  const params = { topic: "orders", messageType: "FIFO", count: 3, sizeKb: 2, properties: { a: "b" }, ownBody: true };
  expect(produceDraftOf(searchOfJob({ kind: "dialTest.produce", params }))).toMatchObject({
    topic: "orders",
    messageType: "FIFO",
    count: 3,
    sizeKb: 2,
    properties: "a=b",
    bodyLost: true,
  });
  expect(
    searchOfJob({ kind: "dialTest.consume", params: { topic: "orders", timeoutSeconds: 5, from: "latest" } }),
  ).toEqual({
    tab: "consume",
    topic: "orders",
    timeout: 5,
    from: "latest",
  });
});
