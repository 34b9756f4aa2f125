import type { TopicPlan } from "#contract/topic.ts";
import { MESSAGE_TYPES } from "#contract/rules/topic.ts";
import { planned } from "../../../bff/testing/planned.ts";
import { has5x, type Version } from "../../jars.ts";
import type { Judge } from "../judge.ts";
import { type Oracle, OracleError } from "../oracle.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";

/** Runs the lines that a plan shows by the tool that they name. */
export async function runCommands(oracle: Oracle, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const [, name = "", ...words] = command.match(/'[^']*'|\S+/g) ?? [];
    await oracle.mqadmin(
      name,
      words.map((word) => word.replaceAll("'", "")),
    );
  }
}

/** Which thing the console writes to, and which alike the tool, by the commands of the plan for it. */
interface Pair {
  console: string;
  tool: string;
}

const pair = (name: string): Pair => ({ console: `${name}-console`, tool: `${name}-tool` });

/** All that a cluster knows of a topic or group, but its name. */
type Left = (name: string) => Promise<Sheet>;

/** The console's write and the commands it shows for the same write of another thing leave the same. */
async function same(judge: Judge, subject: string, names: Pair, left: Left): Promise<void> {
  await judge.compare({
    what: "Writes: commands of a plan",
    subject,
    console: () => left(names.console),
    oracle: () => left(names.tool),
  });
}

const ORDER = "ORDER_TOPIC_CONFIG";

const pairsOf = (attributes: ReadonlyMap<string, string> = new Map()) =>
  [...attributes]
    .map((pair) => pair.join("="))
    .sort()
    .join();

const QUERY_NOT_FOUND = 22;

/** No value of the key: the tool says so by an exception. */
async function orderOf(oracle: Oracle, topic: string): Promise<string | null> {
  try {
    return await oracle.ask("getKVConfig", [ORDER, topic]);
  } catch (error) {
    if (error instanceof OracleError && error.responseCode === QUERY_NOT_FOUND) return null;
    throw error;
  }
}

const topicLeft =
  ({ sides: { oracle } }: Judge, scene: Scene): Left =>
  async (topic) => ({
    brokers: byKey(
      [...((await readTopics(oracle, scene.masters)).get(topic) ?? [])],
      ([brokerName]) => brokerName,
      ([, { topicName: _, attributes, order, ...config }]) => ({
        config: JSON.stringify(config),
        // Before 5.0 a broker learns it from the name servers, some time later.
        order: has5x(oracle.version) ? order : null,
        attributes: pairsOf(attributes),
      }),
    ),
    order: (await orderOf(oracle, topic))?.split(";").sort().join(";") ?? null,
    routed: (await oracle.ask("fetchAllTopicList", [])).topicList.includes(topic),
  });

async function topics(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const left = topicLeft(judge, scene);
  const brokers = scene.masters.map(({ brokerName }) => brokerName);
  type Write = Pick<TopicPlan, "commands">;
  const write = async (
    subject: string,
    names: Pair,
    apply: (topic: string) => Promise<unknown>,
    plan: (topic: string) => Promise<Write>,
  ) => {
    await apply(names.console);
    await runCommands(oracle, (await plan(names.tool)).commands);
    await same(judge, `${subject} ${names.tool}`, names, left);
  };
  const kinds = [
    ...MESSAGE_TYPES.map((messageType) => ({ name: messageType.toLowerCase(), messageType, brokers, order: false })),
    { name: "order", messageType: "FIFO", brokers: brokers.slice(0, 1), order: true },
  ] as const;
  for (const { name, ...kind } of kinds) {
    const names = pair(`c-${name}`);
    const asked = (topic: string) => ({
      instanceId,
      topic,
      ...kind,
      brokers: [...kind.brokers],
      queues: 1,
      perm: 6 as const,
    });
    await write(
      "create",
      names,
      (topic) => planned(api).createTopic(asked(topic)),
      (topic) => api.topic.planCreate(asked(topic)),
    );
  }
  const changed = { readQueues: 4, writeQueues: 3, perm: 4 } as const;
  for (const name of ["c-delay", "c-order"]) {
    const asked = (topic: string) => ({ instanceId, topic, ...changed });
    await write(
      "change",
      pair(name),
      (topic) => planned(api).updateTopic(asked(topic)),
      (topic) => api.topic.planUpdate(asked(topic)),
    );
  }
  const marked = pair("c-marked");
  for (const topicName of [marked.console, marked.tool]) {
    const config = { topicName, readQueueNums: 2, writeQueueNums: 2, perm: 6, topicSysFlag: 3 };
    for (const { addr } of scene.masters) await oracle.ask("createAndUpdateTopicConfig", [addr, config]);
  }
  await api.topic.list({ instanceId, fresh: true });
  const asked = (topic: string) => ({ instanceId, topic, ...changed });
  await write(
    "change",
    marked,
    (topic) => planned(api).updateTopic(asked(topic)),
    (topic) => api.topic.planUpdate(asked(topic)),
  );
  for (const name of ["c-normal", "c-order"]) {
    await write(
      "delete",
      pair(name),
      (topic) => planned(api).deleteTopic({ instanceId, topic, name: topic }),
      (topic) => api.topic.planDelete({ instanceId, topic }),
    );
  }
}

const groupLeft =
  ({ sides: { oracle } }: Judge, scene: Scene): Left =>
  async (group) => {
    const topics = await readTopics(oracle, scene.masters);
    return {
      brokers: byKey(
        [...((await readGroups(oracle, scene.masters)).get(group) ?? [])],
        ([brokerName]) => brokerName,
        ([, { groupName: _, attributes, ...config }]) => ({
          config: JSON.stringify(config),
          attributes: pairsOf(attributes),
        }),
      ),
      topics: [`%RETRY%${group}`, `%DLQ%${group}`].map((topic) => topics.get(topic)?.size ?? 0).join(),
    };
  };

async function groups(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const left = groupLeft(judge, scene);
  const brokers = scene.masters.map(({ brokerName }) => brokerName);
  const keeps = (await api.group.options({ instanceId })).brokers.every(({ keepsRetryPolicy }) => keepsRetryPolicy);
  const policies = keeps
    ? ([
        { type: "default" },
        { type: "custom", delays: [1000, 60_000] },
        { type: "exponential", initial: 500, max: 90_000, multiplier: 3 },
      ] as const)
    : [undefined, undefined, undefined];
  for (const [n, policy] of policies.entries()) {
    const names = pair(`c-g-${n}`);
    const retryPolicy = policy?.type === "custom" ? { ...policy, delays: [...policy.delays] } : policy;
    const asked = (group: string) => ({
      instanceId,
      group,
      brokers,
      retryMaxTimes: n,
      ordered: keeps && n === 1,
      broadcastEnable: n !== 1,
      retryPolicy,
    });
    await planned(api).createGroup(asked(names.console));
    await runCommands(oracle, (await api.group.planCreate(asked(names.tool))).commands);
    await same(judge, `create ${names.tool}`, names, left);
  }
  const others = pair("c-g-0");
  for (const groupName of [others.console, others.tool]) {
    const set = {
      groupName,
      consumeFromMinEnable: false,
      retryQueueNums: 2,
      brokerId: 1,
      whichBrokerWhenConsumeSlowly: 3,
      notifyConsumerIdsChangedEnable: false,
    };
    for (const { addr } of scene.masters) await oracle.ask("createAndUpdateSubscriptionGroupConfig", [addr, set]);
  }
  const changed = (group: string) => ({ instanceId, group, retryMaxTimes: 5, consumeEnable: false });
  await planned(api).updateGroup(changed(others.console));
  await runCommands(oracle, (await api.group.planUpdate(changed(others.tool))).commands);
  await same(judge, "change what others set", others, left);

  for (const [n, withTopics] of [false, true].entries()) {
    const names = pair(`c-g-${n + 1}`);
    for (const group of [names.console, names.tool]) {
      for (const topicName of [`%RETRY%${group}`, `%DLQ%${group}`]) {
        const config = { topicName, readQueueNums: 1, writeQueueNums: 1, perm: 6 };
        for (const { addr } of scene.masters) await oracle.ask("createAndUpdateTopicConfig", [addr, config]);
      }
    }
    const asked = (group: string) => ({ instanceId, group, withTopics });
    await planned(api).deleteGroup({ ...asked(names.console), name: names.console });
    await runCommands(oracle, (await api.group.planDelete(asked(names.tool))).commands);
    await same(judge, withTopics ? "delete with topics" : "delete alone", names, left);
  }
}

/** One cluster has one retention, so the tool sets it; then it is put back for what is judged next. */
async function retention(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const hours = async () => {
    const configs = scene.masters.map(async ({ addr }): Promise<[string, Sheet]> => [
      addr,
      { hours: (await oracle.ask("getBrokerConfig", [addr])).get("fileReservedTime") },
    ]);
    return Object.fromEntries(await Promise.all(configs));
  };
  const plan = await api.instance.planRetention({ instanceId, hours: 100 });
  const shown = (which: "before" | "after") =>
    byKey(
      plan.changes,
      ({ addr }) => addr,
      (change) => ({ hours: String(change[which]) }),
    );
  const what = { what: "Writes: commands of a plan", oracle: hours };
  await runCommands(oracle, plan.commands);
  try {
    await judge.compare({ ...what, subject: "retention", console: () => Promise.resolve(shown("after")) });
  } finally {
    const before = Number(plan.changes[0]?.before);
    await runCommands(oracle, (await api.instance.planRetention({ instanceId, hours: before })).commands);
  }
  await judge.compare({ ...what, subject: "retention, put back", console: () => Promise.resolve(shown("before")) });
}

/** It takes a while, and the versions between do as this one. */
const RUN_ON: readonly Version[] = ["5.5.0", "4.9.7"];

/** Each command that a plan shows does what the console does. */
export async function judgeCommands(judge: Judge, scene: Scene): Promise<void> {
  if (!RUN_ON.includes(judge.sides.version)) return;
  await topics(judge, scene);
  await groups(judge, scene);
  await retention(judge, scene);
}
