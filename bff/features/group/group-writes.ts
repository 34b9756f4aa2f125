import type { CreateGroup, DeleteGroup, GroupOnBroker, GroupPlan, UpdateGroup } from "#contract/group.ts";
import type { Failure, Outcome } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf, Problem } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOut, Target } from "../../rocketmq/cluster/fan-out.ts";
import {
  connectionsByServer,
  deleteGroup as deleteEverywhere,
  writeGroup,
  type GroupConfigPatch,
} from "../../rocketmq/admin/group-admin.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { deleteTopic } from "../../rocketmq/admin/topic-deletion.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { writeRemark } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { clientsOf } from "../../cluster/group-connections.ts";
import type { GroupPlace } from "./group-detail.ts";
import { readStats } from "./group-figures.ts";
import { planCreate, planDelete, planUpdate, type GroupAt, type PlanContext } from "./group-plan.ts";
import { ownTopics } from "./group-topics.ts";
import { wirePolicyOf } from "./group.presenter.ts";
import { groupKindOf } from "../../cluster/names.ts";

interface Found {
  cluster: RocketMQCluster;
  at: GroupAt[];
  target: PlanContext["target"];
  failures: Failure[];
}

/** What each master has of a group now: a write must not build on what was true some seconds ago. */
async function find(deps: Deps, { instanceId, group }: GroupPlace): Promise<Found> {
  const cluster = await deps.clusters.get(instanceId);
  const [catalog, masters, brokers] = await Promise.all([
    catalogOf(cluster, true),
    cluster.masters(),
    cluster.brokers(),
  ]);
  const configs = catalog.groups.find((known) => known.group === group)?.configs ?? [];
  const failed = new Set(catalog.failures.map(({ target }) => target));
  const at = masters.targets
    .filter(({ name }) => !failed.has(name))
    .map(({ brokerName, addr }): GroupAt => ({
      brokerName,
      addr,
      entry: configs.find((config) => config.brokerName === brokerName)?.entry ?? null,
      keepsRetryPolicy: catalog.keepsRetryPolicy.get(brokerName) ?? false,
    }));
  const target = { namesrvAddrs: cluster.namesrvAddrs, clusterName: brokers[0]?.cluster ?? "" };
  return { cluster, at, target, failures: catalog.failures };
}

function assertBrokers(brokers: readonly string[], { at, failures }: Found): void {
  const known = new Set([...at.map(({ brokerName }) => brokerName), ...failures.map(({ target }) => target)]);
  if (brokers.every((name) => known.has(name))) return;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}

function assertAllowed(group: string, plan: GroupPlan): void {
  if (plan.blocked === null) return;
  const users = plan.clients.map(({ clientId }) => clientId).join(", ");
  const targets = plan.failures.map(({ target }) => target).join(", ");
  throw new Problem(plan.blocked, { params: { group, name: group, users, targets } });
}

async function onlineOf(deps: Deps, cluster: RocketMQCluster, { instanceId, group }: GroupPlace) {
  const connections = await connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
  const clients = clientsOf(connections).map(({ clientId, address }) => ({ clientId, address }));
  return { clients, failures: failuresOf(connections.failures) };
}

const outcomesOf = ({ items, failures }: FanOut<Target, unknown>, prefix = ""): Outcome[] => [
  ...items.map(({ target }): Outcome => ({ target: prefix + target.name, ok: true })),
  ...failures.map(({ target, error }): Outcome => ({
    target: prefix + target,
    ok: false,
    failure: failureOf(prefix + target, error),
  })),
];

/** Writes what a plan says at each broker; those that could not even be read are failures of the same kind. */
async function apply(
  cluster: RocketMQCluster,
  plan: GroupPlan,
  write: (addr: string, after: GroupOnBroker) => Promise<void>,
): Promise<Outcome[]> {
  const targets = plan.changes.flatMap(({ brokerName, addr, change, after }) =>
    change === "none" || after === null ? [] : [{ name: brokerName, addr, after }],
  );
  const written = await cluster.fanOut(targets, ({ addr, after }) => write(addr, after));
  return [
    ...outcomesOf(written),
    ...plan.failures.map((failure): Outcome => ({ target: failure.target, ok: false, failure })),
  ].sort((a, b) => a.target.localeCompare(b.target));
}

/** Fields as brokers name them; one that a broker is too old for is not sent to it. */
function patchOf(after: GroupOnBroker): GroupConfigPatch {
  const { consumeEnable, broadcastEnable, ordered, retryMaxTimes, retryPolicy } = after;
  const patch = { consumeEnable, consumeBroadcastEnable: broadcastEnable, retryMaxTimes };
  if (retryPolicy === null) return patch;
  return { ...patch, consumeMessageOrderly: ordered, groupRetryPolicy: wirePolicyOf(retryPolicy) };
}

const keepRemark = (deps: Deps, { instanceId, group }: GroupPlace, remark: string) =>
  writeRemark(deps.db, { instanceId, kind: "group", name: group }, remark);

async function planCreateOf(deps: Deps, input: CreateGroup) {
  const found = await find(deps, input);
  assertBrokers(input.brokers, found);
  return { found, plan: planCreate(input, { ...found, clients: [] }) };
}

export const groupPlanCreate = async (deps: Deps, input: CreateGroup): Promise<GroupPlan> =>
  (await planCreateOf(deps, input)).plan;

export async function createGroup(deps: Deps, input: CreateGroup): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planCreateOf(deps, input);
  assertAllowed(input.group, plan);
  const outcomes = await apply(found.cluster, plan, (addr, after) =>
    writeGroup(found.cluster, addr, { groupName: input.group, patch: patchOf(after) }),
  );
  if (outcomes.some(({ ok }) => ok)) await keepRemark(deps, input, input.remark);
  forgetWritten(found.cluster);
  return { outcomes };
}

async function planUpdateOf(deps: Deps, input: UpdateGroup, withClients: boolean) {
  const found = await find(deps, input);
  const clients = withClients ? (await onlineOf(deps, found.cluster, input)).clients : [];
  const plan = planUpdate(input, { ...found, clients });
  const system = groupKindOf(input.group) === "system";
  return { found, plan: system ? { ...plan, blocked: "SYSTEM_RESOURCE" as const } : plan };
}

export const groupPlanUpdate = async (deps: Deps, input: UpdateGroup): Promise<GroupPlan> =>
  (await planUpdateOf(deps, input, true)).plan;

export async function updateGroup(deps: Deps, input: UpdateGroup): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planUpdateOf(deps, input, false);
  assertAllowed(input.group, plan);
  const { instanceId: _instance, group, remark, ...settings } = input;
  const onBrokers = Object.values(settings).some((value) => value !== undefined);
  const outcomes = onBrokers
    ? await apply(found.cluster, plan, (addr, after) =>
        writeGroup(found.cluster, addr, { groupName: group, patch: patchOf(after) }),
      )
    : [];
  if (remark !== undefined) await keepRemark(deps, input, remark);
  forgetWritten(found.cluster);
  return { outcomes };
}

async function planDeleteOf(deps: Deps, input: DeleteGroup) {
  const found = await find(deps, input);
  const { cluster } = found;
  const [online, topics, stats] = await Promise.all([
    onlineOf(deps, cluster, input),
    ownTopics(cluster, input.group),
    readStats(cluster, [input.group]),
  ]);
  const failures = failuresOf(found.failures, online.failures, topics.failures);
  const of = stats.byName.get(input.group);
  const facts = {
    group: input.group,
    system: groupKindOf(input.group) === "system",
    withTopics: input.withTopics,
    topics: topics.topics,
    lag: of?.hasOffsets === true ? of.lag : null,
  };
  const plan = planDelete(facts, { ...found, clients: online.clients, failures });
  return { found, plan };
}

export const groupPlanDelete = async (deps: Deps, input: DeleteGroup): Promise<GroupPlan> =>
  (await planDeleteOf(deps, input)).plan;

/** Deletes a group that nobody is online of; the guard is asked again, since a plan may be old. */
export async function deleteGroup(deps: Deps, input: DeleteGroup): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planDeleteOf(deps, input);
  const { cluster } = found;
  assertAllowed(input.group, plan);
  const done = await deleteEverywhere(cluster, input.group, true);
  const outcomes = outcomesOf(done);
  if (input.withTopics && done.failures.length === 0) {
    for (const { topic } of plan.topics) outcomes.push(...outcomesOf(await deleteTopic(cluster, topic), `${topic} · `));
  }
  if (done.failures.length === 0) await keepRemark(deps, input, "");
  forgetWritten(cluster);
  return { outcomes };
}
