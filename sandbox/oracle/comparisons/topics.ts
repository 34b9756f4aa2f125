import type { TopicItem } from "#contract/topic.ts";
import type { TopicConfig } from "../calls.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import { readTopics, type Scene } from "../scene.ts";
import { byKey, nameSet, type Sheet } from "../sheet.ts";
import { allPages, timeOrNone, totalOf } from "./comparison.ts";

export const messageTypeOf = ({ attributes }: TopicConfig) => attributes?.get("message.type") ?? "NORMAL";

export const onBrokers = (configs: ReadonlyMap<string, TopicConfig>): Sheet =>
  byKey(
    [...configs],
    ([brokerName]) => brokerName,
    ([, config]) => ({
      readQueues: config.readQueueNums,
      writeQueues: config.writeQueueNums,
      perm: config.perm,
      order: config.order,
      messageType: messageTypeOf(config),
    }),
  );

/** A list row from the configurations of the official tools. */
function rowOf(configs: ReadonlyMap<string, TopicConfig>): Sheet {
  const all = [...configs].sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = (of: (config: TopicConfig) => number) =>
    all.length === 0 ? null : all.reduce((n, [, config]) => n + of(config), 0);
  const settings = (config: TopicConfig) =>
    [config.readQueueNums, config.writeQueueNums, config.perm, config.order, messageTypeOf(config)].join();
  const [, first] = all[0] ?? [];
  return {
    brokers: onBrokers(configs),
    readQueues: sum((config) => config.readQueueNums),
    writeQueues: sum((config) => config.writeQueueNums),
    perm: first?.perm ?? null,
    order: first?.order ?? null,
    messageType: first ? messageTypeOf(first) : null,
    differs: new Set(all.map(([, config]) => settings(config))).size > 1,
  };
}

const shownRow = (item: TopicItem): Sheet => ({
  brokers: byKey(
    item.brokers,
    ({ brokerName }) => brokerName,
    ({ brokerName: _, ...config }) => config,
  ),
  readQueues: item.readQueues,
  writeQueues: item.writeQueues,
  perm: item.perm,
  order: item.order,
  messageType: item.messageType,
  differs: item.differs,
});

const configSheet = (configs: ReadonlyMap<string, TopicConfig>): Sheet =>
  byKey(
    [...configs],
    ([brokerName]) => brokerName,
    ([, config]) => ({
      topicName: config.topicName,
      readQueueNums: String(config.readQueueNums),
      writeQueueNums: String(config.writeQueueNums),
      perm: String(config.perm),
      topicFilterType: config.topicFilterType,
      topicSysFlag: String(config.topicSysFlag),
      order: String(config.order),
      ...Object.fromEntries([...(config.attributes ?? [])].map(([key, value]) => [`attributes.${key}`, value])),
    }),
  );

const listOf = ({ api, instanceId }: Sides) => allPages((page) => api.topic.list({ instanceId, fresh: true, ...page }));

/** Names, rows and kinds of the list. */
function lists(sides: Sides, scene: Scene): Question[] {
  const topics = () => readTopics(sides.oracle, scene.masters);
  return [
    {
      what: "Topics: names",
      subject: "list",
      // Some only a name server knows, until a broker registers them or somebody deletes them.
      oracle: async () => {
        const { topicList } = await sides.oracle.ask("fetchAllTopicList", []);
        return nameSet([...(await topics()).keys(), ...topicList]);
      },
      console: async () => nameSet((await listOf(sides)).map(({ topic }) => topic)),
    },
    {
      what: "Topics: rows of the list",
      subject: "list",
      oracle: async () => {
        const [configs, { topicList }] = await Promise.all([topics(), sides.oracle.ask("fetchAllTopicList", [])]);
        const names = new Set([...configs.keys(), ...topicList]);
        return Object.fromEntries([...names].map((topic) => [topic, rowOf(configs.get(topic) ?? new Map())]));
      },
      console: async () => byKey(await listOf(sides), ({ topic }) => topic, shownRow),
    },
    {
      what: "Topics: made by people",
      subject: "list",
      oracle: async () =>
        Object.fromEntries([...(await topics()).keys()].map((topic) => [topic, scene.userTopics.has(topic)])),
      console: async () =>
        byKey(
          (await listOf(sides)).filter(({ brokers }) => brokers.length > 0),
          ({ topic }) => topic,
          ({ kind }) => kind === "normal",
        ),
    },
  ];
}

type Stats = Awaited<ReturnType<typeof statsOf>>;
export const statsOf = async ({ oracle }: Pick<Sides, "oracle">, topic: string) =>
  (await oracle.ask("examineTopicStats", [topic])).offsetTable;

export const stored = (stats: Stats) =>
  totalOf(stats.map(([, { minOffset, maxOffset }]) => String(BigInt(maxOffset) - BigInt(minOffset))));

function figures(sides: Sides, topic: string, configs: ReadonlyMap<string, TopicConfig>): Question[] {
  const { api, instanceId } = sides;
  return [
    {
      what: "Topics: offsets and times of queues",
      subject: topic,
      oracle: async () =>
        byKey(
          await statsOf(sides, topic),
          ([queue]) => `${queue.brokerName}.${queue.queueId}`,
          ([, { minOffset, maxOffset, lastUpdateTimestamp }]) => ({
            minOffset,
            maxOffset,
            lastUpdate: timeOrNone(lastUpdateTimestamp),
          }),
        ),
      console: async () =>
        byKey(
          (await api.topic.queues({ instanceId, topic })).items,
          ({ brokerName, queueId }) => `${brokerName}.${queueId}`,
          ({ minOffset, maxOffset, lastUpdate }) => ({ minOffset, maxOffset, lastUpdate }),
        ),
    },
    {
      what: "Topics: stored, ever stored, last stored",
      subject: topic,
      oracle: async () => {
        const stats = await statsOf(sides, topic);
        const times = stats.map(([, { lastUpdateTimestamp }]) => Number(lastUpdateTimestamp));
        return {
          stored: stored(stats),
          historical: totalOf(stats.map(([, { maxOffset }]) => maxOffset)),
          lastStoredAt: timeOrNone(String(Math.max(0, ...times))),
        };
      },
      console: async () => {
        const overview = await api.topic.get({ instanceId, topic });
        return { stored: overview.stored, historical: overview.historical, lastStoredAt: overview.lastStoredAt };
      },
    },
    {
      what: "Topics: route",
      subject: topic,
      oracle: async () => {
        const route = await sides.oracle.ask("examineTopicRouteInfo", [topic]);
        const brokers = new Map(route.brokerDatas.map((data) => [data.brokerName, data]));
        return byKey(
          route.queueDatas,
          ({ brokerName }) => brokerName,
          ({ brokerName, readQueueNums, writeQueueNums, perm }) => ({
            cluster: brokers.get(brokerName)?.cluster,
            addrs: Object.fromEntries(brokers.get(brokerName)?.brokerAddrs ?? []),
            readQueues: readQueueNums,
            writeQueues: writeQueueNums,
            perm,
          }),
        );
      },
      console: async () =>
        byKey(
          (await api.topic.route({ instanceId, topic })).items,
          ({ brokerName }) => brokerName,
          ({ cluster, addrs, readQueues, writeQueues, perm }) => ({
            cluster,
            addrs: byKey(
              addrs,
              ({ brokerId }) => brokerId,
              ({ addr }) => addr,
            ),
            readQueues,
            writeQueues,
            perm,
          }),
        ),
    },
    {
      what: "Topics: fields of the configuration",
      subject: topic,
      oracle: async () => configSheet(configs),
      console: async () =>
        byKey(
          (await api.topic.config({ instanceId, topic })).items,
          ({ brokerName }) => brokerName,
          ({ values }) => values,
        ),
    },
  ];
}

/** The topic list and the tabs of every topic. */
export async function judgeTopics(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  await judge.compareAll(lists(sides, scene));
  await judge.compareAll([...scene.topics].flatMap(([topic, configs]) => figures(sides, topic, configs)));
}
