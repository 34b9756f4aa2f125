import { METRICS, type Metric } from "#contract/metrics.ts";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { queryAll } from "../../monitor/series.ts";
import { orAborted } from "../../rocketmq/remoting/abort.ts";
import { countClients } from "./clients.ts";
import { presentBroker, presentLags, presentMessages, presentSummary } from "./overview.presenter.ts";

/** Age up to which what was swept is shown without waiting for a new sweep; nobody looked for as long as that. */
const SWEPT_MAX_AGE_MS = 30_000;

export const overviewHandlers = ({ monitor, stats, clusters, now }: Deps) => {
  const rows = api.overview;
  return {
    summary: rows.summary.handler(async ({ input, signal }) =>
      presentSummary(await orAborted(monitor.sighting(input.instanceId), signal)),
    ),
    clients: rows.clients.handler(async ({ input, signal }) => ({
      ...(await countClients(await clusters.get(input.instanceId, signal))),
      at: now(),
    })),
    brokers: rows.brokers.handler(async ({ input, signal }) => {
      const sighting = await orAborted(monitor.sighting(input.instanceId), signal);
      const { failures, at } = presentSummary(sighting);
      return { brokers: sighting.brokers.map(presentBroker), failures, at };
    }),
    messages: rows.messages.handler(async ({ input: { instanceId }, signal }) => {
      const topics = await orAborted(stats.topics(instanceId, { maxAgeMs: SWEPT_MAX_AGE_MS }), signal);
      return presentMessages(topics, await orAborted(monitor.sighting(instanceId), signal));
    }),
    lags: rows.lags.handler(async ({ input: { instanceId }, signal }) =>
      presentLags(
        await orAborted(stats.groups(instanceId, { maxAgeMs: SWEPT_MAX_AGE_MS }), signal),
        stats.peek(instanceId).clients,
      ),
    ),
  };
};

export const historyHandlers = ({ series, clusters }: Deps) => ({
  series: api.history.series.handler(async ({ input: { metrics, by, ...query } }) => {
    await clusters.get(query.instanceId);
    const sum = (metric: Metric) => by === "cluster" && METRICS[metric].unit !== "ratio";
    return queryAll(
      series,
      query,
      metrics.map((metric) => ({ metric, sum: sum(metric) })),
    );
  }),
});
