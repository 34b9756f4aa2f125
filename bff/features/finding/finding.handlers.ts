import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";

export const findingHandlers = (deps: Deps) => ({
  list: api.finding.list.handler(async ({ input: { instanceId, ...subject }, signal }) => {
    await askedBy(deps, signal).clusters.get(instanceId);
    return deps.findings.of(instanceId, subject);
  }),
});
