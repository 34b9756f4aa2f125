import { expect, test } from "vitest";
import type { CreateTopic } from "#contract/topic.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { planCreate, planDelete, planUpdate, type PlanContext, type TopicAt } from "./topic-plan.ts";
import { csvOf } from "../../base/table-file.ts";
import { outgrew } from "./topic-deletions.ts";
import { topicColumns } from "./topic-export.ts";
import { presentTopic } from "./topic.presenter.ts";

const config = (more: Partial<TopicConfig> = {}): TopicConfig => ({
  topicName: "t",
  readQueueNums: 4,
  writeQueueNums: 4,
  perm: 6,
  topicFilterType: "SINGLE_TAG",
  topicSysFlag: 0,
  order: false,
  attributes: new Map(),
  ...more,
});
const at = (brokerName: string, has: TopicConfig | null): TopicAt => ({
  brokerName,
  addr: `${brokerName}:10911`,
  config: has,
  keepsTypes: true,
});
const context = (...brokers: TopicAt[]): PlanContext => ({
  state: { at: brokers, failures: [] },
  users: [],
  target: { namesrvAddrs: ["n1:9876", "n2:9876"], clusterName: "c" },
});
const input: CreateTopic = {
  instanceId: "i",
  topic: "t",
  brokers: ["a"],
  messageType: "FIFO",
  queues: 1,
  perm: 6,
  order: true,
  remark: "",
};

test("a plan to create names only the chosen brokers and says it in mqadmin's words", () => {
  const plan = planCreate(input, context(at("a", null), at("b", null)));
  expect(plan.changes.map((change) => change.brokerName)).toEqual(["a"]);
  expect(plan.commands).toEqual([
    "mqadmin updateTopic -n 'n1:9876;n2:9876' -b a:10911 -t 't' -r 1 -w 1 -p 6 -a +message.type=FIFO -o true",
  ]);
});

test("a topic that another broker has exists", () => {
  expect(planCreate(input, context(at("a", null), at("b", config()))).blocked).toBe("TOPIC_EXISTS");
});

test("a plan to change keeps the inherit bit, leaves out what stays and warns of messages out of reach", () => {
  const state = context(at("a", config({ perm: 7 })), at("b", config({ readQueueNums: 2, writeQueueNums: 2 })));
  const plan = planUpdate({ instanceId: "i", topic: "t", readQueues: 2, writeQueues: 2 }, state, {
    storedBeyond: () => 5n,
    ordered: false,
  });
  expect(plan.changes.map(({ change, after }) => [change, after?.perm])).toEqual([
    ["update", 7],
    ["none", 6],
  ]);
  expect(plan.warnings).toEqual([{ key: "shrinksRead", params: { broker: "a", from: 4, to: 2, stored: "5" } }]);
  expect(plan.commands).toHaveLength(1);
});

test("messages out of reach that a broker did not tell are unknown, and not none", () => {
  const facts = { storedBeyond: () => null, ordered: false };
  const plan = planUpdate({ instanceId: "i", topic: "t", readQueues: 2 }, context(at("a", config())), facts);
  expect(plan.warnings.map(({ key }) => key)).toContain("shrinksReadUnknown");
});

test("a broker before 5.0 keeps no order and no type, and the plan says so", () => {
  const plan = planCreate(input, context({ ...at("a", null), keepsTypes: false }));
  expect(plan.changes[0]?.after).toMatchObject({ order: false, messageType: "NORMAL" });
  expect(plan.warnings).toEqual([
    { key: "typesNotKept", params: { brokers: "a" } },
    { key: "orderNotKept", params: { brokers: "a" } },
  ]);
  expect(plan.commands).toEqual(["mqadmin updateTopic -n 'n1:9876;n2:9876' -b a:10911 -t 't' -r 1 -w 1 -p 6 -o true"]);
});

test("a topic that grew or moved since its deletion was planned is no longer as planned", () => {
  const usage = { groupsOffline: 0, unknownSenders: [], unreadable: { stored: 0n, secondsAgo: null } };
  const planNow = (stored: bigint, ...brokers: string[]) =>
    planDelete(
      { topic: "t", system: false, stored, usage, routes: [] },
      context(...brokers.map((b) => at(b, config()))),
    );
  const planned = { topic: "t", brokers: ["b", "a"], stored: "3" };
  expect(outgrew(planned, planNow(3n, "a", "b"))).toBe(false);
  expect(outgrew(planned, planNow(2n, "a", "b"))).toBe(false);
  expect(outgrew(planned, planNow(4n, "a", "b"))).toBe(true);
  expect(outgrew(planned, planNow(3n, "a"))).toBe(true);
});

test("a deletion is refused while somebody is online, or while nobody can say", () => {
  const facts = {
    topic: "t",
    system: false,
    stored: 3n,
    usage: { groupsOffline: 0, unknownSenders: [], unreadable: { stored: 0n, secondsAgo: null } },
    routes: [],
  };
  const there = context(at("a", config()));
  expect(planDelete(facts, there).blocked).toBeNull();
  expect(planDelete(facts, context(at("a", null))).blocked).toBe("TOPIC_NOT_EXIST");
  expect(planDelete({ ...facts, routes: ["n1:9876"] }, context(at("a", null))).blocked).toBeNull();
  const user = { role: "consumer" as const, group: "g", clients: [] };
  expect(planDelete(facts, { ...there, users: [user] }).blocked).toBe("STILL_IN_USE");
  const failures = [{ target: "b", code: "CONNECT_REFUSED" as const }];
  expect(planDelete(facts, { ...there, state: { ...there.state, failures } }).blocked).toBe("USE_UNKNOWN");
  expect(planDelete({ ...facts, system: true }, there).blocked).toBe("SYSTEM_RESOURCE");
});

test("a topic that brokers have differently is one line of CSV that tells them apart", async () => {
  const configs = [
    { brokerName: "b", config: config({ writeQueueNums: 8 }) },
    { brokerName: "a", config: config() },
  ];
  const topic = presentTopic({ topic: "t", kind: "normal", configs }, true);
  expect(topic.differs).toBe(true);
  const addrs = new Map([
    ["a", "h:1"],
    ["b", "h:2"],
  ]);
  const [head, line] = (await csvOf([{ ...topic, remark: "" }], topicColumns({ clusterName: "c", addrs })))
    .join("")
    .split("\r\n");
  expect(head).toBe("\uFEFFTopicName,QueueNums,Perm,MessageType,Order,ClusterName,BrokerName,BrokerAddr,Queues,Remark");
  expect(line).toBe("t,8,6,NORMAL,false,c,a;b,h:1;h:2,a:4/4;b:4/8,");
});
