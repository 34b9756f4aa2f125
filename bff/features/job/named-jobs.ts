import type { Job, NamedJob } from "#contract/job.ts";
import type { Store } from "../../store/store.ts";

/** Jobs with the names of their instances, those in the recycle bin included. */
export async function namedJobs(db: Store, jobs: readonly Job[]): Promise<NamedJob[]> {
  const ids = [...new Set(jobs.flatMap(({ instanceId }) => instanceId ?? []))];
  const rows = await db.selectFrom("instance").select(["id", "name"]).where("id", "in", ids).execute();
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return jobs.map((job) => ({ ...job, instanceName: names.get(job.instanceId ?? "") ?? null }));
}
