import type { Deps } from "../../deps.ts";
import type { JobKind } from "../../jobs/job.ts";
import { problemOf } from "../../problem.ts";
import { deleteTopic } from "./topic-writes.ts";

interface Payload {
  instanceId: string;
  topics: readonly string[];
}

/** Deletes topics one by one, each behind the guard of a single deletion; one that is refused does not stop the rest. */
export const topicDeletion = (deps: Deps): JobKind<Payload> => ({
  kind: "topic.delete",
  action: "topic:delete",
  describe: ({ topics }) => ({ count: topics.length, first: topics[0] ?? "" }),
  async run(ctx, { instanceId, topics }) {
    ctx.total(topics.length);
    for (const [index, topic] of topics.entries()) {
      if (ctx.signal.aborted) return;
      const n = index + 1;
      await ctx.begin(n, topic);
      try {
        const { outcomes } = await deleteTopic(deps, { instanceId, topic });
        const failed = outcomes.find((outcome) => !outcome.ok)?.failure;
        const detail = failed === undefined ? undefined : [failed.target, failed.remark].filter(Boolean).join(": ");
        ctx.settle(n, { state: failed === undefined ? "ok" : "failed", code: failed?.code, detail });
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) ctx.log.error({ err: error, topic }, "a topic could not be deleted");
        const { users, targets } = problem?.data.params ?? {};
        const detail = [users, targets, problem?.data.remark, problem?.data.address].find((text) => text);
        ctx.settle(n, { state: "failed", code: problem?.code ?? "INTERNAL_SERVER_ERROR", detail: detail?.toString() });
      }
    }
  },
});
