import { expect, test } from "vitest";
import { planDelete } from "./group-plan.ts";

test("of a group that no broker has no command is named", () => {
  const facts = { group: "g", system: false, withTopics: true, clients: [], topics: [], lag: null };
  const target = { namesrvAddrs: ["n:9876"], clusterName: "c" };
  const plan = planDelete(facts, { at: [], target, failures: [] });
  expect(plan).toMatchObject({ blocked: "SUBSCRIPTION_GROUP_NOT_EXIST", commands: [] });
});

test("a deletion that is refused does not speak of offsets and messages that are lost", () => {
  const topics = [{ topic: "%DLQ%g", stored: "3" }];
  const online = [{ clientId: "c", address: "h:1" }];
  const facts = { group: "g", system: false, withTopics: true, clients: online, topics, lag: 5n };
  const target = { namesrvAddrs: ["n:9876"], clusterName: "c" };
  const plan = planDelete(facts, { at: [], target, failures: [] });
  expect(plan).toMatchObject({ blocked: "STILL_IN_USE", warnings: [] });
});
