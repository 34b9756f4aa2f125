import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { catalogOf, suggestGroups } from "../../cluster/group-catalog.ts";
import { queryAll } from "../../monitor/series.ts";
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
      keepsRetryPolicy: keepsRetryPolicy.get(brokerName) ?? null,
    })),
  };
}

export const groupHandlers = (deps: Deps) => ({
  list: api.group.list.handler(({ input, signal }) => listGroups(askedBy(deps, signal), input)),
  suggest: api.group.suggest.handler(async ({ input, signal }) =>
    suggestGroups(await deps.clusters.get(input.instanceId, signal), input),
  ),
  options: api.group.options.handler(({ input, signal }) => optionsOf(askedBy(deps, signal), input.instanceId)),
  get: api.group.get.handler(({ input, signal }) => groupOverview(askedBy(deps, signal), input)),
  progress: api.group.progress.handler(({ input, signal }) => groupProgress(askedBy(deps, signal), input)),
  clients: api.group.clients.handler(({ input, signal }) => groupClients(askedBy(deps, signal), input)),
  subscriptions: api.group.subscriptions.handler(({ input, signal }) =>
    groupSubscriptions(askedBy(deps, signal), input),
  ),
  consistency: api.group.consistency.handler(({ input, signal }) => checkConsistency(askedBy(deps, signal), input)),
  runningInfo: api.group.runningInfo.handler(({ input, signal }) => runningInfo(askedBy(deps, signal), input)),
  curves: api.group.curves.handler(async ({ input: { group, ...query } }) => {
    await deps.clusters.get(query.instanceId);
    deps.monitor.watch(query.instanceId, "person", { group });
    const match = { group };
    return queryAll(deps.series, query, [
      { metric: "consumer_tps", match },
      { metric: "group_diff", match },
    ]);
  }),
  config: api.group.config.handler(({ input, signal }) => groupConfigOnBrokers(askedBy(deps, signal), input)),
  planCreate: api.group.planCreate.handler(({ input, signal }) => groupPlanCreate(askedBy(deps, signal), input)),
  planUpdate: api.group.planUpdate.handler(({ input, signal }) => groupPlanUpdate(askedBy(deps, signal), input)),
  planDelete: api.group.planDelete.handler(({ input, signal }) => groupPlanDelete(askedBy(deps, signal), input)),
  create: api.group.create.handler(({ input }) => createGroup(deps, input)),
  update: api.group.update.handler(({ input }) => updateGroup(deps, input)),
  export: api.group.export.handler(({ input, signal }) => exportGroups(askedBy(deps, signal), input)),
  delete: api.group.delete.handler(({ input }) => {
    if (input.name !== input.group) {
      throw new Problem("BAD_REQUEST", { issues: [{ path: "name", message: "name.mismatch" }] });
    }
    return deleteGroup(deps, input);
  }),
});
