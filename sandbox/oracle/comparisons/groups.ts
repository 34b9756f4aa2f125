import type { GroupItem } from "#contract/group.ts";
import { has5x } from "../../jars.ts";
import type { SubscriptionGroupConfig } from "../calls.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import { type Oracle, OracleError } from "../oracle.ts";
import { CALL_MS, type MasterAddr, readGroups, type Scene } from "../scene.ts";
import { byKey, nameSet, type Cell, type Sheet } from "../sheet.ts";
import { connectionsAt } from "./clients.ts";
import { allPages, timeOrNone, totalOf } from "./comparison.ts";

const TOPIC_NOT_EXIST = 17;
const SUBSCRIPTION_GROUP_NOT_EXIST = 26;

const first = <V>(configs: ReadonlyMap<string, V>) => [...configs].sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[1];

export function policyOf({ groupRetryPolicy: policy }: SubscriptionGroupConfig): Cell | Sheet {
  if (policy === undefined) return null;
  if (policy.type === "EXPONENTIAL") {
    const { initial, max, multiplier } = policy.exponentialRetryPolicy ?? {};
    return { type: "exponential", initial, max, multiplier };
  }
  const delays = policy.customizedRetryPolicy?.next ?? [];
  return delays.length === 0 ? { type: "default" } : { type: "custom", delays: delays.join() };
}

export function shownPolicy(policy: GroupItem["brokers"][number]["retryPolicy"]): Cell | Sheet {
  if (policy === null || policy.type === "default") return policy;
  if (policy.type === "custom") return { type: "custom", delays: policy.delays.join() };
  const { type, initial, max, multiplier } = policy;
  return { type, initial: String(initial), max: String(max), multiplier: String(multiplier) };
}

export const settingsOf = (config: SubscriptionGroupConfig) => ({
  consumeEnable: config.consumeEnable,
  broadcastEnable: config.consumeBroadcastEnable,
  ordered: config.consumeMessageOrderly ?? false,
  retryMaxTimes: config.retryMaxTimes,
});

export const groupRow = (configs: ReadonlyMap<string, SubscriptionGroupConfig>): Sheet => {
  const one = first(configs);
  return {
    brokers: byKey(
      [...configs],
      ([brokerName]) => brokerName,
      ([, config]) => ({ ...settingsOf(config), retryPolicy: policyOf(config) }),
    ),
    ...(one && settingsOf(one)),
  };
};

const shownRow = ({ brokers, consumeEnable, broadcastEnable, ordered, retryMaxTimes }: GroupItem): Sheet => ({
  brokers: byKey(
    brokers,
    ({ brokerName }) => brokerName,
    ({ brokerName: _, retryPolicy, ...settings }) => ({ ...settings, retryPolicy: shownPolicy(retryPolicy) }),
  ),
  consumeEnable,
  broadcastEnable,
  ordered,
  retryMaxTimes,
});

const listOf = ({ api, instanceId }: Sides) => allPages((page) => api.group.list({ instanceId, fresh: true, ...page }));

function lists(sides: Sides, scene: Scene): Question[] {
  const groups = () => readGroups(sides.oracle, scene.masters);
  return [
    {
      what: "Groups: names",
      subject: "list",
      oracle: async () => nameSet((await groups()).keys()),
      console: async () => nameSet((await listOf(sides)).map(({ group }) => group)),
    },
    {
      what: "Groups: rows of the list",
      subject: "list",
      oracle: async () =>
        Object.fromEntries([...(await groups())].map(([group, configs]) => [group, groupRow(configs)])),
      console: async () => byKey(await listOf(sides), ({ group }) => group, shownRow),
    },
    {
      what: "Groups: made by people",
      subject: "list",
      oracle: async () =>
        Object.fromEntries([...(await groups()).keys()].map((group) => [group, scene.userGroups.has(group)])),
      console: async () =>
        byKey(
          await listOf(sides),
          ({ group }) => group,
          ({ kind }) => kind === "normal",
        ),
    },
  ];
}

/** A field of a configuration as the console shows it: text as it is, the rest as JSON; objects only by being there, for their parts are compared in the rows of the list. */
function shownField(name: string, value: unknown): [string, string][] {
  if (name === "attributes" || value === undefined || value === null) return [];
  return [[name, typeof value === "object" ? "(object)" : typeof value === "string" ? value : JSON.stringify(value)]];
}

const configSheet = (configs: ReadonlyMap<string, SubscriptionGroupConfig>): Sheet =>
  byKey(
    [...configs],
    ([brokerName]) => brokerName,
    ([, config]) => ({
      ...Object.fromEntries(Object.entries(config).flatMap(([name, value]) => shownField(name, value))),
      ...Object.fromEntries([...(config.attributes ?? [])].map(([key, value]) => [`attributes.${key}`, value])),
    }),
  );

const shownConfig = (values: Readonly<Record<string, string>>): Sheet =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, /^[{[]/.test(text) ? "(object)" : text]));

/** The admin client of 4.9 asks one broker for all groups at once, or for one topic. */
async function progressOf4x(oracle: Oracle, { brokerName, addr }: MasterAddr, group: string, topic: string | null) {
  if (topic !== null) {
    try {
      const { offsetTable } = await oracle.ask("examineConsumeStats", [group, topic]);
      return offsetTable.filter(([queue]) => queue.brokerName === brokerName);
    } catch (error) {
      // It finds brokers by the retry topic of the group, which not every group has.
      if (!(error instanceof OracleError) || error.responseCode !== TOPIC_NOT_EXIST) throw error;
    }
  }
  const { consumeStatsList } = await oracle.ask("fetchConsumeStatsInBroker", [addr, false, CALL_MS]);
  const stats = consumeStatsList.flatMap((byGroup) => byGroup.get(group) ?? []);
  return stats.flatMap(({ offsetTable }) => offsetTable.filter(([queue]) => topic === null || queue.topic === topic));
}

/** Offsets of a group at every master; the tool alone finds masters by the retry topic, which not every group has. */
export async function progressOf(oracle: Oracle, masters: readonly MasterAddr[], group: string, topic: string | null) {
  const asked = await Promise.all(
    masters.map(async (master) => {
      if (!has5x(oracle.version)) return progressOf4x(oracle, master, group, topic);
      try {
        return (await oracle.ask("examineConsumeStats", [master.addr, group, topic, CALL_MS])).offsetTable;
      } catch (error) {
        // A master that does not know the group says so; its offsets are none.
        if (error instanceof OracleError && error.responseCode === SUBSCRIPTION_GROUP_NOT_EXIST) return [];
        throw error;
      }
    }),
  );
  return asked.flat();
}

/** Offsets of broadcasting clients are their own: what brokers say of them means nothing. */
export const isBroadcasting = (connections: Awaited<ReturnType<typeof connectionsAt>>) =>
  connections.some(({ connection }) => connection.messageModel === "BROADCASTING");

/**
 * The same over all topics that the group consumes, at every master: those that it has offsets of somewhere, and those that clients online
 * subscribe to. Of a queue without an offset the tool says 0.
 */
export async function wholeProgressOf(oracle: Oracle, { masters, proxies }: Scene, group: string) {
  const [offsets, connections] = await Promise.all([
    progressOf(oracle, masters, group, null),
    connectionsAt(oracle, [...masters, ...proxies], group),
  ]);
  if (isBroadcasting(connections)) return [];
  if (!has5x(oracle.version)) return offsets;
  const subscribed = connections.flatMap(({ connection }) => [...connection.subscriptionTable.keys()]);
  const topics = new Set([...offsets.map(([{ topic }]) => topic), ...subscribed]);
  return (await Promise.all([...topics].map((topic) => progressOf(oracle, masters, group, topic)))).flat();
}

/** What waits in a queue, consumed up to an offset or never: the tool has one figure for both. */
export const waitingOf = ({
  brokerOffset,
  consumerOffset,
}: {
  brokerOffset: string;
  consumerOffset: string;
}): bigint => {
  const left = BigInt(brokerOffset) - BigInt(consumerOffset);
  return left > 0n ? left : 0n;
};

/** The tool of 4.9 cannot be asked for queues that a group has not begun at every master. */
export const isTold = (oracle: Oracle, consumerOffset: string | null) =>
  has5x(oracle.version) || (consumerOffset !== null && consumerOffset !== "0");

function pages(sides: Sides, scene: Scene, group: string): Question[] {
  const { api, instanceId, oracle } = sides;
  const { groups } = scene;
  const progress = async () =>
    (await wholeProgressOf(oracle, scene, group)).filter(([, { consumerOffset }]) => isTold(oracle, consumerOffset));
  return [
    {
      what: "Groups: fields of the configuration",
      subject: group,
      oracle: () => Promise.resolve(configSheet(groups.get(group) ?? new Map())),
      console: async () =>
        byKey(
          (await api.group.config({ instanceId, group })).items,
          ({ brokerName }) => brokerName,
          ({ values }) => shownConfig(values),
        ),
    },
    {
      what: "Groups: progress of queues",
      subject: group,
      oracle: async () =>
        byKey(
          await progress(),
          ([{ topic, brokerName, queueId }]) => `${topic}.${brokerName}.${queueId}`,
          ([, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]) => ({
            brokerOffset,
            consumerOffset,
            waiting: waitingOf({ brokerOffset, consumerOffset }).toString(),
            unacked: unackedOf(pullOffset, consumerOffset),
            lastConsumedAt: timeOrNone(lastTimestamp),
          }),
        ),
      console: async () => {
        const { items } = await api.group.progress({ instanceId, group });
        return byKey(
          items
            .flatMap(({ topic, queues }) => queues.map((queue) => ({ topic, ...queue })))
            .filter(({ consumerOffset }) => isTold(oracle, consumerOffset)),
          ({ topic, brokerName, queueId }) => `${topic}.${brokerName}.${queueId}`,
          ({ topic: _, brokerName: _broker, queueId: _queue, lag, neverConsumed, consumerOffset, ...figures }) => ({
            ...figures,
            consumerOffset: consumerOffset ?? "0",
            waiting: lag ?? neverConsumed,
          }),
        );
      },
    },
    {
      what: "Groups: progress of topics",
      subject: group,
      oracle: async () => {
        const offsets = await progress();
        const topics = new Set(offsets.map(([{ topic }]) => topic));
        return Object.fromEntries(
          [...topics].map((topic) => {
            const queues = offsets.filter(([queue]) => queue.topic === topic);
            const figures = {
              brokerOffset: totalOf(queues.map(([, { brokerOffset }]) => brokerOffset)),
              consumerOffset: totalOf(queues.map(([, { consumerOffset }]) => consumerOffset)),
              lastConsumedAt: timeOrNone(
                String(Math.max(...queues.map(([, { lastTimestamp }]) => Number(lastTimestamp)))),
              ),
            };
            return [topic, figures];
          }),
        );
      },
      console: async () =>
        byKey(
          (await api.group.progress({ instanceId, group })).items.flatMap(({ topic, lastConsumedAt, queues }) => {
            const told = queues.filter(({ consumerOffset }) => isTold(oracle, consumerOffset));
            return told.length === 0 ? [] : [{ topic, lastConsumedAt, queues: told }];
          }),
          ({ topic }) => topic,
          ({ queues, lastConsumedAt }) => ({
            brokerOffset: totalOf(queues.map(({ brokerOffset }) => brokerOffset)),
            consumerOffset: totalOf(queues.map(({ consumerOffset }) => consumerOffset ?? "0")),
            lastConsumedAt,
          }),
        ),
    },
  ];
}

/** Pulled and not acknowledged, where the broker (5.x) says what was pulled. */
export function unackedOf(pullOffset: string | undefined, consumerOffset: string): string | null {
  if (pullOffset === undefined || BigInt(pullOffset) <= 0n) return null;
  const unacked = BigInt(pullOffset) - BigInt(consumerOffset);
  return unacked > 0n ? unacked.toString() : "0";
}

/** The group list and the tabs of every group that say how it is set and how far it is. */
export async function judgeGroups(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  await judge.compareAll(lists(sides, scene));
  await judge.compareAll([...scene.groups.keys()].flatMap((group) => pages(sides, scene, group)));
}
