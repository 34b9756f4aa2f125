import { messageIdsIn, spellingsOf } from "#contract/rules/message-id.ts";
import type { MessageTrace } from "#contract/trace.ts";
import { api } from "../../../api/api.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { isGrpcClient } from "../../../cluster/group-connections.ts";
import { namesOf } from "../../../cluster/topic-catalog.ts";
import { Usage } from "../../../cluster/topic-users.ts";
import { TRACE_TOPIC, traceByKey, traceOf, type TraceRead } from "../../../rocketmq/admin/message-trace.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { proxyRemotingAddrs } from "../../../store/proxies.ts";
import { atField } from "../message-find.ts";
import { storedBySend } from "./stored-message.ts";
import { skewOf } from "./trace-skew.ts";
import { brokenIn, endsIn, groupsIn, messagesIn, recallsIn, sendsIn, stateOf } from "./trace.presenter.ts";

/** Where clients with CLOUD access write, and C++ ones by default. Source: TraceConstants.java, TraceConstant.cpp. */
const TRACE_PREFIX = "rmq_sys_TRACE_DATA_";
const MESSAGES_MAX = 500;

interface ById {
  instanceId: string;
  id: string;
  traceTopic: string;
  topic?: string;
}

/** Ids of hex are looked for as clients write them, and as they were typed. */
async function tracedAs(
  cluster: RocketMQCluster,
  { id: copied, traceTopic, topic }: ById,
  signal?: AbortSignal,
): Promise<{ msgId: string; read: TraceRead }> {
  const [id = "", another] = messageIdsIn(copied, topic);
  if (another !== undefined) throw atField("BAD_REQUEST", "id", "id.several");
  // No index has one with a space.
  if (id === "" || /\s/.test(id)) throw atField("MALFORMED_MESSAGE_ID", "id", "id.malformed");
  const [first = id, other] = spellingsOf(id);
  const read = await traceOf(cluster, { traceTopic, msgId: first }, { signal });
  if (read.records.length > 0 || other === undefined || read.noTopic) return { msgId: first, read };
  const also = await traceOf(cluster, { traceTopic, msgId: other }, { signal });
  const failures = [...read.failures, ...also.failures];
  const found = also.records.length > 0;
  return { msgId: found ? other : first, read: { ...also, failures, cut: read.cut || also.cut } };
}

async function byMessage(deps: Deps, input: ById, signal?: AbortSignal): Promise<MessageTrace> {
  const cluster = await deps.clusters.get(input.instanceId, signal);
  const { msgId, read } = await tracedAs(cluster, input, signal);
  const { records, failures, cut, brokenMessages } = read;
  const sends = sendsIn(records);
  const groups = groupsIn(records, msgId);
  const ends = endsIn(records);
  const recalls = recallsIn(records);
  const { stored, failures: unread } = await storedBySend(cluster, msgId, sends, { signal });
  const deliveries = groups.flatMap((group) => group.deliveries);
  return {
    msgId,
    state: stateOf(read),
    failures: failuresOf(failures, unread),
    cut,
    brokenMessages,
    at: deps.now(),
    stored,
    sends,
    ends,
    recalls,
    groups,
    broken: brokenIn(records, msgId),
    skew: skewOf(sends, deliveries, [...ends, ...recalls], stored?.at),
  };
}

async function byKey(
  deps: Deps,
  { instanceId, key, traceTopic }: { instanceId: string; key: string; traceTopic: string },
  signal?: AbortSignal,
) {
  if (key.includes(" ")) throw atField("BAD_REQUEST", "key", "key.space");
  const cluster = await deps.clusters.get(instanceId, signal);
  const read = await traceByKey(cluster, { traceTopic, key }, { signal });
  const messages = messagesIn(read.records);
  return {
    state: stateOf(read),
    failures: failuresOf(read.failures),
    cut: read.cut || messages.length > MESSAGES_MAX,
    brokenMessages: read.brokenMessages,
    at: deps.now(),
    messages: messages.slice(0, MESSAGES_MAX),
    broken: brokenIn(read.records, key),
  };
}

async function traceTopics(deps: Deps, { instanceId }: { instanceId: string }, signal?: AbortSignal) {
  const names = await namesOf(await deps.clusters.get(instanceId, signal));
  const isForTraces = (topic: string) => topic === TRACE_TOPIC || topic.startsWith(TRACE_PREFIX);
  return { topics: names.map(({ topic }) => topic).filter(isForTraces) };
}

async function clients(deps: Deps, { instanceId, topic }: { instanceId: string; topic: string }, signal?: AbortSignal) {
  const cluster = await deps.clusters.get(instanceId, signal);
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const { items, failures } = await new Usage(cluster, { proxies, now: deps.now(), fresh: false }).consumersOf(topic);
  const grpc = items.filter((one) => one.clients.some(({ clientId }) => isGrpcClient(clientId)));
  return {
    groups: items.map(({ group }) => group),
    grpcGroups: grpc.map(({ group }) => group),
    failures: failuresOf(failures),
  };
}

export const traceHandlers = (deps: Deps) => ({
  byMessage: api.trace.byMessage.handler(({ input, signal }) => byMessage(deps, input, signal)),
  byKey: api.trace.byKey.handler(({ input, signal }) => byKey(deps, input, signal)),
  topics: api.trace.topics.handler(({ input, signal }) => traceTopics(deps, input, signal)),
  clients: api.trace.clients.handler(({ input, signal }) => clients(deps, input, signal)),
});
