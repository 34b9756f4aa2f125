import pLimit from "p-limit";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { Consumption, MessagePlace, MessageTold } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { consumeStates, type ConsumeState, type MessagePosition } from "../../rocketmq/admin/consume-state.ts";
import { deadLettersOf, retriesOf } from "../../rocketmq/admin/dead-letters.ts";
import { connectionsAt } from "../../rocketmq/admin/group-admin.ts";
import { isOnlyOne, type MessageIds } from "../../rocketmq/admin/message-copies.ts";
import { TRACE_TOPIC, Traces } from "../../rocketmq/admin/message-trace.ts";
import { retriesOfGroup } from "../../rocketmq/admin/retry-copies.ts";
import { leavesOut } from "../../rocketmq/admin/subscription-filter.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure, Target } from "../../rocketmq/cluster/fan-out.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import type { Delivery } from "../../rocketmq/admin/trace-deliveries.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import type { ConsumerConnection } from "../../rocketmq/rpc/group.ts";
import { onlineClients, presenceOf } from "../../cluster/group-connections.ts";
import { offsetMovesOf } from "../../store/offset-moves.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { judgeMessage, type Facts, type KnownClients } from "./verdict.ts";
import { presentMessage } from "./message.presenter.ts";

/** Whom a verdict is asked of, and for whom. */
export interface Asking {
  deps: Deps;
  instanceId: string;
  cluster: RocketMQCluster;
  proxies: readonly string[];
  traces: Traces;
  signal?: AbortSignal;
}

/** Traces that are read at the same time. */
const TRACES_AT_ONCE = 8;

export async function askingOf(deps: Deps, instanceId: string, signal?: AbortSignal): Promise<Asking> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const traces = new Traces(cluster, { signal });
  return { deps, instanceId, cluster, traces, proxies: await proxyRemotingAddrs(deps.db, instanceId), signal };
}

const positionOf = ({ topic, brokerName, queueId, queueOffset }: MessagePlace): MessagePosition => ({
  topic,
  brokerName,
  queueId,
  queueOffset: BigInt(queueOffset),
});

const placeOf = (copy: StoredMessage): MessagePlace => {
  const { topic, brokerName, queueId, queueOffset } = presentMessage(copy);
  return { topic, brokerName, queueId, queueOffset };
};

interface Connected {
  connections: { target: Target; value: ConsumerConnection }[];
  failures: FanOutFailure[];
}

/** Clients of a group as they tell who serves the messages: the masters that have them, and the proxies. */
async function connectionsOf(
  { cluster, proxies, signal }: Asking,
  group: string,
  messages: readonly MessagePlace[],
): Promise<Connected> {
  const brokers = new Set(messages.map(({ brokerName }) => brokerName));
  const { targets } = await cluster.masters({ signal });
  const servers: Target[] = [
    ...targets.filter(({ brokerName }) => brokers.has(brokerName)),
    ...proxies.map((addr) => ({ name: addr, addr })),
  ];
  const asked = await cluster.fanOut(servers, ({ addr }) => connectionsAt(cluster, addr, group), { signal });
  const connections = asked.items.flatMap(({ target, value }) => (value === undefined ? [] : [{ target, value }]));
  return { connections, failures: asked.failures };
}

function knownClients(asking: Asking, group: string, topic: string, { connections, failures }: Connected) {
  const { clients } = asking.deps.stats.peek(asking.instanceId);
  const presence = presenceOf({ items: connections, failures });
  const count = onlineClients({ items: connections }).length;
  // Who asks these brokers alone sees nobody whom only another broker, or a proxy that was not named, knows.
  const nobody = failures.length === 0 && clients?.isWhole(group) === true && !clients.byName.has(group);
  const swept = clients?.byName.get(group);
  const allTold = swept?.online.every(({ told }) => told?.info?.cut === false) === true;
  const said = connections.filter(({ value }) => value.subscriptionTable.size > 0);
  const subscribes = said.some(({ value }) => value.subscriptionTable.has(topic));
  return {
    online: count > 0 ? count : nobody ? 0 : null,
    broadcasts: presence.messageModel === "BROADCASTING",
    pops: presence.pop,
    subscribed: subscribes || (said.length > 0 && failures.length === 0 ? false : undefined),
    alike: count < 2 || (allTold && !swept.differing.includes(topic)),
    differ: swept?.differing.includes(topic) === true,
    heard: allTold && swept.online.length === count,
  } satisfies KnownClients;
}

/** What the group's clients subscribe to, where all that is known of it leaves the message out. */
async function filterThatLeavesOut(
  { cluster, signal }: Asking,
  { connections }: Connected,
  message: MessageTold,
): Promise<string | null> {
  const { topic, tags: tag } = message;
  const all = connections.flatMap(({ value }) => value.subscriptionTable.get(topic) ?? []);
  const subscriptions = [
    ...new Map(all.map((one) => [`${one.expressionType} ${one.classFilterMode} ${one.subString}`, one])).values(),
  ];
  if (tag === undefined || subscriptions.length === 0) return null;
  for (const subscription of subscriptions)
    if (!(await leavesOut(cluster, subscription, { ...positionOf(message), tag }, { signal }))) return null;
  return subscriptions.map(({ subString }) => subString).join(" · ");
}

/** Whose each queue is, as clients last said of themselves. */
function ownersOf({ deps, instanceId }: Asking, group: string, topic: string): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { clientId, told } of deps.stats.peek(instanceId).clients?.byName.get(group)?.online ?? [])
    for (const queue of told?.info?.queues ?? [])
      if (queue.topic === topic) owners.set(`${queue.brokerName} ${queue.queueId}`, clientId);
  return owners;
}

/** What a group consumes a second in each of its queues, were they all alike; null: not known. */
function perQueue({ deps, instanceId }: Asking, group: string): number | null {
  const queues = deps.stats.peek(instanceId).groups?.byName.get(group)?.offsets;
  const perSecond = deps.findings.consumingOf(instanceId, group);
  return perSecond === null || queues === undefined || queues === 0 ? null : perSecond / queues;
}

/** What a group's clients trace of messages, by their offsetMsgId; of one that shares its id nobody can say which of them it was. */
async function tracedTo({ cluster, traces, signal }: Asking, group: string, messages: readonly MessageIds[]) {
  const byId = new Map<string, readonly Delivery[]>();
  const failures: FanOutFailure[] = [];
  const read = async (message: MessageIds) => {
    try {
      const told = await traces.deliveriesTo(group, message.msgId);
      failures.push(...told.failures);
      if (told.deliveries.length === 0 || !(await isOnlyOne(cluster, message, { signal }))) return;
      byId.set(message.offsetMsgId, told.deliveries);
    } catch (error) {
      signal?.throwIfAborted();
      const known = asRocketMQError(error);
      failures.push({ target: known.address ?? TRACE_TOPIC, error: known });
    }
  };
  await pLimit(TRACES_AT_ONCE).map(
    messages.filter(({ msgId, offsetMsgId }) => msgId !== offsetMsgId),
    read,
  );
  return { byId, failures };
}

const isBehind = ({ state }: ConsumeState) => state === "passed" || state === "beyondEnd";

const idsOf = (messages: readonly MessageTold[]): MessageIds[] =>
  messages.flatMap(({ topic, msgId, offsetMsgId }) =>
    msgId !== undefined && offsetMsgId !== undefined ? [{ topic, msgId, offsetMsgId }] : [],
  );

/** Resets that moved the group, by broker and queue. */
async function movesOf({ deps, instanceId }: Asking, group: string, messages: readonly MessagePlace[]) {
  const byQueue = new Map<string, Facts["moves"][number][]>();
  const queueIds = [...new Set(messages.map(({ queueId }) => queueId))];
  for (const topic of new Set(messages.map((message) => message.topic)))
    for (const move of await offsetMovesOf(deps.db, { instanceId, group, topic }, queueIds)) {
      const key = `${topic} ${move.brokerName} ${move.queueId}`;
      byQueue.set(key, [...(byQueue.get(key) ?? []), move]);
    }
  return byQueue;
}

/**
 * What became of each message with a group. An offset that has passed one tells nothing more, so copies after failures, resets and filters are
 * looked for then. `begins`: where the queue of messages that are gone begins.
 */
export async function verdictsOf(
  asking: Asking,
  group: string,
  messages: readonly MessageTold[],
  begins?: bigint,
): Promise<{ states: Consumption[]; failures: FanOutFailure[] }> {
  const { cluster, signal } = asking;
  const [byOffset, connected] = await Promise.all([
    consumeStates(cluster, group, messages.map(positionOf), { signal }),
    connectionsOf(asking, group, messages),
  ]);
  const topics = [...new Set(messages.map(({ topic }) => topic))];
  const clients = new Map(topics.map((topic) => [topic, knownClients(asking, group, topic, connected)]));
  const owners = new Map(topics.map((topic) => [topic, ownersOf(asking, group, topic)]));
  const nobody: KnownClients = {
    online: null,
    broadcasts: false,
    pops: false,
    subscribed: undefined,
    alike: false,
    differ: false,
    heard: false,
  };
  const clientsOf = ({ topic }: MessagePlace) => clients.get(topic) ?? nobody;
  const stateAt = (index: number): ConsumeState => byOffset.states[index] ?? { state: "unknown" };
  const left = messages.filter((message, index) => isBehind(stateAt(index)) && !clientsOf(message).broadcasts);
  const given = messages.filter(
    (message, index) => isBehind(stateAt(index)) || stateAt(index).state === "pulled" || clientsOf(message).broadcasts,
  );
  const ids = idsOf(left);
  const [dead, retries, traced, moves] = await Promise.all([
    deadLettersOf(cluster, group, ids, { signal }),
    retriesOfGroup(cluster, group, ids, { signal }),
    tracedTo(asking, group, idsOf(given)),
    movesOf(asking, group, begins === undefined ? left : messages),
  ]);
  const copiesKnown = dead.failures.length + retries.failures.length === 0;
  const perSecond = perQueue(asking, group);
  const switchedOffAt = asking.deps.stats.peek(asking.instanceId).groups?.disabledAt.get(group);
  const facts = messages.map((message, index): Facts => {
    const { topic, brokerName, queueId, offsetMsgId = "", msgId } = message;
    const copy = dead.byId.get(offsetMsgId);
    const retry = retries.byId.get(offsetMsgId);
    return {
      offset: BigInt(message.queueOffset),
      storedAt: message.storedAt,
      byOffset: stateAt(index),
      clients: clientsOf(message),
      isDead: topic === DLQ_PREFIX + group,
      deadLetter: copy && { ...placeOf(copy), retries: retriesOf(copy) },
      retry: retry && { ...retry, place: placeOf(retry.copy) },
      traced: traced.byId.get(offsetMsgId) ?? [],
      copiesKnown: copiesKnown && msgId !== undefined && msgId !== offsetMsgId,
      leftOut: null,
      moves: moves.get(`${topic} ${brokerName} ${queueId}`) ?? [],
      switchedOff: switchedOffAt?.includes(brokerName) === true,
      owner: owners.get(topic)?.get(`${brokerName} ${queueId}`),
      perSecond,
      begins,
    };
  });
  // Clients that were not heard may subscribe otherwise.
  const judgedByFilter = connected.failures.length > 0 ? [] : facts.flatMap((one, index) => filterable(one, index));
  await cluster.turns.each(
    judgedByFilter.map((index) => ({ brokerName: messages[index]?.brokerName ?? "", index })),
    async ({ index }) => {
      const [message, one] = [messages[index], facts[index]];
      if (message !== undefined && one !== undefined)
        facts[index] = { ...one, leftOut: await filterThatLeavesOut(asking, connected, message) };
    },
    signal,
  );
  return {
    states: facts.map(judgeMessage),
    failures: [...byOffset.failures, ...connected.failures, ...dead.failures, ...retries.failures, ...traced.failures],
  };
}

/** What a filter could tell of: a message that was passed without a trace of a failure, or that is not reached yet. */
function filterable({ byOffset, isDead, deadLetter, retry }: Facts, index: number): number[] {
  if (isDead || deadLetter !== undefined || retry !== undefined) return [];
  return byOffset.state === "passed" || byOffset.state === "toConsume" ? [index] : [];
}
