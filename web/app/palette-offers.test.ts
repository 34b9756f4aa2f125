import { expect, test } from "vitest";
import { actions, type Action } from "#contract/action.ts";
import { offersOf } from "./palette-offers.ts";

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
