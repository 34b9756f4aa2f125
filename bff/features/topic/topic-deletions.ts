import pLimit from "p-limit";
import type { Outcome } from "#contract/list.ts";
import type { Unkept } from "#contract/plan.ts";
import { DELETE_MAX, type TopicDeletion, type TopicDeletions, type TopicUsers } from "#contract/topic.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { Problem } from "../../base/problem.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import { hasAsShown, outcomesOf } from "../../cluster/plan-lines.ts";
import type { PlanKind, Prepared } from "../../cluster/plans.ts";
import { Usage } from "../../cluster/topic-users.ts";
import { parseOrderConf, readOrderConf } from "../../rocketmq/admin/order-conf.ts";
import { routedBy, topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { deleteTopic as deleteEverywhere, LOOK_AGAIN_MS, lookAgain } from "../../rocketmq/admin/topic-deletion.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { writeRemark } from "../../store/remarks.ts";
import type { TopicPlace } from "./topic-detail.ts";
import { find, forgetTopic, type Found } from "./topic-found.ts";
import { namesShown, type TopicFilter } from "./topic-list.ts";
import { planDelete } from "./topic-plan.ts";
import { sumsOf } from "../../cluster/topic-since.ts";

/** Topics whose deletion is planned at the same time. */
const PLANS_AT_ONCE = 8;
/** Topics that are planned between two looks at how long the plan has become, and how long it may be: it is kept with its commands, which come again. */
const PLANS_BETWEEN = 64;
const PLAN_LENGTH_MAX = 4 * 2 ** 20;

type Shown = Unkept<TopicDeletion>;

async function usageIn(deps: Deps, instanceId: string, { fresh }: { fresh: boolean }): Promise<Usage> {
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  return new Usage(await deps.clusters.get(instanceId), { proxies, now: deps.now(), fresh });
}

async function remove(
  deps: Deps,
  { instanceId, topic }: TopicPlace,
  { cluster, gone }: Found,
  looksMs: readonly number[],
): Promise<Outcome[]> {
  const done = await deleteEverywhere(cluster, topic, gone);
  lookAgain(cluster, topic, looksMs);
  if (done.failures.length === 0) await writeRemark(deps.db, { instanceId, kind: "topic", name: topic }, "");
  forgetTopic(cluster, topic);
  const following = done.following.map((target): Outcome => ({ target, ok: true, follows: true }));
  return [...outcomesOf(done), ...following];
}

/** `looksMs`: when somebody else than who asked looks at the route again. */
async function prepare(
  deps: Deps,
  place: TopicPlace,
  usage: Usage,
  looksMs: readonly number[] = Object.values(LOOK_AGAIN_MS),
): Promise<Prepared<TopicDeletion>> {
  const found = await find(deps, place);
  const { cluster, state, configs } = found;
  const absent = configs.size === 0 && state.failures.length === 0;
  const reading = topicStats(cluster, place.topic);
  const parts = reading.then((stats) => ({ stats, configs }));
  const [own, stats, orderConf, routes, { failures, ...used }] = await Promise.all([
    ownTopics(cluster),
    reading,
    readOrderConf(cluster, place.topic).then(parseOrderConf, () => null),
    absent ? routedBy(cluster, place.topic) : { namesrvs: [], failures: [] },
    usage.ofTopic(place.topic, parts),
  ]);
  const all = failuresOf(state.failures, stats.failures, routes.failures, failures);
  const order = orderConf && {
    stored: orderConf,
    left: new Map([...orderConf].filter(([name]) => found.gone.includes(name))),
  };
  const facts = {
    topic: place.topic,
    order,
    system: topicKindOf(place.topic, own) === "system",
    stored: stats.failures.length > 0 ? null : sumsOf(stats).stored,
    usage: used,
    routes: routes.namesrvs,
  };
  const shown = planDelete(facts, { ...found, state: { at: state.at, failures: all } });
  const params = {
    topic: place.topic,
    users: shown.users.map(({ group }) => group).join(", "),
    targets: shown.failures.map(({ target }) => target).join(", "),
  };
  return { shown, params, apply: () => remove(deps, place, found, looksMs) };
}

/** Whether a topic still is no more than was shown: it has no further messages, and is on no other brokers. Of several no settings are shown, so they may change. */
export function isNoMore(shown: Shown, now: Shown): boolean {
  const targets = ({ changes, routes }: Shown) => [...changes.map(({ brokerName }) => brokerName), ...routes].sort();
  return (
    shown.blocked === now.blocked &&
    BigInt(now.stored ?? 0) <= BigInt(shown.stored ?? 0) &&
    targets(now).join() === targets(shown).join()
  );
}

/** Of a single topic settings are shown too (queues, permission, type): what has others by now is not what somebody decided to delete. */
export const isAsShown = (shown: Shown, now: Shown): boolean =>
  isNoMore(shown, now) && hasAsShown(shown.changes, now.changes);

/** Deletes a topic that nobody uses; who is online is asked anew when it is applied. */
export const topicDeletion = (deps: Deps): PlanKind<TopicPlace, TopicDeletion> => ({
  kind: "topic.delete",
  subject: ({ topic }) => topic,
  prepare: async (place, { applying, signal }) => {
    const asked = askedBy(deps, signal);
    return prepare(asked, place, await usageIn(asked, place.instanceId, { fresh: applying }));
  },
  holds: isAsShown,
});

interface Several extends TopicFilter {
  instanceId: string;
  /** Left out: all that the filter shows. */
  topics?: readonly string[];
}

async function namesOf(deps: Deps, { instanceId, topics, ...filter }: Several) {
  if (topics !== undefined) return { names: [...new Set(topics)], failures: [] };
  return namesShown(deps, instanceId, filter);
}

/** Plans of topics until they are as much as one plan may be: one on many brokers, or that many use, is long by itself. */
export async function plannedFor(topics: readonly string[], plan: (topic: string) => Promise<Shown>): Promise<Shown[]> {
  const planned: Shown[] = [];
  const limit = pLimit(PLANS_AT_ONCE);
  for (let length = 0; planned.length < topics.length && length < PLAN_LENGTH_MAX;) {
    const some = await limit.map(topics.slice(planned.length, planned.length + PLANS_BETWEEN), plan);
    planned.push(...some);
    length += JSON.stringify(some).length;
  }
  return planned;
}

/** Several under one plan, which a job carries out. */
export const topicDeletions = (deps: Deps): PlanKind<Several, TopicDeletions> => ({
  kind: "topic.deleteMany",
  subject: () => "",
  async prepare(several, { signal }) {
    const asked = askedBy(deps, signal);
    const { instanceId } = several;
    const [usage, { names, failures }] = await Promise.all([
      usageIn(asked, instanceId, { fresh: false }),
      namesOf(asked, several),
    ]);
    const changes = await plannedFor(names.slice(0, DELETE_MAX), async (topic) => {
      return (await prepare(asked, { instanceId, topic }, usage)).shown;
    });
    const going = changes.filter(({ blocked }) => blocked === null);
    return {
      shown: {
        changes,
        blocked: null,
        warnings: [],
        commands: going.flatMap(({ commands }) => commands),
        failures,
        more: names.length - changes.length,
      },
      apply: () => Promise.reject(new Error("Several topics are deleted by a job")),
    };
  },
});

/** One of many: who is online of all groups may have been read some seconds ago, the topic's own groups and clients are asked for now. Its job looks at the route again soon. */
export async function deletePlanned(deps: Deps, instanceId: string, shown: Shown) {
  const place = { instanceId, topic: shown.topic };
  const usage = await usageIn(deps, instanceId, { fresh: false });
  const now = await prepare(deps, place, usage, [LOOK_AGAIN_MS.late]);
  if (now.shown.blocked !== null) throw new Problem(now.shown.blocked, { params: now.params });
  return { now: now.shown, outcomes: isNoMore(shown, now.shown) ? await now.apply(shown) : undefined };
}

/** Who uses a topic now. */
export async function topicUsers(deps: Deps, place: TopicPlace): Promise<TopicUsers> {
  const found = await find(deps, place);
  const usage = await usageIn(deps, place.instanceId, { fresh: false });
  const parts = topicStats(found.cluster, place.topic).then((stats) => ({ stats, configs: found.configs }));
  const { users, failures } = await usage.ofTopic(place.topic, parts);
  return { users, failures: failuresOf(found.state.failures, failures), at: deps.now() };
}
