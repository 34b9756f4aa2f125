import { has5x } from "../../jars.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import type { Scene } from "../scene.ts";
import { byKey, nameSet, type Sheet } from "../sheet.ts";
import { connectionsAt } from "./clients.ts";
import { sumShown, timeOrNone, totalOf, waitingShown } from "./comparison.ts";
import { isBroadcasting, isTold, progressOf, unackedOf, waitingOf } from "./groups.ts";
import { type Pulled, placeOf } from "./messages.ts";

/** Who consumes which topics: groups that have offsets of it or clients subscribed to it. */
export async function consumersByTopic({ oracle }: Sides, scene: Scene): Promise<Map<string, Set<string>>> {
  const byTopic = new Map<string, Set<string>>();
  const add = (topic: string, group: string) => byTopic.set(topic, (byTopic.get(topic) ?? new Set()).add(group));
  for (const group of scene.groups.keys()) {
    const [offsets, connections] = await Promise.all([
      progressOf(oracle, scene.masters, group, null),
      connectionsAt(oracle, [...scene.masters, ...scene.proxies], group),
    ]);
    for (const [{ topic }] of offsets) add(topic, group);
    for (const { connection } of connections)
      for (const topic of connection.subscriptionTable.keys()) add(topic, group);
  }
  return byTopic;
}

type Offsets = Awaited<ReturnType<typeof progressOf>>;

const groupSheet = (offsets: Offsets): Sheet => ({
  // An offset beyond the end is no more than the end.
  consumed: totalOf(offsets.map(([, offset]) => (BigInt(offset.brokerOffset) - waitingOf(offset)).toString())),
  waiting: offsets.reduce((sum, [, offset]) => sum + waitingOf(offset), 0n).toString(),
  lastConsumedAt: timeOrNone(String(Math.max(0, ...offsets.map(([, { lastTimestamp }]) => Number(lastTimestamp))))),
  queues: byKey(
    offsets,
    ([{ brokerName, queueId }]) => `${brokerName}.${queueId}`,
    ([, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]) => ({
      brokerOffset,
      consumerOffset,
      unacked: unackedOf(pullOffset, consumerOffset),
      lastConsumedAt: timeOrNone(lastTimestamp),
    }),
  ),
});

function ofTopic(sides: Sides, { masters, proxies }: Scene, topic: string, groups: ReadonlySet<string>): Question[] {
  const { api, instanceId, oracle } = sides;
  return [
    {
      what: "Topics: groups that consume it",
      subject: topic,
      oracle: () => Promise.resolve(nameSet(groups)),
      console: async () => nameSet((await api.topic.groups({ instanceId, topic })).items.map(({ group }) => group)),
    },
    {
      what: "Topics: how many groups consume it",
      subject: topic,
      oracle: () => Promise.resolve({ groups: groups.size }),
      console: async () => ({ groups: (await api.topic.get({ instanceId, topic })).groups }),
    },
    {
      what: "Topics: progress of groups",
      subject: topic,
      oracle: async () =>
        Object.fromEntries(
          await Promise.all(
            [...groups].map(async (group) => {
              const connections = await connectionsAt(oracle, [...masters, ...proxies], group);
              const offsets = isBroadcasting(connections) ? [] : await progressOf(oracle, masters, group, topic);
              return [group, groupSheet(offsets.filter(([, { consumerOffset }]) => isTold(oracle, consumerOffset)))];
            }),
          ),
        ) as Sheet,
      console: async () => {
        const { items } = await api.topic.groups({ instanceId, topic });
        return byKey(
          items.filter(({ group }) => groups.has(group)),
          ({ group }) => group,
          ({ consumed, lastConsumedAt, queues, ...figures }) => ({
            // Without an offset there is no sum, which the tool says as 0; else one that is missing is no 0.
            consumed: consumed ?? (figures.lagUnknown === null ? null : "0"),
            waiting: has5x(oracle.version)
              ? waitingShown(figures)
              : sumShown(
                  queues.filter(({ consumerOffset }) => isTold(oracle, consumerOffset)).map((queue) => queue.lag),
                ),
            lastConsumedAt,
            queues: byKey(
              queues.filter(({ consumerOffset }) => isTold(oracle, consumerOffset)),
              (queue) => `${queue.brokerName}.${queue.queueId}`,
              ({ brokerOffset, consumerOffset, unacked, lastConsumedAt }) => ({
                brokerOffset,
                consumerOffset: consumerOffset ?? "0",
                unacked,
                lastConsumedAt,
              }),
            ),
          }),
        );
      },
    },
  ];
}

/** Groups of every topic and how far each is with it. */
export async function judgeConsumption(judge: Judge, scene: Scene): Promise<void> {
  const consumers = await consumersByTopic(judge.sides, scene);
  const topics = [...scene.userTopics];
  await judge.compareAll(
    topics.flatMap((topic) => {
      const groups = [...(consumers.get(topic) ?? [])].filter((group) => scene.userGroups.has(group));
      return ofTopic(judge.sides, scene, topic, new Set(groups));
    }),
  );
}

/** The tool's words for a consume state; what it calls consumed is what an offset has passed. */
const STATES: Readonly<Record<string, string>> = {
  CONSUMED: "passed",
  CONSUMED_BUT_FILTERED: "filtered",
  NOT_CONSUME_YET: "toConsume",
  CONSUME_BROADCASTING: "broadcasting",
  NOT_ONLINE: "offline",
};

/** What the console knows besides of a message that an offset has passed. */
const BEYOND_OFFSETS: Readonly<Record<string, string>> = { retry: "passed", consumed: "passed", skipped: "passed" };

/** How far groups are with single messages, as the tool tracks them. */
export async function judgeStates(judge: Judge, messages: readonly Pulled[]): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  await judge.compareAll(
    messages.map((pulled) => {
      const { message } = pulled;
      const { topic, queueId, queueOffset, msgId, storeHost } = message;
      return {
        what: "Messages: consume states",
        subject: `${topic} ${pulled.brokerName} ${queueId} ${queueOffset}`,
        oracle: async () => {
          const tag = message.properties.get("TAGS");
          const bean = {
            topic,
            queueId,
            queueOffset: Number(queueOffset),
            msgId,
            storeHost,
            ...(tag === undefined ? {} : { tags: tag }),
          };
          const tracks = await oracle.ask("messageTrackDetail", [bean]);
          return byKey(
            tracks,
            ({ consumerGroup }) => consumerGroup,
            ({ trackType }) => STATES[trackType] ?? trackType,
          );
        },
        console: async () =>
          byKey(
            (await api.message.groups({ instanceId, ...placeOf(pulled) })).items,
            ({ group }) => group,
            ({ state }) => BEYOND_OFFSETS[state] ?? state,
          ),
      };
    }),
  );
}
