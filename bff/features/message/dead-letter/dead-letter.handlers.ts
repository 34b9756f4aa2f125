import { api } from "../../../api/api.ts";
import type { Deps } from "../../../api/deps.ts";
import { atField } from "../message-find.ts";
import { deadLetterExport } from "./dead-letter-export.job.ts";
import { findDeadLetters } from "./dead-letter-find.ts";
import { deadLetterGroups } from "./dead-letter-groups.ts";
import { listDeadLetters } from "./dead-letter-list.ts";
import { originalOfDeadLetter } from "./dead-letter-original.ts";

export function deadLetterHandlers(deps: Deps) {
  const exporting = deadLetterExport(deps);
  return {
    groups: api.deadLetter.groups.handler(({ input, signal }) => deadLetterGroups(deps, input, signal)),
    list: api.deadLetter.list.handler(({ input, signal }) => listDeadLetters(deps, input, signal)),
    byId: api.deadLetter.byId.handler(({ input, signal }) => findDeadLetters(deps, input, signal)),
    original: api.deadLetter.original.handler(({ input, signal }) => originalOfDeadLetter(deps, input, signal)),
    export: api.deadLetter.export.handler(async ({ input, context }) => {
      if (input.from > input.to) throw atField("BAD_REQUEST", "to", "range.reversed");
      await deps.clusters.get(input.instanceId);
      const by = { instanceId: input.instanceId, user: context.user };
      const { id } = await deps.jobs.start(exporting, input, by);
      return { jobId: id };
    }),
  };
}
