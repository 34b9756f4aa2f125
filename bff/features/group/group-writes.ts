import type { CreateGroup, DeleteGroup, GroupDeletion, GroupOnBroker, GroupPlan } from "#contract/group.ts";
import type { Failure, Outcome } from "#contract/list.ts";
import type { Unkept } from "#contract/plan.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { clientsOf } from "../../cluster/group-connections.ts";
import { groupKindOf } from "../../cluster/names.ts";
import {
  assertBrokers,
  assertChanges,
  hasAsShown,
  linesToUndo,
  outcomesOf,
  writeLines,
} from "../../cluster/plan-lines.ts";
import type { PlanKind, Prepared } from "../../cluster/plans.ts";
import {
  changeGroup,
  connectionsByServer,
  createGroup,
  deleteGroup as deleteEverywhere,
  type GroupConfigPatch,
} from "../../rocketmq/admin/group-admin.ts";
import { deleteTopic, LOOK_AGAIN_MS, lookAgain } from "../../rocketmq/admin/topic-deletion.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { forgetMovesOf } from "../../store/offset-moves.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { readRemarks, writeRemark } from "../../store/remarks.ts";
import type { GroupPlace } from "./group-detail.ts";
import { readStats } from "../../monitor/read-groups.ts";
import { planCreate, planDelete, planUpdate, type GroupAt, type PlanContext, type Update } from "./group-plan.ts";
import { retryAndDlqTopics } from "./group-topics.ts";
import { wirePolicyOf } from "./group.presenter.ts";

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
  const having = await cluster.fanOut(
    masters.targets.filter(({ name }) => !failed.has(name)),
    async ({ brokerName, addr }): Promise<GroupAt> => ({
      brokerName,
      addr,
      entry: configs.find((config) => config.brokerName === brokerName)?.entry ?? null,
      keepsRetryPolicy: await cluster.can(addr, "groupRetryPolicy"),
    }),
  );
  const at = having.items.map(({ value }) => value);
  const target = { namesrvAddrs: cluster.namesrvAddrs, clusterName: brokers[0]?.cluster ?? "" };
  return { cluster, at, target, failures: [...catalog.failures, ...failuresOf(having.failures)] };
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

/** Writes the lines of a plan and its remark, the latter once a broker has the group. */
async function write(deps: Deps, place: GroupPlace, { cluster, at }: Found, shown: Unkept<GroupPlan>) {
  const { changes, failures, remark } = shown;
  const stored = new Map(at.map(({ brokerName, entry }) => [brokerName, entry?.raw]));
  const onBrokers = changes.some(({ change }) => change !== "none");
  const outcomes = onBrokers
    ? await writeLines(cluster, changes, failures, async ({ brokerName, addr, change, after }) => {
        if (after === null) return;
        if (change === "create") await createGroup(cluster, addr, place.group, patchOf(after));
        else
          await changeGroup(cluster, addr, {
            groupName: place.group,
            stored: stored.get(brokerName),
            patch: patchOf(after),
          });
      })
    : [];
  const done = outcomes.length === 0 || outcomes.some(({ ok }) => ok);
  if (remark !== null && done) await keepRemark(deps, place, remark.after);
  forgetWritten(cluster);
  return outcomes;
}

export const groupCreation = (deps: Deps): PlanKind<CreateGroup, GroupPlan> => ({
  kind: "group.create",
  subject: ({ group }) => group,
  async prepare(input, { signal }) {
    const found = await find(askedBy(deps, signal), input);
    assertBrokers(input.brokers, found.at, found.failures);
    const shown = planCreate(input, found);
    return { shown, params: { group: input.group }, apply: () => write(deps, input, found, shown) };
  },
});

/** What asks for the group as it was, where it was changed. */
const restoring = (
  { instanceId, group }: Update,
  { changes, remark }: Pick<GroupPlan, "changes" | "remark">,
): Update => ({
  instanceId,
  group,
  restore: Object.fromEntries(changes.flatMap(({ brokerName, before }) => (before ? [[brokerName, before]] : []))),
  remark: remark?.before,
});

export const groupUpdate = (deps: Deps): PlanKind<Update, GroupPlan> => ({
  kind: "group.update",
  subject: ({ group }) => group,
  async prepare(input, { signal }) {
    const { instanceId, group } = input;
    const found = await find(askedBy(deps, signal), input);
    const remarks = await readRemarks(deps.db, instanceId, "group", [group]);
    const system = groupKindOf(group) === "system";
    const shown = planUpdate(input, found, { system, remark: remarks.get(group) ?? "" });
    return {
      shown,
      params: { group },
      check: () => assertChanges(shown),
      apply: () => write(deps, input, found, shown),
      inverse: (outcomes) => restoring(input, { ...shown, changes: linesToUndo(shown.changes, outcomes) }),
    };
  },
});

async function onlineOf(deps: Deps, cluster: RocketMQCluster, { instanceId, group }: GroupPlace) {
  const connections = await connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId));
  const clients = clientsOf(connections).map(({ clientId, address }) => ({ clientId, address }));
  return { clients, failures: failuresOf(connections.failures) };
}

async function remove(deps: Deps, input: DeleteGroup, { cluster }: Found, { topics }: Unkept<GroupDeletion>) {
  const done = await deleteEverywhere(cluster, input.group, true);
  const outcomes: Outcome[] = outcomesOf(done);
  if (input.withTopics && done.failures.length === 0) {
    for (const { topic } of topics) {
      outcomes.push(...outcomesOf(await deleteTopic(cluster, topic), `${topic} · `));
      lookAgain(cluster, topic, Object.values(LOOK_AGAIN_MS));
    }
  }
  if (done.failures.length === 0) {
    await keepRemark(deps, input, "");
    await forgetMovesOf(deps.db, input).catch((err: unknown) =>
      deps.log.error({ err, group: input.group }, "resets of a group that was deleted are not forgotten"),
    );
  }
  forgetWritten(cluster);
  return outcomes;
}

/** Whether no more would go than was shown: the group with the settings that it had, and of its topics no further messages. */
function isNoMore(shown: Unkept<GroupDeletion>, now: Unkept<GroupDeletion>): boolean {
  const stored = new Map(shown.topics.map((topic) => [topic.topic, BigInt(topic.stored ?? 0)]));
  return (
    shown.blocked === now.blocked &&
    hasAsShown(shown.changes, now.changes) &&
    now.topics.every(({ topic, stored: is }) => BigInt(is ?? 0) <= (stored.get(topic) ?? -1n))
  );
}

/** Deletes a group that nobody is online of; who is, is asked anew when it is applied. */
export const groupDeletion = (deps: Deps): PlanKind<DeleteGroup, GroupDeletion> => ({
  kind: "group.delete",
  subject: ({ group }) => group,
  async prepare(input, { signal }): Promise<Prepared<GroupDeletion>> {
    const asked = askedBy(deps, signal);
    const found = await find(asked, input);
    const [online, topics, stats] = await Promise.all([
      onlineOf(asked, found.cluster, input),
      retryAndDlqTopics(found.cluster, input.group),
      readStats(found.cluster, [{ group: input.group }]),
    ]);
    const failures = failuresOf(found.failures, online.failures, topics.failures, stats.failures);
    const progress = stats.byName.get(input.group);
    const facts = {
      group: input.group,
      system: groupKindOf(input.group) === "system",
      withTopics: input.withTopics,
      clients: online.clients,
      topics: topics.topics,
      lag: progress !== undefined && progress.offsets > 0 ? progress.lag : null,
      neverConsumed: progress?.neverConsumed ?? 0n,
    };
    const shown = planDelete(facts, { ...found, failures });
    const params = {
      group: input.group,
      users: shown.clients.map(({ clientId }) => clientId).join(", "),
      targets: shown.failures.map(({ target }) => target).join(", "),
    };
    return { shown, params, apply: () => remove(deps, input, found, shown) };
  },
  holds: isNoMore,
});
