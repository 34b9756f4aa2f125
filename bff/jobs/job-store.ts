import { sql, type Selectable } from "kysely";
import { z } from "zod";
import { Job, JobRow, type JobRowState, type JobState } from "#contract/job.ts";
import type { JobRowTable, JobTable } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { Filed, NOTHING_FILED, toldOf } from "./filed.ts";
import type { JobOwner } from "./job-owner.ts";

const JsonObject = z.record(z.string(), z.unknown());
const open = ["queued", "running"] as const;
/** Keeps a statement far below the most parameters that SQLite (32,766) and PostgreSQL (65,535) take. */
const ROWS_A_STATEMENT = 500;

function toJob(row: Selectable<JobTable>): Job {
  return Job.parse({
    ...row,
    ...toldOf(filedOf(row)),
    params: JSON.parse(row.params),
    summary: row.summary === null ? null : JSON.parse(row.summary),
    error: row.error === null ? null : JSON.parse(row.error),
    file: row.file === null ? undefined : JSON.parse(row.file),
  });
}

const filedOf = ({ filed }: Pick<JobTable, "filed">): Filed =>
  filed === null ? NOTHING_FILED : Filed.parse(JSON.parse(filed));

function toJobRow(row: Selectable<JobRowTable>): JobRow {
  return {
    n: row.n,
    key: row.key,
    state: JobRow.shape.state.parse(row.state),
    code: row.code ?? undefined,
    detail: row.detail ?? undefined,
    data: row.data === null ? undefined : JsonObject.parse(JSON.parse(row.data)),
    at: row.at,
  };
}

export async function insertJob(db: Store, job: Job, owner: JobOwner): Promise<void> {
  await db
    .insertInto("job")
    .values({ ...jobColumns(job), ...owner })
    .execute();
}

export async function updateJob(db: Store, job: Job): Promise<void> {
  await db.updateTable("job").set(jobColumns(job)).where("id", "=", job.id).execute();
}

function jobColumns({ storeError: _, filed: __, dropped: ___, fileFault: ____, ...job }: Job) {
  return {
    ...job,
    params: JSON.stringify(job.params),
    summary: job.summary === null ? null : JSON.stringify(job.summary),
    error: job.error === null ? null : JSON.stringify(job.error),
    file: job.file === undefined ? null : JSON.stringify(job.file),
  };
}

/** Writes new and changed rows, many at a time. */
export async function upsertJobRows(db: Store, jobId: string, rows: readonly JobRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    await db
      .insertInto("jobRow")
      .values(
        rows.slice(from, from + ROWS_A_STATEMENT).map((row) => ({
          jobId,
          n: row.n,
          key: row.key,
          state: row.state,
          code: row.code ?? null,
          detail: row.detail ?? null,
          data: row.data === undefined ? null : JSON.stringify(row.data),
          at: row.at,
        })),
      )
      .onConflict((c) =>
        c.columns(["jobId", "n"]).doUpdateSet((eb) => ({
          key: eb.ref("excluded.key"),
          state: eb.ref("excluded.state"),
          code: eb.ref("excluded.code"),
          detail: eb.ref("excluded.detail"),
          data: eb.ref("excluded.data"),
          at: eb.ref("excluded.at"),
        })),
      )
      .execute();
  }
}

export async function deleteJobRows(db: Store, jobId: string, numbers: readonly number[]): Promise<void> {
  for (let from = 0; from < numbers.length; from += ROWS_A_STATEMENT) {
    const some = numbers.slice(from, from + ROWS_A_STATEMENT);
    await db.deleteFrom("jobRow").where("jobId", "=", jobId).where("n", "in", some).execute();
  }
}

export async function storeFiled(db: Store, jobId: string, filed: Filed): Promise<void> {
  await db
    .updateTable("job")
    .set({ filed: JSON.stringify(filed) })
    .where("id", "=", jobId)
    .execute();
}

export async function findFiled(db: Store, jobId: string): Promise<Filed> {
  return filedOf(await db.selectFrom("job").select("filed").where("id", "=", jobId).executeTakeFirstOrThrow());
}

/** All rows of the store in order, a page at a time in memory. */
export async function* eachJobRow(db: Store, jobId: string): AsyncGenerator<JobRow, void> {
  for (let after = 0, more = true; more;) {
    const rows = await jobRowsAfter(db, jobId, after, ROWS_A_STATEMENT);
    yield* rows;
    after = rows.at(-1)?.n ?? after;
    more = rows.length === ROWS_A_STATEMENT;
  }
}

export async function findJob(db: Store, jobId: string): Promise<Job | undefined> {
  const row = await db.selectFrom("job").selectAll().where("id", "=", jobId).executeTakeFirst();
  return row === undefined ? undefined : toJob(row);
}

export interface JobFilter {
  search?: string;
  /** A kind, or a whole domain of kinds: `dialTest`. */
  kind?: string;
  state?: JobState;
  instanceId?: string;
  /** Jobs of these instances alone; null stands for those of none. */
  among?: readonly (string | null)[];
  order?: "asc" | "desc";
  page: number;
  pageSize: number;
}

/** The instances that jobs name. */
export async function jobInstances(db: Store): Promise<(string | null)[]> {
  const rows = await db.selectFrom("job").select("instanceId").distinct().execute();
  return rows.map(({ instanceId }) => instanceId);
}

export async function listJobs(db: Store, filter: JobFilter): Promise<{ items: Job[]; total: number }> {
  let query = db.selectFrom("job");
  const { kind, among } = filter;
  if (among !== undefined) {
    const ids = among.filter((id) => id !== null);
    query = query.where((eb) =>
      eb.or([
        ...(ids.length > 0 ? [eb("instanceId", "in", ids)] : []),
        ...(among.includes(null) ? [eb("instanceId", "is", null)] : []),
      ]),
    );
  }
  if (kind !== undefined) query = query.where((eb) => eb.or([eb("kind", "=", kind), eb("kind", "like", `${kind}.%`)]));
  if (filter.state !== undefined) query = query.where("state", "=", filter.state);
  if (filter.instanceId !== undefined) query = query.where("instanceId", "=", filter.instanceId);
  if (filter.search !== undefined && filter.search !== "") {
    const { search } = filter;
    query = query.where((eb) => eb.or((["kind", "params", "startedBy"] as const).map((at) => contains(at, search))));
  }
  const [items, { total }] = await Promise.all([
    query
      .selectAll()
      .orderBy("createdAt", filter.order ?? "desc")
      .orderBy("id")
      .limit(filter.pageSize)
      .offset((filter.page - 1) * filter.pageSize)
      .execute(),
    query.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow(),
  ]);
  return { items: items.map(toJob), total: Number(total) };
}

/** Whether a column has the searched text in it, whatever its case; `%` and `_`, which names do have, mean themselves. */
function contains(column: "kind" | "params" | "startedBy" | "key", search: string) {
  const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}

export interface JobRowFilter {
  jobId: string;
  states?: readonly JobRowState[];
  search?: string;
  order?: "asc" | "desc";
  page: number;
  pageSize: number;
}

export async function listJobRows(db: Store, filter: JobRowFilter): Promise<{ items: JobRow[]; total: number }> {
  let query = db.selectFrom("jobRow").where("jobId", "=", filter.jobId);
  if (filter.states !== undefined) query = query.where("state", "in", filter.states);
  if (filter.search !== undefined && filter.search !== "") query = query.where(contains("key", filter.search));
  const [items, { total }] = await Promise.all([
    query
      .selectAll()
      .orderBy("n", filter.order ?? "asc")
      .limit(filter.pageSize)
      .offset((filter.page - 1) * filter.pageSize)
      .execute(),
    query.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow(),
  ]);
  return { items: items.map(toJobRow), total: Number(total) };
}

/** Rows numbered above `after`, in order; those that changed since a time. */
export async function jobRowsAfter(
  db: Store,
  jobId: string,
  after: number,
  limit: number,
  since = 0,
): Promise<JobRow[]> {
  const rows = await db
    .selectFrom("jobRow")
    .selectAll()
    .where("jobId", "=", jobId)
    .where("n", ">", after)
    .where("at", ">=", since)
    .orderBy("n")
    .limit(limit)
    .execute();
  return rows.map(toJobRow);
}

/** The owner of these jobs lives. */
export async function renewLeases(db: Store, jobIds: readonly string[], { leaseUntil }: JobOwner): Promise<void> {
  for (let from = 0; from < jobIds.length; from += ROWS_A_STATEMENT) {
    const some = jobIds.slice(from, from + ROWS_A_STATEMENT);
    await db.updateTable("job").set({ leaseUntil }).where("id", "in", some).execute();
  }
}

interface OpenJob {
  id: string;
  owner: string | null;
  leaseUntil: number | null;
}

/** After a crash: open jobs that nobody owns any more are interrupted, rows that were under way unknown, and the counts are those of the rows. */
export async function closeLeftJobs(db: Store, at: number, isLeft: (job: OpenJob) => boolean): Promise<number> {
  const unended = await db.selectFrom("job").select(["id", "owner", "leaseUntil"]).where("state", "in", open).execute();
  let closed = 0;
  for (const job of unended.filter(isLeft)) {
    if (await db.transaction().execute((trx) => closeLeftJob(trx, job, at))) closed += 1;
  }
  return closed;
}

/** Whoever comes first: not if another console has closed it meanwhile, or its owner was heard of after all. */
export async function closeLeftJob(db: Store, { id, leaseUntil }: OpenJob, at: number): Promise<boolean> {
  const taken = await db
    .updateTable("job")
    .set({ state: "interrupted", finishedAt: at })
    .where("id", "=", id)
    .where("state", "in", open)
    .where("leaseUntil", leaseUntil === null ? "is" : "=", leaseUntil)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return false;
  await db
    .updateTable("jobRow")
    .set({ state: "unknown", at })
    .where("jobId", "=", id)
    .where("state", "=", "running")
    .execute();
  const counts = await db
    .selectFrom("jobRow")
    .select((eb) => ["state", eb.fn.countAll<number>().as("count")])
    .where("jobId", "=", id)
    .groupBy("state")
    .execute();
  const filed = await findFiled(db, id);
  const of = (state: JobRowState) => counts.find((c) => c.state === state)?.count ?? 0;
  await db
    .updateTable("job")
    .set({
      ok: of("ok") + filed.ok,
      failed: of("failed") + filed.failed,
      skipped: of("skipped") + filed.skipped,
      done: counts.reduce((sum, { count }) => sum + count, filed.filed + filed.dropped),
    })
    .where("id", "=", id)
    .execute();
  return true;
}

export async function deleteJobsBefore(db: Store, before: number): Promise<void> {
  await db.deleteFrom("job").where("finishedAt", "is not", null).where("finishedAt", "<", before).execute();
}

export async function jobIds(db: Store): Promise<Set<string>> {
  const rows = await db.selectFrom("job").select("id").execute();
  return new Set(rows.map(({ id }) => id));
}
