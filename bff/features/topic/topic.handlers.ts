import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { queryAll } from "../../monitor/series.ts";
import { topicDeletion } from "./topic-deletion.job.ts";
import { deleteTopic, topicPlanDelete, topicPlanDeleteMany } from "./topic-deletions.ts";
import { topicConfigOnBrokers, topicOverview, topicProducers, topicQueues, topicRoute } from "./topic-detail.ts";
import { exportTopics } from "./topic-export.ts";
import { groupsOfTopic } from "./topic-groups.ts";
import { listTopics, suggestTopics } from "./topic-list.ts";
import { createTopic, topicPlanCreate, topicPlanUpdate, updateTopic } from "./topic-writes.ts";

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
  const deletion = topicDeletion(deps);
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
    config: api.topic.config.handler(({ input, signal }) => topicConfigOnBrokers(askedBy(deps, signal), input)),
    planCreate: api.topic.planCreate.handler(({ input, signal }) => topicPlanCreate(askedBy(deps, signal), input)),
    planUpdate: api.topic.planUpdate.handler(({ input, signal }) => topicPlanUpdate(askedBy(deps, signal), input)),
    planDelete: api.topic.planDelete.handler(({ input, signal }) => topicPlanDelete(askedBy(deps, signal), input)),
    planDeleteMany: api.topic.planDeleteMany.handler(async ({ input, signal }) => ({
      items: await topicPlanDeleteMany(askedBy(deps, signal), input),
    })),
    create: api.topic.create.handler(({ input }) => createTopic(deps, input)),
    update: api.topic.update.handler(({ input }) => updateTopic(deps, input)),
    delete: api.topic.delete.handler(({ input }) => {
      if (input.name !== input.topic) {
        throw new Problem("BAD_REQUEST", { issues: [{ path: "name", message: "name.mismatch" }] });
      }
      return deleteTopic(deps, input);
    }),
    deleteMany: api.topic.deleteMany.handler(async ({ input, context }) => {
      const topics = [...new Map(input.topics.map((planned) => [planned.topic, planned])).values()];
      if (input.count !== topics.length) {
        throw new Problem("BAD_REQUEST", { issues: [{ path: "count", message: "count.mismatch" }] });
      }
      await deps.clusters.get(input.instanceId);
      const { id } = await deps.jobs.start(
        deletion,
        { instanceId: input.instanceId, topics },
        { instanceId: input.instanceId, user: context.user },
      );
      return { jobId: id };
    }),
    export: api.topic.export.handler(({ input, signal }) => exportTopics(askedBy(deps, signal), input)),
  };
}
