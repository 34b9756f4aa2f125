import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { jobRowsCsv } from "../../jobs/job-csv.ts";
import { jobRowsAfter, listJobRows } from "../../jobs/job-store.ts";
import { namedJobs } from "./named-jobs.ts";

export const jobHandlers = ({ auth, db, jobs, now }: Deps) => ({
  list: api.job.list.handler(async ({ input }) => {
    const { items, total } = await jobs.list(input);
    return { items: await namedJobs(db, items), total, failures: [], at: now() };
  }),
  get: api.job.get.handler(async ({ input }) => {
    const job = await jobs.get(input.jobId);
    const [named = { ...job, instanceName: null }] = await namedJobs(db, [job]);
    return named;
  }),
  rows: api.job.rows.handler(async ({ input }) => {
    await jobs.get(input.jobId);
    await jobs.settled(input.jobId);
    return { ...(await listJobRows(db, input)), failures: [], at: now() };
  }),
  watch: api.job.watch.handler(async ({ input, context, signal = new AbortController().signal }) => {
    await jobs.get(input.jobId);
    return context.stream(auth.during(context.who, signal, (ended) => jobs.watch(input.jobId, input.after, ended)));
  }),
  cancel: api.job.cancel.handler(({ input, context }) =>
    jobs.cancel(input.jobId, (action) => context.user.actions.includes(action)),
  ),
  download: api.job.download.handler(async ({ input }) => {
    const job = await jobs.get(input.jobId);
    await jobs.settled(input.jobId);
    const rows = await jobRowsAfter(db, input.jobId, 0, Number.MAX_SAFE_INTEGER);
    return new File([jobRowsCsv(rows)], `${job.kind}-${job.id.slice(0, 8)}.csv`, { type: "text/csv;charset=utf-8" });
  }),
});
