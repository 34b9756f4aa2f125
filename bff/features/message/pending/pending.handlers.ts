import { api } from "../../../api/api.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { discardedMessages, halfMessages } from "./half.ts";
import { messageRecall, subjectOf } from "./recall.ts";
import { halfResume } from "./resume.ts";
import { timedMessages } from "./timed.ts";

export function pendingHandlers(deps: Deps) {
  const recall = messageRecall(deps);
  const resume = halfResume(deps);
  return {
    half: api.pending.half.handler(({ input, signal }) => halfMessages(askedBy(deps, signal), input, signal)),
    discarded: api.pending.discarded.handler(({ input, signal }) =>
      discardedMessages(askedBy(deps, signal), input, signal),
    ),
    timed: api.pending.timed.handler(({ input, signal }) => timedMessages(askedBy(deps, signal), input, signal)),
    planRecall: api.pending.planRecall.handler(({ input, context: { user }, signal }) =>
      deps.plans.make(recall, { ...input, user }, input, signal),
    ),
    recall: api.pending.recall.handler(({ input, context: { user } }) =>
      deps.plans.apply(recall, { ...input, subject: subjectOf(input), user }),
    ),
    planResume: api.pending.planResume.handler(({ input, context: { user }, signal }) =>
      deps.plans.make(resume, { ...input, user }, input, signal),
    ),
    resume: api.pending.resume.handler(({ input, context: { user } }) =>
      deps.plans.apply(resume, { ...input, subject: subjectOf(input), user }),
    ),
  };
}
