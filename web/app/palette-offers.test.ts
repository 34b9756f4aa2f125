import { expect, test } from "vitest";
import { actions, type Action } from "#contract/action.ts";
import { lookUpsOf, offersOf } from "./palette-offers.ts";

const all = () => true;
const only =
  (...granted: Action[]) =>
  (action: Action) =>
    granted.includes(action);
const keys = (offers: { key: string }[]) => offers.map(({ key }) => key);

test("without an instance in view nothing is offered that needs one", () => {
  expect(keys(offersOf({}, all))).toEqual(["register"]);
});

test("only what a person may do is offered", () => {
  const inView = { instanceId: "i" };
  const reads = actions.filter((action) => action.endsWith(":read"));
  expect(keys(offersOf(inView, only(...reads)))).toEqual(["findByKey", "findById"]);
  expect(keys(offersOf(inView, only("message:send")))).toEqual(["send"]);
  expect(keys(offersOf(inView, only("topic:create")))).toEqual(["createTopic", "importTopics"]);
  expect(offersOf(inView, () => false)).toEqual([]);
});

test("what is in view is what is done with, and no message is sent to a retry or dead letter topic by that", () => {
  const inView = { instanceId: "i 1", topic: "orders", group: "a/b" };
  const by = (key: string, view = inView) => offersOf(view, all).find((offer) => offer.key === key);
  expect(by("sendTo")).toEqual({
    key: "sendTo",
    name: "orders",
    to: "/instances/i%201/dial-tests",
    search: { topic: "orders" },
  });
  expect(by("findByKey")?.search).toEqual({ tab: "key", topic: "orders" });
  expect(by("resetOf")).toMatchObject({ to: "/instances/i%201/groups/a%2Fb", search: { open: "reset" } });
  expect(by("send", { ...inView, topic: "%DLQ%a" })).toMatchObject({ search: {} });
});

test("a word may be a key, in the topic in view or in the trace, and an id is found or traced too", () => {
  const look = (typed: string, view = {}) => {
    const { byId, byKey } = lookUpsOf({ instanceId: "i 1", ...view }, typed, only("message:read"));
    return [...byId, ...byKey];
  };
  expect(look("ORDER-42")).toEqual([
    { key: "keyInTopic", name: "ORDER-42", to: "/instances/i%201/messages", search: { tab: "key", key: "ORDER-42" } },
    {
      key: "keyInTrace",
      name: "ORDER-42",
      to: "/instances/i%201/messages/trace",
      search: { tab: "key", key: "ORDER-42" },
    },
  ]);
  expect(look("42", { topic: "orders" })[0]).toMatchObject({ key: "keyInThis", search: { topic: "orders" } });
  expect(keys(look("7F".repeat(16)))).toEqual(["openId", "traceId", "keyInTopic", "keyInTrace"]);
  expect(look("two words")).toEqual([]);
  expect(look("")).toEqual([]);
});

test("no message is looked for without an instance, or by whoever may not read messages", () => {
  const nothing = { byId: [], byKey: [] };
  expect(lookUpsOf({}, "42", all)).toEqual(nothing);
  expect(lookUpsOf({ instanceId: "i" }, "42", only("topic:read"))).toEqual(nothing);
});
