import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { storedSpan } from "../../rocketmq/admin/queue-offsets.ts";
import { offsetReset, subjectOf } from "./reset.ts";

export function offsetHandlers(deps: Deps) {
  const kind = offsetReset(deps);
  return {
    span: api.offset.span.handler(async ({ input: { instanceId, topic }, signal }) => {
      const { clusters, now } = askedBy(deps, signal);
      const { failures, ...span } = await storedSpan(await clusters.get(instanceId), topic);
      return { ...span, failures: failuresOf(failures), at: now() };
    }),
    planReset: api.offset.planReset.handler(({ input, context: { user }, signal }) =>
      deps.plans.make(kind, { ...input, user }, { ...input, who: user.username }, signal),
    ),
    planUndo: api.offset.planUndo.handler(({ input, context: { user }, signal }) =>
      deps.plans.undo(kind, { ...input, subject: subjectOf(input), user }, signal),
    ),
    reset: api.offset.reset.handler(({ input, context: { user } }) =>
      deps.plans.apply(kind, { ...input, subject: subjectOf(input), user }),
    ),
  };
}
