import pLimit from "p-limit";
import type { Outcome } from "#contract/list.ts";
import type { PlannedDeletion, TopicDeletion } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf } from "../../base/problem.ts";
import { topicStats, routedBy } from "../../rocketmq/admin/topic-admin.ts";
import { deleteTopic as deleteEverywhere } from "../../rocketmq/admin/topic-deletion.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { writeRemark } from "../../store/remarks.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import type { TopicPlace } from "./topic-detail.ts";
import { assertAllowed, changed, find, type Found } from "./topic-found.ts";
import { planDelete } from "./topic-plan.ts";
import { sumsOf } from "./topic-since.ts";
import { Usage } from "../../cluster/topic-users.ts";

/** Topics whose deletion is planned at the same time. */
const PLANS_AT_ONCE = 8;

async function usageIn(deps: Deps, instanceId: string, fresh = false): Promise<Usage> {
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  return new Usage(await deps.clusters.get(instanceId), { proxies, now: deps.now(), fresh });
}

async function planOf(deps: Deps, place: TopicPlace, usage: Usage): Promise<{ found: Found; plan: TopicDeletion }> {
  const found = await find(deps, place);
  const { cluster, state, configs } = found;
  const absent = configs.size === 0 && state.failures.length === 0;
  const [own, stats, routes] = await Promise.all([
    ownTopics(cluster),
    topicStats(cluster, place.topic),
    absent ? routedBy(cluster, place.topic) : { namesrvs: [], failures: [] },
  ]);
  const { users, failures, ...used } = await usage.of(place.topic, { stats, configs });
  const all = failuresOf(state.failures, stats.failures, routes.failures, failures);
  const facts = {
    topic: place.topic,
    system: topicKindOf(place.topic, own) === "system",
    stored: stats.failures.length > 0 ? null : sumsOf(stats).stored,
    usage: used,
    routes: routes.namesrvs,
  };
  return { found, plan: planDelete(facts, { ...found, state: { at: state.at, failures: all }, users }) };
}

export async function topicPlanDelete(deps: Deps, place: TopicPlace): Promise<TopicDeletion> {
  return (await planOf(deps, place, await usageIn(deps, place.instanceId))).plan;
}

export async function topicPlanDeleteMany(
  deps: Deps,
  { instanceId, topics }: { instanceId: string; topics: readonly string[] },
): Promise<TopicDeletion[]> {
  const usage = await usageIn(deps, instanceId);
  return pLimit(PLANS_AT_ONCE).map([...new Set(topics)], async (topic) => {
    return (await planOf(deps, { instanceId, topic }, usage)).plan;
  });
}

/** Whether a topic has become more than was shown: it has further messages, or is on other brokers. */
export function outgrew(planned: PlannedDeletion, { changes, stored }: TopicDeletion): boolean {
  const brokers = changes.map(({ brokerName }) => brokerName).sort();
  return BigInt(stored ?? 0) > BigInt(planned.stored) || brokers.join() !== planned.brokers.toSorted().join();
}

interface Deleted {
  plan: TopicDeletion;
  /** Left out: it was no longer as planned, and nothing was done. */
  outcomes?: Outcome[];
}

async function remove(deps: Deps, place: TopicPlace, { found, plan }: { found: Found; plan: TopicDeletion }) {
  const done = await deleteEverywhere(found.cluster, place.topic, found.gone);
  const outcomes = [
    ...done.items.map(({ target }): Outcome => ({ target: target.name, ok: true })),
    ...done.following.map((target): Outcome => ({ target, ok: true, follows: true })),
    ...done.failures.map(({ target, error }): Outcome => ({ target, ok: false, failure: failureOf(target, error) })),
  ];
  if (done.failures.length === 0) {
    await writeRemark(deps.db, { instanceId: place.instanceId, kind: "topic", name: place.topic }, "");
  }
  changed(found.cluster, place.topic);
  return { plan, outcomes };
}

/** Deletes a topic that nobody uses; the guard is asked again, since a plan may be old. */
export async function deleteTopic(deps: Deps, place: TopicPlace): Promise<{ outcomes: Outcome[] }> {
  const planned = await planOf(deps, place, await usageIn(deps, place.instanceId, true));
  assertAllowed(place.topic, planned.plan);
  const { outcomes } = await remove(deps, place, planned);
  return { outcomes };
}

/** One of many: who is online of all groups may have been read some seconds ago, the topic's own groups and clients are asked for now. */
export async function deletePlanned(deps: Deps, instanceId: string, planned: PlannedDeletion): Promise<Deleted> {
  const place = { instanceId, topic: planned.topic };
  const now = await planOf(deps, place, await usageIn(deps, instanceId));
  assertAllowed(place.topic, now.plan);
  return outgrew(planned, now.plan) ? { plan: now.plan } : remove(deps, place, now);
}
