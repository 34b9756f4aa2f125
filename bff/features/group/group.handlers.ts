import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { assertTyped } from "../../cluster/plan-lines.ts";
import { suggestGroups } from "../../cluster/group-catalog.ts";
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
import { groupCreation, groupDeletion, groupUpdate } from "./group-writes.ts";

/** Where groups can be, and what brokers there keep of them. */
async function optionsOf(deps: Deps, instanceId: string) {
  const cluster = await deps.clusters.get(instanceId);
  const [brokers, { items }] = await Promise.all([
    cluster.brokers(),
    cluster.onMasters(({ addr }) => cluster.can(addr, "groupRetryPolicy")),
  ]);
  const keeps = new Map(items.map(({ target, value }) => [target.brokerName, value]));
  return {
    brokers: brokers.map(({ brokerName, master }) => ({
      brokerName,
      addr: master ?? null,
      keepsRetryPolicy: keeps.get(brokerName) ?? null,
    })),
  };
}

export function groupHandlers(deps: Deps) {
  const { plans } = deps;
  const [creation, update, deletion] = [groupCreation(deps), groupUpdate(deps), groupDeletion(deps)];
  return {
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
    trends: api.group.trends.handler(async ({ input: { groups: names, ...query } }) => {
      await deps.clusters.get(query.instanceId);
      return deps.series.query({ ...query, metric: "group_diff", names });
    }),
    config: api.group.config.handler(({ input, signal }) => groupConfigOnBrokers(askedBy(deps, signal), input)),
    planCreate: api.group.planCreate.handler(({ input, context: { user }, signal }) =>
      plans.make(creation, { instanceId: input.instanceId, user }, input, signal),
    ),
    planUpdate: api.group.planUpdate.handler(({ input, context: { user }, signal }) =>
      plans.make(update, { instanceId: input.instanceId, user }, input, signal),
    ),
    planDelete: api.group.planDelete.handler(({ input, context: { user }, signal }) =>
      plans.make(deletion, { instanceId: input.instanceId, user }, input, signal),
    ),
    planUndo: api.group.planUndo.handler(({ input: { group, ...input }, context: { user }, signal }) =>
      plans.undo(update, { ...input, subject: group, user }, signal),
    ),
    create: api.group.create.handler(({ input: { group, ...input }, context: { user } }) =>
      plans.apply(creation, { ...input, subject: group, user }),
    ),
    update: api.group.update.handler(({ input: { group, ...input }, context: { user } }) =>
      plans.apply(update, { ...input, subject: group, user }),
    ),
    delete: api.group.delete.handler(({ input: { group, name, ...input }, context: { user } }) => {
      assertTyped(name, group);
      return plans.apply(deletion, { ...input, subject: group, user });
    }),
    export: api.group.export.handler(({ input, signal }) => exportGroups(askedBy(deps, signal), input)),
  };
}
