import { expect, test } from "vitest";
import { consumeDraftOf, consumeFaults, consumeInputOf, consumeSearchOf, startOf } from "./consume-draft.ts";
import { dialTestsSearch } from "./dial-test-search.ts";
import { produceDraftOf, produceFaults, produceInputOf, produceSearchOf, readProperties } from "./produce-draft.ts";
import { searchOfJob } from "./run-again.ts";

const produce = (changes: object = {}) => ({ ...produceDraftOf({ topic: "orders" }, "hello"), ...changes });
const consume = (changes: object = {}) => ({ ...consumeDraftOf({ topic: "orders" }), ...changes });

test("a form with its usual values leaves nothing but the topic in the URL", () => {
  const set = (search: object) => Object.entries(search).filter(([, value]) => value !== undefined);
  expect(set(produceSearchOf(produce()))).toEqual([["topic", "orders"]]);
  expect(set(consumeSearchOf(consume()))).toEqual([["topic", "orders"]]);
});

test("a form read back from its URL is the same form", () => {
  const drafts = [
    produce({ messageType: "FIFO", shardingKey: "o-1", count: 3, tag: "a", keys: "k", properties: "a=b" }),
    produce({ mode: "filled", count: 3, sizeKb: 64, messageType: "DELAY", delayBy: "time", delaySeconds: 90 }),
    produce({ messageType: "TRANSACTION", outcome: "rollback" }),
  ];
  for (const draft of drafts) expect(produceDraftOf(dialTestsSearch(produceSearchOf(draft)), "hello")).toEqual(draft);
  const test = consume({ group: "g", from: "time", time: 5, ordered: true, tags: "a || b", commit: true });
  expect(consumeDraftOf(dialTestsSearch(consumeSearchOf(test)))).toEqual(test);
});

test("a body is in no URL, however short", () => {
  expect(JSON.stringify(produceSearchOf(produce({ body: "4111 1111" })))).not.toContain("4111");
});

test("one message of one's own is sent unless generated ones are wanted", () => {
  expect(produceInputOf("i", produce())).toMatchObject({ count: 1, body: "hello", messageType: undefined });
  expect(produceInputOf("i", produce({ mode: "filled", count: null }))).toMatchObject({ count: 10, body: undefined });
  expect(produceFaults(produce({ body: " " }), "NORMAL")).toEqual({ body: "required" });
});

test("only what may belong to the type of message is sent; a type that is the topic's own may be any", () => {
  const draft = produce({ shardingKey: "o-1", delaySeconds: 5, outcome: "rollback" });
  const nothing = { shardingKey: undefined, delayLevel: undefined, delaySeconds: undefined, outcome: undefined };
  expect(produceInputOf("i", { ...draft, messageType: "NORMAL" })).toMatchObject(nothing);
  expect(produceInputOf("i", draft)).toMatchObject({ shardingKey: "o-1", delayLevel: 3, outcome: "rollback" });
  const delayed = produceInputOf("i", { ...draft, messageType: "DELAY" });
  expect(delayed).toMatchObject({ ...nothing, delayLevel: 3 });
});

test("properties are a name and a value on each line; values may hold an equals sign", () => {
  expect(readProperties("a=1\n\n b = x=y ")).toEqual({ a: "1", b: "x=y" });
  expect(readProperties("a")).toBeUndefined();
  expect(readProperties("=1")).toBeUndefined();
});

test("faults name their field", () => {
  expect(produceFaults(produce(), "NORMAL")).toEqual({});
  expect(
    produceFaults(produce({ mode: "filled", topic: " ", count: 0, sizeKb: null, properties: "x" }), "NORMAL"),
  ).toEqual({
    topic: "required",
    count: "count.range",
    sizeKb: "size.range",
    properties: "properties.form",
  });
  const large = produce({ mode: "filled", count: 10_000, sizeKb: 200 });
  expect(produceFaults(large, "NORMAL")).toEqual({ count: "total.range" });
  const delayed = produce({ delayBy: "time", delaySeconds: 0 });
  expect(produceFaults(delayed, "DELAY")).toEqual({ delaySeconds: "delay.range" });
  expect(produceFaults(delayed, "NORMAL")).toEqual({});
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
  expect(produceDraftOf(searchOfJob({ id: "job-1", kind: "dialTest.produce", params }))).toMatchObject({
    topic: "orders",
    messageType: "FIFO",
    count: 3,
    sizeKb: 2,
    properties: "a=b",
    mode: "own",
    bodyOf: "job-1",
  });
  expect(
    searchOfJob({
      id: "job-2",
      kind: "dialTest.consume",
      params: { topic: "orders", timeoutSeconds: 5, from: "latest" },
    }),
  ).toEqual({
    tab: "consume",
    topic: "orders",
    timeout: 5,
    from: "latest",
  });
});
