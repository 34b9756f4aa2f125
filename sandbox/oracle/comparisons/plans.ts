import type { GroupPlan } from "#contract/group.ts";
import type { TopicPlan } from "#contract/topic.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { groupRow, shownPolicy } from "./groups.ts";
import { onBrokers, statsOf, stored } from "./topics.ts";

const topicsBefore = ({ changes }: TopicPlan): Sheet =>
  byKey(
    changes,
    ({ brokerName }) => brokerName,
    ({ before }) => {
      if (before === null) return null;
      const { brokerName: _, ...settings } = before;
      return settings;
    },
  );

const groupsBefore = ({ changes }: GroupPlan): Sheet =>
  byKey(
    changes,
    ({ brokerName }) => brokerName,
    ({ before }) => {
      if (before === null) return null;
      const { brokerName: _, retryPolicy, ...settings } = before;
      return { ...settings, retryPolicy: shownPolicy(retryPolicy) };
    },
  );

const addrsOf = ({ changes }: { changes: readonly { brokerName: string; addr: string }[] }): Sheet =>
  byKey(
    changes,
    ({ brokerName }) => brokerName,
    ({ addr }) => addr,
  );

const addrsIn = ({ masters }: Scene, configs: ReadonlyMap<string, unknown>): Sheet =>
  byKey(
    masters.filter(({ brokerName }) => configs.has(brokerName)),
    ({ brokerName }) => brokerName,
    ({ addr }) => addr,
  );

function ofTopic({ api, instanceId, oracle }: Sides, scene: Scene, topic: string): Question[] {
  const found = async () => (await readTopics(oracle, scene.masters)).get(topic) ?? new Map();
  return [
    {
      what: "Plans: change a topic",
      subject: topic,
      oracle: async () => onBrokers(await found()),
      console: async () => topicsBefore(await api.topic.planUpdate({ instanceId, topic })),
    },
    {
      what: "Plans: delete a topic",
      subject: topic,
      oracle: async () => {
        const configs = await found();
        const stats = await statsOf({ oracle }, topic);
        return { before: onBrokers(configs), addrs: addrsIn(scene, configs), stored: stored(stats) };
      },
      console: async () => {
        const plan = await api.topic.planDelete({ instanceId, topic });
        return { before: topicsBefore(plan), addrs: addrsOf(plan), stored: plan.stored };
      },
    },
  ];
}

function ofGroup({ api, instanceId, oracle }: Sides, scene: Scene, group: string): Question[] {
  const found = async () => (await readGroups(oracle, scene.masters)).get(group) ?? new Map();
  const before = async () => groupRow(await found())["brokers"];
  return [
    {
      what: "Plans: change a group",
      subject: group,
      oracle: async () => ({ before: await before() }),
      console: async () => ({ before: groupsBefore(await api.group.planUpdate({ instanceId, group })) }),
    },
    {
      what: "Plans: delete a group",
      subject: group,
      oracle: async () => ({ before: await before(), addrs: addrsIn(scene, await found()) }),
      console: async () => {
        const plan = await api.group.planDelete({ instanceId, group });
        return { before: groupsBefore(plan), addrs: addrsOf(plan) };
      },
    },
  ];
}

/** What plans of changes and deletions say there is before; nothing is applied. */
export async function judgePlans(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  await judge.compareAll([
    ...[...scene.userTopics].flatMap((topic) => ofTopic(sides, scene, topic)),
    ...[...scene.userGroups].flatMap((group) => ofGroup(sides, scene, group)),
  ]);
}
