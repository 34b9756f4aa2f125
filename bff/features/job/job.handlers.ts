import type { Action } from "#contract/action.ts";
import type { Job } from "#contract/job.ts";
import type { CurrentUser } from "#contract/session.ts";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { resourceOf } from "../../auth/resource.ts";
import { Problem, problemOf } from "../../base/problem.ts";
import { jobRowsCsv } from "../../jobs/job-csv.ts";
import { jobInstances, listJobRows } from "../../jobs/job-store.ts";
import { namedJobs } from "./named-jobs.ts";

/** Jobs as somebody may see them: one of an instance that is not theirs does not exist for them. */
function jobsOf({ auth, db, jobs }: Deps) {
  async function get(user: CurrentUser, action: Action, jobId: string): Promise<Job> {
    const job = await jobs.get(jobId);
    if (!auth.may(user, action, resourceOf("job", job))) throw new Problem("JOB_NOT_FOUND");
    return job;
  }
  return {
    get,
    /** One's own, or any where those of others may be cancelled; who may not is told so, whether there is such a job or not. */
    async toCancel(user: CurrentUser, jobId: string): Promise<{ job: Job; own: boolean }> {
      const forbidden = new Problem("FORBIDDEN", { params: { action: "job:cancel" } });
      const job = await get(user, "job:read", jobId).catch((error: unknown) => {
        const isUnknown = problemOf(error)?.code === "JOB_NOT_FOUND";
        throw isUnknown && !auth.may(user, "job:cancel", { kind: "job" }) ? forbidden : error;
      });
      const own = job.startedBy === user.username;
      if (!own && !auth.may(user, "job:cancel", resourceOf("job", job))) throw forbidden;
      return { job, own };
    },
    /** The instances whose jobs somebody may see, null standing for the jobs of none; undefined where it is all of them. */
    async readable(user: CurrentUser): Promise<(string | null)[] | undefined> {
      const all = await jobInstances(db);
      const theirs = all.filter((instanceId) => auth.may(user, "job:read", resourceOf("job", { instanceId })));
      return theirs.length < all.length ? theirs : undefined;
    },
  };
}

export function jobHandlers(deps: Deps) {
  const { auth, db, jobs, now } = deps;
  const theirs = jobsOf(deps);
  return {
    list: api.job.list.handler(async ({ input, context }) => {
      const { items, total } = await jobs.list({ ...input, among: await theirs.readable(context.user) });
      return { items: await namedJobs(db, items), total, failures: [], at: now() };
    }),
    get: api.job.get.handler(async ({ input, context }) => {
      const job = await theirs.get(context.user, "job:read", input.jobId);
      const [named = { ...job, instanceName: null }] = await namedJobs(db, [job]);
      return named;
    }),
    rows: api.job.rows.handler(async ({ input, context }) => {
      await theirs.get(context.user, "job:read", input.jobId);
      await jobs.settled(input.jobId);
      return { ...(await listJobRows(db, input)), failures: [], at: now() };
    }),
    watch: api.job.watch.handler(async ({ input, context, signal = new AbortController().signal }) => {
      await theirs.get(context.user, "job:read", input.jobId);
      return context.stream(auth.during(context.who, signal, (ended) => jobs.watch(input.jobId, input.after, ended)));
    }),
    cancel: api.job.cancel.handler(async ({ input, context }) => {
      const { job, own } = await theirs.toCancel(context.user, input.jobId);
      const on = resourceOf("instance", job);
      context.note({ instanceId: on.instanceId });
      return jobs.cancel(input.jobId, (action) => own || auth.may(context.user, action, on));
    }),
    download: api.job.download.handler(async ({ input, context, signal }) => {
      const { id, kind } = await theirs.get(context.user, "job:read", input.jobId);
      const csv = await jobRowsCsv(() => jobs.results(id, signal));
      return context.file(`${kind}-${id.slice(0, 8)}.csv`, "text/csv;charset=utf-8", csv);
    }),
    file: api.job.file.handler(async ({ input, context }) => {
      const { id } = await theirs.get(context.user, "message:read", input.jobId);
      const { name, type, parts } = await jobs.file(id);
      return context.file(name, type, parts);
    }),
  };
}
