import type { Unkept } from "#contract/plan.ts";
import type { TopicDeletion, TopicDeletions } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem, problemOf } from "../../base/problem.ts";
import type { JobKind, RowResult } from "../../jobs/job.ts";
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

/** Deletes topics one by one, each behind the guard of a single deletion; one that is refused does not stop the rest. */
const deletionJob = (deps: Deps): JobKind<Payload> => ({
  kind: "topic.delete",
  action: "topic:delete",
  describe: ({ topics }) => ({ count: topics.length, first: topics[0]?.topic ?? "" }),
  async run(ctx, { instanceId, topics }) {
    ctx.total(topics.length);
    for (const [index, planned] of topics.entries()) {
      if (ctx.signal.aborted) return;
      const n = index + 1;
      await ctx.begin(n, planned.topic);
      try {
        ctx.settle(n, await deleteOne(deps, instanceId, planned));
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) ctx.log.error({ err: error, topic: planned.topic }, "a topic could not be deleted");
        const { users, targets } = problem?.data.params ?? {};
        const detail = [users, targets, problem?.data.remark, problem?.data.address].find((text) => text);
        ctx.settle(n, { state: "failed", code: problem?.code ?? "INTERNAL_SERVER_ERROR", detail: detail?.toString() });
      }
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
