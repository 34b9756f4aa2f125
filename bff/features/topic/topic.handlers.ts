import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { queryAll } from "../../monitor/series.ts";
import { assertTyped } from "../../cluster/plan-lines.ts";
import { startDeletions } from "./topic-deletion.job.ts";
import { topicDeletion, topicDeletions, topicUsers } from "./topic-deletions.ts";
import { topicConfigOnBrokers, topicOverview, topicProducers, topicQueues, topicRoute } from "./topic-detail.ts";
import { exportTopics } from "./topic-export.ts";
import { groupsOfTopic } from "./topic-groups.ts";
import { listTopics, suggestTopics } from "./topic-list.ts";
import { topicCreation, topicUpdate } from "./topic-writes.ts";

/** Where topics can be, and how large. */
async function optionsOf(deps: Deps, instanceId: string) {
  const brokers = await (await deps.clusters.get(instanceId)).brokers();
  return {
    clusterName: brokers[0]?.cluster ?? "",
    brokers: brokers.map(({ brokerName, master }) => ({ brokerName, addr: master ?? null })),
    maxQueuesPerBroker: deps.config.maxQueuesPerBroker,
  };
}

export function topicHandlers(deps: Deps) {
  const { plans } = deps;
  const [creation, update] = [topicCreation(deps), topicUpdate(deps)];
  const [deletion, deletions] = [topicDeletion(deps), topicDeletions(deps)];
  return {
    list: api.topic.list.handler(({ input, signal }) => listTopics(askedBy(deps, signal), input)),
    suggest: api.topic.suggest.handler(({ input, signal }) => suggestTopics(askedBy(deps, signal), input)),
    options: api.topic.options.handler(({ input, signal }) => optionsOf(askedBy(deps, signal), input.instanceId)),
    get: api.topic.get.handler(({ input, signal }) => topicOverview(askedBy(deps, signal), input)),
    queues: api.topic.queues.handler(({ input, signal }) => topicQueues(askedBy(deps, signal), input)),
    groups: api.topic.groups.handler(({ input, signal }) => groupsOfTopic(askedBy(deps, signal), input)),
    producers: api.topic.producers.handler(({ input, signal }) => topicProducers(askedBy(deps, signal), input)),
    route: api.topic.route.handler(({ input, signal }) => topicRoute(askedBy(deps, signal), input)),
    curves: api.topic.curves.handler(async ({ input: { topic, ...query } }) => {
      await deps.clusters.get(query.instanceId);
      deps.monitor.watch(query.instanceId, "person", { topic });
      const match = { topic };
      return queryAll(deps.series, query, [
        { metric: "producer_tps", match },
        { metric: "topic_consumer_tps", match },
      ]);
    }),
    trends: api.topic.trends.handler(async ({ input: { topics: names, ...query } }) => {
      await deps.clusters.get(query.instanceId);
      return deps.series.query({ ...query, metric: "producer_tps", names });
    }),
    config: api.topic.config.handler(({ input, signal }) => topicConfigOnBrokers(askedBy(deps, signal), input)),
    users: api.topic.users.handler(({ input, signal }) => topicUsers(askedBy(deps, signal), input)),
    planCreate: api.topic.planCreate.handler(({ input, context: { user }, signal }) =>
      plans.make(creation, { instanceId: input.instanceId, user }, input, signal),
    ),
    planUpdate: api.topic.planUpdate.handler(({ input, context: { user }, signal }) =>
      plans.make(update, { instanceId: input.instanceId, user }, input, signal),
    ),
    planDelete: api.topic.planDelete.handler(({ input, context: { user }, signal }) =>
      plans.make(deletion, { instanceId: input.instanceId, user }, input, signal),
    ),
    planDeleteMany: api.topic.planDeleteMany.handler(({ input, context: { user }, signal }) =>
      plans.make(deletions, { instanceId: input.instanceId, user }, input, signal),
    ),
    planUndo: api.topic.planUndo.handler(({ input: { topic, ...input }, context: { user }, signal }) =>
      plans.undo(update, { ...input, subject: topic, user }, signal),
    ),
    create: api.topic.create.handler(({ input: { topic, ...input }, context: { user } }) =>
      plans.apply(creation, { ...input, subject: topic, user }),
    ),
    update: api.topic.update.handler(({ input: { topic, ...input }, context: { user } }) =>
      plans.apply(update, { ...input, subject: topic, user }),
    ),
    delete: api.topic.delete.handler(({ input: { topic, name, ...input }, context: { user } }) => {
      assertTyped(name, topic);
      return plans.apply(deletion, { ...input, subject: topic, user });
    }),
    deleteMany: api.topic.deleteMany.handler(({ input, context: { user } }) => startDeletions(deps, input, user)),
    export: api.topic.export.handler(({ input, signal }) => exportTopics(askedBy(deps, signal), input)),
  };
}
