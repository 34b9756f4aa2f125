import { api } from "../../api.ts";
import type { Deps } from "../../deps.ts";
import { Problem } from "../../problem.ts";
import { catalogOf, suggestGroups } from "./group-catalog.ts";
import { checkConsistency, runningInfo } from "./group-clients.ts";
import {
  groupClients,
  groupConfigOnBrokers,
  groupOverview,
  groupProgress,
  groupSubscriptions,
} from "./group-detail.ts";
import { exportGroups } from "./group-export.ts";
import { listGroups } from "./group-list.ts";
import {
  createGroup,
  deleteGroup,
  groupPlanCreate,
  groupPlanDelete,
  groupPlanUpdate,
  updateGroup,
} from "./group-writes.ts";

/** Where groups can be, and what brokers there keep of them. */
async function optionsOf(deps: Deps, instanceId: string) {
  const cluster = await deps.clusters.get(instanceId);
  const [brokers, { keepsRetryPolicy }] = await Promise.all([cluster.brokers(), catalogOf(cluster)]);
  return {
    brokers: brokers.map(({ brokerName, master }) => ({
      brokerName,
      addr: master ?? null,
      keepsRetryPolicy: keepsRetryPolicy.get(brokerName) ?? false,
    })),
  };
}

export const groupHandlers = (deps: Deps) => ({
  list: api.group.list.handler(({ input }) => listGroups(deps, input)),
  suggest: api.group.suggest.handler(async ({ input }) =>
    suggestGroups(await deps.clusters.get(input.instanceId), input.search, input.limit),
  ),
  options: api.group.options.handler(({ input }) => optionsOf(deps, input.instanceId)),
  get: api.group.get.handler(({ input }) => groupOverview(deps, input)),
  progress: api.group.progress.handler(({ input }) => groupProgress(deps, input)),
  clients: api.group.clients.handler(({ input }) => groupClients(deps, input)),
  subscriptions: api.group.subscriptions.handler(({ input }) => groupSubscriptions(deps, input)),
  consistency: api.group.consistency.handler(({ input }) => checkConsistency(deps, input)),
  runningInfo: api.group.runningInfo.handler(({ input }) => runningInfo(deps, input)),
  curves: api.group.curves.handler(async ({ input: { group, ...query } }) => {
    await deps.clusters.get(query.instanceId);
    return deps.curves.series({ kind: "group", name: group }, query);
  }),
  config: api.group.config.handler(({ input }) => groupConfigOnBrokers(deps, input)),
  planCreate: api.group.planCreate.handler(({ input }) => groupPlanCreate(deps, input)),
  planUpdate: api.group.planUpdate.handler(({ input }) => groupPlanUpdate(deps, input)),
  planDelete: api.group.planDelete.handler(({ input }) => groupPlanDelete(deps, input)),
  create: api.group.create.handler(({ input }) => createGroup(deps, input)),
  update: api.group.update.handler(({ input }) => updateGroup(deps, input)),
  export: api.group.export.handler(({ input }) => exportGroups(deps, input)),
  delete: api.group.delete.handler(({ input }) => {
    if (input.name !== input.group) {
      throw new Problem("BAD_REQUEST", { issues: [{ path: "name", message: "name.mismatch" }] });
    }
    return deleteGroup(deps, input);
  }),
});
