import pLimit from "p-limit";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Failure, Names } from "#contract/list.ts";
import type { Consumption, MessagePlace, MessageTold } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { consumeStates, type ConsumeState, type MessagePosition } from "../../rocketmq/admin/consume-state.ts";
import { deadLettersOf, retriesOf } from "../../rocketmq/admin/dead-letters.ts";
import { connectionsAt } from "../../rocketmq/admin/group-admin.ts";
import { leavesOut } from "../../rocketmq/admin/subscription-filter.ts";
import { topicGroups } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure, Target } from "../../rocketmq/cluster/fan-out.ts";
import type { ConsumerConnection } from "../../rocketmq/rpc/group.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { messageAt } from "./message-queue.ts";
import { presentMessage } from "./message.presenter.ts";

/** Groups that are asked about at the same time. */
const GROUPS_AT_ONCE = 16;

interface Asking {
  cluster: RocketMQCluster;
  proxies: readonly string[];
  signal?: AbortSignal;
}

const positionOf = ({ topic, brokerName, queueId, queueOffset }: MessagePlace): MessagePosition => ({
  topic,
  brokerName,
  queueId,
  queueOffset: BigInt(queueOffset),
});

const present = ({ state, committed, end }: ConsumeState): Consumption => ({
  state,
  committed: committed?.toString() ?? null,
  end: end?.toString() ?? null,
  subscription: null,
  deadLetter: null,
});

/** Clients of a group as they tell who serves the messages: the masters that have them, and the proxies. */
async function connectionsOf(
  { cluster, proxies, signal }: Asking,
  group: string,
  messages: readonly MessagePlace[],
): Promise<{ connections: ConsumerConnection[]; failures: FanOutFailure[] }> {
  const brokers = new Set(messages.map(({ brokerName }) => brokerName));
  const { targets } = await cluster.masters({ signal });
  const servers: Target[] = [
    ...targets.filter(({ brokerName }) => brokers.has(brokerName)),
    ...proxies.map((addr) => ({ name: addr, addr })),
  ];
  const asked = await cluster.fanOut(servers, ({ addr }) => connectionsAt(cluster, addr, group), { signal });
  return { connections: asked.items.flatMap(({ value }) => value ?? []), failures: asked.failures };
}

/** What the group's clients subscribe to, where all that is known of it leaves the message out. */
async function filterThatLeavesOut(
  { cluster, signal }: Asking,
  connections: readonly ConsumerConnection[],
  message: MessageTold,
): Promise<string | null> {
  const { topic, tags: tag } = message;
  const all = connections.flatMap(({ subscriptionTable }) => subscriptionTable.get(topic) ?? []);
  const subscriptions = [
    ...new Map(all.map((one) => [`${one.expressionType} ${one.classFilterMode} ${one.subString}`, one])).values(),
  ];
  if (tag === undefined || subscriptions.length === 0) return null;
  for (const subscription of subscriptions)
    if (!(await leavesOut(cluster, subscription, { ...positionOf(message), tag }, { signal }))) return null;
  return subscriptions.map(({ subString }) => subString).join(" · ");
}

/** What is known of each message for a group: an offset that has passed it tells nothing more, so dead letters and filters are looked at then. */
async function consumptionsOf(
  asking: Asking,
  group: string,
  messages: readonly MessageTold[],
): Promise<{ states: Consumption[]; failures: FanOutFailure[] }> {
  const { cluster, signal } = asking;
  const [byOffset, clients] = await Promise.all([
    consumeStates(cluster, group, messages.map(positionOf), { signal }),
    connectionsOf(asking, group, messages),
  ]);
  const states = byOffset.states.map(present);
  const broadcasts = clients.connections.some(({ messageModel }) => messageModel === "BROADCASTING");
  const isLeftBehind = (index: number) => !broadcasts && ["passed", "beyondEnd"].includes(states[index]?.state ?? "");
  const ids = messages.flatMap(({ topic, msgId, offsetMsgId }, index) =>
    msgId !== undefined && offsetMsgId !== undefined && isLeftBehind(index) ? [{ topic, msgId, offsetMsgId }] : [],
  );
  const dead = await deadLettersOf(cluster, group, ids, { signal });
  const byBroker = (message: MessageTold, index: number): Consumption => {
    const known = states[index] ?? present({ state: "unknown" });
    if (message.topic === DLQ_PREFIX + group) return { ...known, state: "deadLetter" };
    if (broadcasts) return { ...known, state: "broadcasting" };
    const copy = dead.byId.get(message.offsetMsgId ?? "");
    if (copy !== undefined) {
      const { topic, brokerName, queueId, queueOffset } = presentMessage(copy);
      const deadLetter = { topic, brokerName, queueId, queueOffset, retries: retriesOf(copy) };
      return { ...known, state: "deadLetter", deadLetter };
    }
    return known;
  };
  const told = messages.map(byBroker);
  // Clients that were not heard may subscribe otherwise.
  const passed = told.flatMap((known, index) => {
    const message = clients.failures.length === 0 && known.state === "passed" ? messages[index] : undefined;
    return message === undefined ? [] : [{ brokerName: message.brokerName, index, known, message }];
  });
  await cluster.turns.each(
    passed,
    async ({ index, known, message }) => {
      const subscription = await filterThatLeavesOut(asking, clients.connections, message);
      if (subscription !== null) told[index] = { ...known, state: "filtered", subscription };
    },
    signal,
  );
  return {
    states: told,
    failures: [...byOffset.failures, ...clients.failures, ...dead.failures],
  };
}

async function askingOf(deps: Deps, instanceId: string, signal?: AbortSignal): Promise<Asking> {
  const cluster = await deps.clusters.get(instanceId, signal);
  return { cluster, proxies: await proxyRemotingAddrs(deps.db, instanceId), signal };
}

export async function statesOf(
  deps: Deps,
  { instanceId, group, messages }: { instanceId: string; group: string; messages: MessageTold[] },
  signal?: AbortSignal,
): Promise<{ states: Consumption[]; failures: Failure[] }> {
  const { states, failures } = await consumptionsOf(await askingOf(deps, instanceId, signal), group, messages);
  return { states, failures: failuresOf(failures) };
}

async function groupsOf(cluster: RocketMQCluster, topic: string) {
  const { groups, failures } = await topicGroups(cluster, topic);
  // A retry or dead letter topic belongs to one group, whether it has consumed from it or not.
  const owner = [RETRY_PREFIX, DLQ_PREFIX].flatMap((prefix) =>
    topic.startsWith(prefix) ? [topic.slice(prefix.length)] : [],
  );
  return { groups: [...new Set([...owner, ...groups])].sort(), failures: failuresOf(failures) };
}

export async function groupNamesOf(
  deps: Deps,
  { instanceId, topic }: { instanceId: string; topic: string },
  signal?: AbortSignal,
): Promise<Names> {
  const { groups, failures } = await groupsOf(await deps.clusters.get(instanceId, signal), topic);
  return { names: groups, failures };
}

export async function messageGroups(
  deps: Deps,
  place: MessagePlace & { instanceId: string },
  signal?: AbortSignal,
): Promise<{ items: (Consumption & { group: string })[]; failures: Failure[] }> {
  const asking = await askingOf(deps, place.instanceId, signal);
  const [{ groups, failures }, { message }] = await Promise.all([
    groupsOf(asking.cluster, place.topic),
    messageAt(asking.cluster, place, signal),
  ]);
  const told = presentMessage(message);
  const asked = await pLimit(GROUPS_AT_ONCE).map(groups, async (group) => ({
    group,
    ...(await consumptionsOf(asking, group, [told])),
  }));
  return {
    items: asked.flatMap(({ group, states }) => states.map((state) => ({ group, ...state }))),
    failures: failuresOf(failures, ...asked.map((one) => one.failures)),
  };
}
