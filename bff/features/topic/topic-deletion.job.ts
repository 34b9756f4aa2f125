import { setTimeout } from "node:timers/promises";
import type { Unkept } from "#contract/plan.ts";
import type { TopicDeletion, TopicDeletions } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem, problemOf } from "../../base/problem.ts";
import type { JobContext, JobKind, RowResult } from "../../jobs/job.ts";
import { deleteRouteAgain, LOOK_AGAIN_MS } from "../../rocketmq/admin/topic-deletion.ts";
import { deletePlanned, topicDeletions } from "./topic-deletions.ts";

interface Payload {
  instanceId: string;
  topics: readonly Unkept<TopicDeletion>[];
}

async function deleteOne(deps: Deps, instanceId: string, shown: Unkept<TopicDeletion>): Promise<RowResult> {
  const { now, outcomes } = await deletePlanned(deps, instanceId, shown);
  const stored = now.stored ?? "0";
  if (outcomes === undefined) {
    const brokers = now.changes.map(({ brokerName }) => brokerName).join(", ");
    return { state: "failed", code: "outgrew", detail: `${stored} · ${brokers}` };
  }
  const failed = outcomes.find((outcome) => !outcome.ok)?.failure;
  if (failed !== undefined) {
    const detail = [failed.target, failed.remark].filter(Boolean).join(": ");
    return { state: "failed", code: failed.code, detail };
  }
  return { state: "ok", ...(stored === "0" ? {} : { code: "lost", detail: stored }), data: { stored } };
}

/** What a row of a deleted topic says once its route was looked at again, or that it was not: it is deleted all the same. */
async function routeGone(
  deps: Deps,
  instanceId: string,
  topic: string,
  done: RowResult,
  { signal, log }: JobContext,
): Promise<RowResult> {
  try {
    await setTimeout(LOOK_AGAIN_MS.soon, undefined, { signal });
  } catch {
    return { ...done, code: "notLookedAgain" };
  }
  try {
    const cluster = await deps.clusters.get(instanceId);
    const { cameBack, failures } = await deleteRouteAgain(cluster, topic);
    const data = { ...done.data, ...(cameBack ? { cameBack } : {}) };
    const [failed] = failures;
    if (failed === undefined) return cameBack ? { ...done, code: "cameBack", data } : done;
    const detail = [failed.target, failed.error.remark ?? failed.error.code].join(": ");
    return { state: cameBack ? "failed" : "ok", code: cameBack ? "routeStays" : "routeUnknown", detail, data };
  } catch (error) {
    log.warn({ err: error, topic }, "the route of a deleted topic was not looked at again");
    return { ...done, code: "routeUnknown", detail: problemOf(error)?.code };
  }
}

function failedBy(ctx: JobContext, topic: string, error: unknown): RowResult {
  const problem = problemOf(error);
  if (problem === undefined) ctx.log.error({ err: error, topic }, "a topic could not be deleted");
  const { users, targets } = problem?.data.params ?? {};
  const detail = [users, targets, problem?.data.remark, problem?.data.address].find((text) => text);
  return { state: "failed", code: problem?.code ?? "INTERNAL_SERVER_ERROR", detail: detail?.toString() };
}

/** Deletes topics one by one, each behind the guard of a single deletion; one that is refused does not stop the rest. */
const deletionJob = (deps: Deps): JobKind<Payload> => ({
  kind: "topic.delete",
  action: "topic:delete",
  describe: ({ topics }) => ({ count: topics.length, first: topics[0]?.topic ?? "" }),
  async run(ctx, { instanceId, topics }) {
    ctx.total(topics.length);
    const looks: Promise<void>[] = [];
    const settle = async (n: number, result: Promise<RowResult>) => ctx.settle(n, await result);
    try {
      for (const [index, planned] of topics.entries()) {
        if (ctx.signal.aborted) break;
        const n = index + 1;
        const { topic } = planned;
        await ctx.begin(n, topic);
        const done = await deleteOne(deps, instanceId, planned).catch((error: unknown) => failedBy(ctx, topic, error));
        // Others go on while a broker may still bring back its route.
        if (done.state === "ok") looks.push(settle(n, routeGone(deps, instanceId, topic, done, ctx)));
        else ctx.settle(n, done);
      }
    } finally {
      await Promise.all(looks);
    }
  },
});

/** Begins what was planned: those that were not blocked then. `count` is typed to confirm. */
export async function startDeletions(
  deps: Deps,
  { instanceId, planId, count }: { instanceId: string; planId: string; count: number },
  user: { username: string },
): Promise<{ jobId: string }> {
  const { changes } = await deps.plans.take(
    topicDeletions(deps),
    { instanceId, planId, subject: "", user },
    (shown) => {
      if (going(shown).length === count) return;
      throw new Problem("BAD_REQUEST", { issues: [{ path: "count", message: "count.mismatch" }] });
    },
  );
  const { id } = await deps.jobs.start(
    deletionJob(deps),
    { instanceId, topics: going({ changes }) },
    { instanceId, user },
  );
  return { jobId: id };
}

const going = ({ changes }: Pick<TopicDeletions, "changes">) => changes.filter(({ blocked }) => blocked === null);
