import type { PushAnswer } from "#contract/push.ts";
import { api } from "../../../api/api.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { messagePush, subjectOf } from "./push.ts";
import { pushTargets } from "./push-targets.ts";

export const pushHandlers = (deps: Deps) => ({
  targets: api.push.targets.handler(({ input, signal }) => pushTargets(askedBy(deps, signal), input, signal)),
  plan: api.push.plan.handler(({ input, context: { user }, signal }) =>
    deps.plans.make(messagePush(deps), { ...input, user }, input, signal),
  ),
  run: api.push.run.handler(async ({ input, context: { user } }) => {
    let answer: PushAnswer | null = null;
    const kind = messagePush(deps, (given) => (answer = given));
    const applied = await deps.plans.apply(kind, { ...input, subject: subjectOf(input), user });
    return { ...applied, answer };
  }),
});
