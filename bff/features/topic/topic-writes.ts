import type { Outcome } from "#contract/list.ts";
import type { CreateTopic, TopicPlan, UpdateTopic } from "#contract/topic.ts";
import type { Deps } from "../../deps.ts";
import { failureOf, Problem } from "../../problem.ts";
import type { RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import { forgetWritten } from "../../rocketmq/admin/per-cluster.ts";
import {
  deleteTopic as deleteEverywhere,
  keepsAttributes,
  topicConfigs,
  topicStats,
  writeOrderConf,
  writeTopic,
} from "../../rocketmq/admin/topic-admin.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { writeRemark } from "../../store/remarks.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { failuresOf, ownNames } from "./topic-catalog.ts";
import type { TopicPlace } from "./topic-detail.ts";
import { planCreate, planDelete, planUpdate, type PlanContext, type TopicState } from "./topic-plan.ts";
import { consumersOf, producersOf, usersOfProducers } from "./topic-users.ts";
import { kindOf } from "./topic.presenter.ts";

/** A sender that no broker lists as a producer counts as present for so long: gRPC clients are known to no broker. */
const RECENT_MS = 60_000;

interface Found {
  cluster: RocketMQCluster;
  state: TopicState;
  /** Configurations as they are on the wire, by broker: an update must repeat what it does not change. */
  configs: ReadonlyMap<string, TopicConfig>;
  target: PlanContext["target"];
  gone: string[];
}

async function find(deps: Deps, { instanceId, topic }: TopicPlace): Promise<Found> {
  const cluster = await deps.clusters.get(instanceId);
  const [asked, groups] = await Promise.all([topicConfigs(cluster, [topic]), cluster.brokers()]);
  const configs = new Map<string, TopicConfig>();
  const at = asked.items.map(({ target, value }) => {
    const config = value.get(topic) ?? null;
    if (config !== null) configs.set(target.brokerName, config);
    return {
      brokerName: target.brokerName,
      addr: target.addr,
      config,
      keepsTypes: keepsAttributes(cluster, target.addr),
    };
  });
  return {
    cluster,
    state: { at, failures: failuresOf(asked.failures) },
    configs,
    target: { namesrvAddrs: cluster.namesrvAddrs, clusterName: groups[0]?.cluster ?? "" },
    gone: deps.sampler.goneMasters(instanceId),
  };
}

function assertQueues(deps: Deps, queues: Record<string, number | undefined>): void {
  const max = deps.config.maxQueuesPerBroker;
  const issues = Object.entries(queues)
    .filter(([, value]) => value !== undefined && value > max)
    .map(([path]) => ({ path, message: "queues.tooMany" }));
  if (issues.length > 0) throw new Problem("BAD_REQUEST", { issues, params: { max } });
}

function assertBrokers(input: CreateTopic, { state }: Found): void {
  const known = new Set([...state.at.map((at) => at.brokerName), ...state.failures.map((f) => f.target)]);
  if (input.brokers.every((name) => known.has(name))) return;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}

function assertAllowed(topic: string, plan: TopicPlan): void {
  if (plan.blocked === null) return;
  const names = plan.users.map((user) => user.group).join(", ");
  const targets = plan.failures.map((failure) => failure.target).join(", ");
  throw new Problem(plan.blocked, { params: { topic, name: topic, users: names, targets } });
}

async function planCreateOf(deps: Deps, input: CreateTopic): Promise<{ found: Found; plan: TopicPlan }> {
  assertQueues(deps, { queues: input.queues });
  const found = await find(deps, input);
  assertBrokers(input, found);
  return { found, plan: planCreate(input, { ...found, users: [] }) };
}

export const topicPlanCreate = async (deps: Deps, input: CreateTopic): Promise<TopicPlan> =>
  (await planCreateOf(deps, input)).plan;

/** Writes what a plan says at each broker; those that could not even be read are failures of the same kind. */
async function apply(
  cluster: RocketMQCluster,
  plan: TopicPlan,
  write: (addr: string, change: TopicPlan["changes"][number]) => Promise<void>,
): Promise<Outcome[]> {
  const targets = plan.changes
    .filter(({ change }) => change !== "none")
    .map((change) => ({ name: change.brokerName, addr: change.addr, change }));
  const written = await cluster.fanOut(targets, ({ addr, change }) => write(addr, change));
  return [
    ...written.items.map(({ target }): Outcome => ({ target: target.name, ok: true })),
    ...written.failures.map(({ target, error }): Outcome => ({ target, ok: false, failure: failureOf(target, error) })),
    ...plan.failures.map((failure): Outcome => ({ target: failure.target, ok: false, failure })),
  ].sort((a, b) => a.target.localeCompare(b.target));
}

/** Clients learn the queues of an ordered topic from the name servers, so that a lost broker does not move its keys. */
async function keepOrderConf(cluster: RocketMQCluster, topic: string, plan: TopicPlan): Promise<Outcome[]> {
  const ordered = plan.changes.flatMap(({ after }) => (after?.order === true ? [after] : []));
  if (ordered.length === 0) return [];
  const value = ordered.map((after) => `${after.brokerName}:${after.writeQueues}`).join(";");
  const { failures } = await writeOrderConf(cluster, topic, value);
  return failures.map(({ target, error }) => ({ target, ok: false, failure: failureOf(target, error) }));
}

export async function createTopic(deps: Deps, input: CreateTopic): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planCreateOf(deps, input);
  const { cluster } = found;
  assertAllowed(input.topic, plan);
  const outcomes = await apply(cluster, plan, (addr) =>
    writeTopic(cluster, addr, {
      topic: input.topic,
      readQueueNums: input.queues,
      writeQueueNums: input.queues,
      perm: input.perm,
      order: input.order,
      attributes: keepsAttributes(cluster, addr) ? [`+message.type=${input.messageType}`] : undefined,
    }),
  );
  if (outcomes.some((outcome) => outcome.ok)) {
    outcomes.push(...(await keepOrderConf(cluster, input.topic, plan)));
    await writeRemark(deps.db, { instanceId: input.instanceId, kind: "topic", name: input.topic }, input.remark);
  }
  changed(cluster, input.topic);
  return { outcomes };
}

function changed(cluster: RocketMQCluster, topic: string): void {
  cluster.forgetRoute(topic);
  forgetWritten(cluster);
}

async function planUpdateOf(
  deps: Deps,
  input: UpdateTopic,
  withUsers: boolean,
): Promise<{ found: Found; plan: TopicPlan }> {
  const { readQueues, writeQueues } = input;
  const found = await find(deps, input);
  const most = (of: (config: TopicConfig) => number) => Math.max(0, ...[...found.configs.values()].map(of));
  // What was made larger elsewhere may stay as large as it is.
  assertQueues(deps, {
    readQueues: readQueues !== undefined && readQueues > most((c) => c.readQueueNums) ? readQueues : undefined,
    writeQueues: writeQueues !== undefined && writeQueues > most((c) => c.writeQueueNums) ? writeQueues : undefined,
  });
  const { cluster } = found;
  const own = await ownNames(cluster);
  const [stats, users] = await Promise.all([
    topicStats(cluster, input.topic),
    withUsers ? usersOf(deps, cluster, input).then((u) => u.users) : [],
  ]);
  const storedBeyond = (brokerName: string, queues: number) =>
    stats.items
      .filter((item) => item.target.brokerName === brokerName)
      .flatMap(({ value }) => value.offsetTable)
      .filter(([{ queueId }]) => queueId >= queues)
      .reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
  const plan = planUpdate(input, { ...found, users }, storedBeyond);
  return { found, plan: kindOf(input.topic, own) === "system" ? { ...plan, blocked: "SYSTEM_RESOURCE" } : plan };
}

export const topicPlanUpdate = async (deps: Deps, input: UpdateTopic): Promise<TopicPlan> =>
  (await planUpdateOf(deps, input, true)).plan;

export async function updateTopic(deps: Deps, input: UpdateTopic): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planUpdateOf(deps, input, false);
  const { cluster, configs } = found;
  assertAllowed(input.topic, plan);
  const onBrokers = [input.readQueues, input.writeQueues, input.perm].some((field) => field !== undefined);
  const written = onBrokers ? plan : { ...plan, changes: [], failures: [] };
  const outcomes = await apply(cluster, written, async (addr, { brokerName, after }) => {
    const stored = configs.get(brokerName);
    if (stored === undefined || after === null) return;
    await writeTopic(cluster, addr, {
      topic: input.topic,
      readQueueNums: after.readQueues,
      writeQueueNums: after.writeQueues,
      perm: after.perm,
      order: stored.order,
      topicFilterType: stored.topicFilterType,
      topicSysFlag: stored.topicSysFlag,
    });
  });
  if (outcomes.some((outcome) => outcome.ok)) outcomes.push(...(await keepOrderConf(cluster, input.topic, plan)));
  if (input.remark !== undefined) {
    await writeRemark(deps.db, { instanceId: input.instanceId, kind: "topic", name: input.topic }, input.remark);
  }
  changed(cluster, input.topic);
  return { outcomes };
}

async function usersOf(deps: Deps, cluster: RocketMQCluster, { instanceId, topic }: TopicPlace) {
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const [consumers, producers] = await Promise.all([consumersOf(cluster, topic, proxies), producersOf(cluster, topic)]);
  const since = deps.now() - RECENT_MS;
  return {
    users: [...usersOfProducers(producers.items), ...consumers.items],
    offline: consumers.offline,
    unknownSenders: producers.items
      .filter((producer) => producer.group === null && producer.lastSentAt >= since)
      .map(({ address, lastSentAt }) => ({
        address,
        secondsAgo: Math.max(0, Math.round((deps.now() - lastSentAt) / 1000)),
      })),
    failures: failuresOf([...consumers.failures, ...producers.failures]),
  };
}

async function planDeleteOf(deps: Deps, place: TopicPlace): Promise<{ found: Found; plan: TopicPlan }> {
  const found = await find(deps, place);
  const { cluster, state } = found;
  const [own, users, stats] = await Promise.all([
    ownNames(cluster),
    usersOf(deps, cluster, place),
    topicStats(cluster, place.topic),
  ]);
  const stored = stats.items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
  const failures = new Map([...state.failures, ...users.failures].map((failure) => [failure.target, failure]));
  const facts = {
    topic: place.topic,
    system: kindOf(place.topic, own) === "system",
    stored,
    groupsOffline: users.offline.length,
    unknownSenders: users.unknownSenders,
  };
  const context = { ...found, state: { at: state.at, failures: [...failures.values()] }, users: users.users };
  return { found, plan: planDelete(facts, context) };
}

export const topicPlanDelete = async (deps: Deps, place: TopicPlace): Promise<TopicPlan> =>
  (await planDeleteOf(deps, place)).plan;

/** Deletes a topic that nobody uses; the guard is asked again, since a plan may be old. */
export async function deleteTopic(deps: Deps, place: TopicPlace): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planDeleteOf(deps, place);
  assertAllowed(place.topic, plan);
  const done = await deleteEverywhere(found.cluster, place.topic);
  const outcomes = [
    ...done.items.map(({ target }): Outcome => ({ target: target.name, ok: true })),
    ...done.failures.map(({ target, error }): Outcome => ({ target, ok: false, failure: failureOf(target, error) })),
  ];
  if (done.failures.length === 0) {
    await writeRemark(deps.db, { instanceId: place.instanceId, kind: "topic", name: place.topic }, "");
  }
  changed(found.cluster, place.topic);
  return { outcomes };
}
