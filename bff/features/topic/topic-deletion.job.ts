import type { PlannedDeletion } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobKind, RowResult } from "../../jobs/job.ts";
import { problemOf } from "../../base/problem.ts";
import { deletePlanned } from "./topic-deletions.ts";

interface Payload {
  instanceId: string;
  topics: readonly PlannedDeletion[];
}

async function deleteOne(deps: Deps, instanceId: string, planned: PlannedDeletion): Promise<RowResult> {
  const { plan, outcomes } = await deletePlanned(deps, instanceId, planned);
  const stored = plan.stored ?? "0";
  if (outcomes === undefined) {
    const brokers = plan.changes.map(({ brokerName }) => brokerName).join(", ");
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
export const topicDeletion = (deps: Deps): JobKind<Payload> => ({
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
