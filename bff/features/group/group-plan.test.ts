import { expect, test } from "vitest";
import { planDelete, planUpdate } from "./group-plan.ts";
import { SubscriptionGroupConfig } from "../../rocketmq/rpc/group.ts";

test("of a group that no broker has no command is named", () => {
  const facts = { group: "g", system: false, withTopics: true, clients: [], topics: [], lag: null, neverConsumed: 0n };
  const target = { namesrvAddrs: ["n:9876"], clusterName: "c" };
  const plan = planDelete(facts, { at: [], target, failures: [] });
  expect(plan).toMatchObject({ blocked: "SUBSCRIPTION_GROUP_NOT_EXIST", commands: [] });
});

test("a deletion that is refused does not speak of offsets and messages that are lost", () => {
  const topics = [{ topic: "%DLQ%g", stored: "3" }];
  const online = [{ clientId: "c", address: "h:1" }];
  const facts = { group: "g", system: false, withTopics: true, clients: online, topics, lag: 5n, neverConsumed: 0n };
  const target = { namesrvAddrs: ["n:9876"], clusterName: "c" };
  const plan = planDelete(facts, { at: [], target, failures: [] });
  expect(plan).toMatchObject({ blocked: "STILL_IN_USE", warnings: [] });
});

test("there is no command for a group with settings that the tool would reset", () => {
  const target = { namesrvAddrs: ["n:9876"], clusterName: "c" };
  const commandsFor = (more: Record<string, number>) => {
    const raw = { groupName: "g", attributes: {}, ...more };
    const entry = { config: SubscriptionGroupConfig.decode(raw), raw };
    const at = [{ brokerName: "a", addr: "a:1", entry, keepsRetryPolicy: true }];
    const input = { instanceId: "i", group: "g", retryMaxTimes: 3 };
    return planUpdate(input, { at, target, failures: [] }, { system: false, remark: "" }).commands;
  };
  expect(commandsFor({})).toHaveLength(1);
  expect(commandsFor({ groupSysFlag: 1 })).toEqual([]);
  expect(commandsFor({ consumeTimeoutMinute: 30 })).toEqual([]);
});
