import { api } from "../../api.ts";
import type { Deps } from "../../deps.ts";
import { countClients } from "./clients.ts";
import { presentBroker, presentLags, presentMessages, presentSummary } from "./overview.presenter.ts";

/** Age up to which what was swept is shown without waiting for a new sweep; nobody looked for as long as that. */
const SWEPT_MAX_AGE_MS = 30_000;

export const overviewHandlers = ({ sampler, stats, clusters, now }: Deps) => {
  const rows = api.overview;
  return {
    summary: rows.summary.handler(async ({ input }) => presentSummary(await sampler.look(input.instanceId))),
    clients: rows.clients.handler(async ({ input }) => ({
      ...(await countClients(await clusters.get(input.instanceId))),
      at: now(),
    })),
    brokers: rows.brokers.handler(async ({ input }) => {
      const look = await sampler.look(input.instanceId);
      const { failures, at } = presentSummary(look);
      return { brokers: look.brokers.map(presentBroker), failures, at };
    }),
    messages: rows.messages.handler(async ({ input: { instanceId } }) => {
      const topics = await stats.topics(instanceId, { maxAgeMs: SWEPT_MAX_AGE_MS });
      return presentMessages(topics, await sampler.look(instanceId));
    }),
    lags: rows.lags.handler(async ({ input: { instanceId } }) =>
      presentLags(await stats.groups(instanceId, { maxAgeMs: SWEPT_MAX_AGE_MS })),
    ),
  };
};

export const historyHandlers = ({ history, clusters }: Deps) => ({
  series: api.history.series.handler(async ({ input: { instanceId, series, from, to, step } }) => {
    await clusters.get(instanceId);
    return history.series({ instanceId, keys: series, from, to, step });
  }),
});
