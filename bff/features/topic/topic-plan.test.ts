import { expect, test } from "vitest";
import type { CreateTopic } from "#contract/topic.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { planCreate, planDelete, planUpdate, type PlanContext, type TopicAt, type Update } from "./topic-plan.ts";
import { isAsShown, isNoMore } from "./topic-deletions.ts";

const order = { stored: new Map<string, number>(), left: new Map<string, number>() };
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
  target: { namesrvAddrs: ["n1:9876", "n2:9876"], clusterName: "c" },
});
const asItIs = { ordered: false, system: false, remark: "" };
const nobody = {
  users: [],
  groupsOffline: 0,
  groupsUnseen: 0,
  unknownSenders: [],
  unreadable: { stored: 0n, secondsAgo: null },
};
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
    "mqadmin updateTopic -n 'n1:9876;n2:9876' -b a:10911 -t t -r 1 -w 1 -p 6 -a +message.type=FIFO -o true",
  ]);
});

test("a topic that another broker has exists", () => {
  expect(planCreate(input, context(at("a", null), at("b", config()))).blocked).toBe("TOPIC_EXISTS");
});

test("a plan to change keeps the inherit bit, leaves out what stays and warns of messages out of reach", () => {
  const state = context(at("a", config({ perm: 7 })), at("b", config({ readQueueNums: 2, writeQueueNums: 2 })));
  const plan = planUpdate({ instanceId: "i", topic: "t", readQueues: 2, writeQueues: 2 }, state, {
    ...asItIs,
    storedBeyond: () => 5n,
  });
  expect(plan.changes.map(({ change, after }) => [change, after?.perm])).toEqual([
    ["update", 7],
    ["none", 6],
  ]);
  expect(plan.warnings).toEqual([{ key: "shrinksRead", params: { broker: "a", from: 4, to: 2, stored: "5" } }]);
  expect(plan.commands).toHaveLength(1);
});

test("what takes a change back names each broker's own values, and only the remark that was changed", () => {
  const state = context(at("a", config()), at("b", config({ writeQueueNums: 8, perm: 2 })));
  const back: Update = {
    instanceId: "i",
    topic: "t",
    restore: { a: { readQueues: 2, writeQueues: 2, perm: 4 }, b: { readQueues: 4, writeQueues: 4, perm: 6 } },
    remark: "before",
  };
  const plan = planUpdate(back, state, { ...asItIs, storedBeyond: () => 0n, remark: "after" });
  expect(plan.changes.map(({ after }) => [after?.readQueues, after?.writeQueues, after?.perm])).toEqual([
    [2, 2, 4],
    [4, 4, 6],
  ]);
  expect(plan.remark).toEqual({ before: "after", after: "before" });
});

test("messages out of reach that a broker did not tell are unknown, and not none", () => {
  const facts = { ...asItIs, storedBeyond: () => null };
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
  expect(plan.commands).toEqual(["mqadmin updateTopic -n 'n1:9876;n2:9876' -b a:10911 -t t -r 1 -w 1 -p 6 -o true"]);
});

test("a topic that grew or moved since its deletion was planned is no longer as planned", () => {
  const planNow = (stored: bigint, ...brokers: string[]) =>
    planDelete(
      { topic: "t", system: false, stored, usage: nobody, routes: [], order },
      context(...brokers.map((b) => at(b, config()))),
    );
  const shown = planNow(3n, "b", "a");
  expect(isNoMore(shown, planNow(3n, "a", "b"))).toBe(true);
  expect(isNoMore(shown, planNow(2n, "a", "b"))).toBe(true);
  expect(isNoMore(shown, planNow(4n, "a", "b"))).toBe(false);
  expect(isNoMore(shown, planNow(3n, "a"))).toBe(false);
});

test("a topic whose settings changed since they were shown is no longer as shown; of several none are", () => {
  const planNow = (more: Parameters<typeof config>[0] = {}) =>
    planDelete(
      { topic: "t", system: false, stored: 3n, usage: nobody, routes: [], order },
      context(at("a", config(more)), at("b", config())),
    );
  const shown = planNow();
  expect(isAsShown(shown, planNow())).toBe(true);
  for (const changed of [
    { readQueueNums: 7 },
    { writeQueueNums: 7 },
    { perm: 2 },
    { attributes: new Map([["message.type", "FIFO"]]) },
  ]) {
    expect(isAsShown(shown, planNow(changed))).toBe(false);
    expect(isNoMore(shown, planNow(changed))).toBe(true);
  }
});

test("a deletion is refused while somebody is online, or while nobody can say", () => {
  const facts = {
    topic: "t",
    system: false,
    stored: 3n,
    usage: nobody,
    routes: [],
    order,
  };
  const there = context(at("a", config()));
  expect(planDelete(facts, there).blocked).toBeNull();
  expect(planDelete(facts, there).commands).toHaveLength(1);
  expect(planDelete(facts, context(at("a", null)))).toMatchObject({ blocked: "TOPIC_NOT_EXIST", commands: [] });
  expect(planDelete({ ...facts, routes: ["n1:9876"] }, context(at("a", null))).blocked).toBeNull();
  const user = { role: "consumer" as const, group: "g", clients: [] };
  expect(planDelete({ ...facts, usage: { ...nobody, users: [user] } }, there).blocked).toBe("STILL_IN_USE");
  const failures = [{ target: "b", code: "CONNECT_REFUSED" as const }];
  expect(planDelete(facts, { ...there, state: { ...there.state, failures } }).blocked).toBe("USE_UNKNOWN");
  expect(planDelete({ ...facts, system: true }, there).blocked).toBe("SYSTEM_RESOURCE");
});

test("a deletion that is refused does not speak of messages that are lost", () => {
  const user = { role: "consumer" as const, group: "g", clients: [] };
  const facts = { topic: "t", system: false, stored: 3n, usage: nobody, routes: [], order };
  const there = context(at("a", config()));
  const keys = (of: Parameters<typeof planDelete>[0]) => planDelete(of, there).warnings.map(({ key }) => key);
  expect(keys(facts)).toContain("messagesLost");
  expect(keys({ ...facts, usage: { ...nobody, users: [user] } })).not.toContain("messagesLost");
});

test("a command keeps what the tool would reset, and deletes the order configuration too", () => {
  const marked = context(at("a", config({ topicSysFlag: 3 })));
  const facts = { storedBeyond: () => 0n, ordered: false, system: false, remark: "" };
  const update = { instanceId: "i", topic: "t", perm: 4 } as const;
  expect(planUpdate(update, marked, facts).commands[0]).toMatch(/ -p 4 -u true -s true$/);

  const deletion = { topic: "t", system: false, stored: 0n, usage: nobody, routes: [] };
  const commands = (left: [string, number][]) =>
    planDelete(
      {
        ...deletion,
        order: {
          stored: new Map([
            ["a", 4],
            ["gone", 2],
          ]),
          left: new Map(left),
        },
      },
      marked,
    ).commands;
  expect(commands([])[1]).toMatch(/^mqadmin updateOrderConf -n \S+ -t t -m delete$/);
  expect(commands([["gone", 2]])[1]).toMatch(/ -t t -m put -v gone:2$/);
});
