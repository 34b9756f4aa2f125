import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Job, JobEvent, JobState } from "#contract/job.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { Problem, problemOf } from "../problem.ts";
import type { Store } from "../store/store.ts";
import type { JobContext, JobKind } from "./job.ts";
import { closeLeftJobs, deleteJobsBefore, findJob, insertJob, jobRowsAfter } from "./job-store.ts";
import { LiveJob } from "./live-job.ts";

/** How long a stopping console waits for jobs to settle what they have under way. */
const STOP_MS = 2000;
const ROWS_AN_EVENT = 500;
const DAY_MS = 86_400_000;

export interface JobStarter {
  instanceId?: string;
  user: { username: string };
}

export interface JobRunner {
  /** Stores and starts a job, or queues it when enough of them run. */
  start<P>(kind: JobKind<P>, payload: P, by: JobStarter): Promise<Job>;
  get(jobId: string): Promise<Job>;
  /** The job with rows above `after`, then what changes, until the job or `signal` ends. */
  watch(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent, void>;
  /** Asks a job to end; refused when the caller could not have started it. Ended jobs are left as they are. */
  cancel(jobId: string, may: (action: JobKind<never>["action"]) => boolean): Promise<Job>;
  /** Resolves once every outcome of the job so far is stored. */
  settled(jobId: string): Promise<void>;
  /** Ends what runs as interrupted. */
  stop(): Promise<void>;
}

interface Entry {
  live: LiveJob;
  action: JobKind<never>["action"];
  run: (ctx: JobContext) => Promise<void>;
  started: boolean;
  finished: Promise<void>;
  finish: () => void;
}

interface RunnerParts {
  db: Store;
  log: Logger;
  metrics: Metrics;
  now: () => number;
  config: { maxJobs: number; jobDays: number };
}

/** Takes over the jobs that an earlier process left open, and runs new ones. */
export async function createJobRunner(parts: RunnerParts): Promise<JobRunner> {
  const left = await closeLeftJobs(parts.db, parts.now());
  if (left > 0) parts.log.warn({ jobs: left }, "jobs of an earlier run were interrupted");
  return new Runner(parts);
}

class Runner implements JobRunner {
  readonly #parts: RunnerParts;
  readonly #entries = new Map<string, Entry>();
  #running = 0;
  #stopping = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async start<P>(kind: JobKind<P>, payload: P, by: JobStarter): Promise<Job> {
    const { config, db, now } = this.#parts;
    const job: Job = {
      id: randomUUID(),
      kind: kind.kind,
      params: kind.describe(payload),
      instanceId: by.instanceId ?? null,
      state: "queued",
      total: null,
      done: 0,
      ok: 0,
      failed: 0,
      skipped: 0,
      summary: null,
      error: null,
      startedBy: by.user.username,
      createdAt: now(),
      startedAt: null,
      finishedAt: null,
    };
    await deleteJobsBefore(db, now() - config.jobDays * DAY_MS);
    await insertJob(db, job);
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const live = new LiveJob(job, db, now);
    this.#entries.set(job.id, {
      live,
      action: kind.action,
      run: (ctx) => kind.run(ctx, payload),
      started: false,
      finished,
      finish,
    });
    this.#startWaiting();
    return { ...job };
  }

  async get(jobId: string): Promise<Job> {
    const live = this.#entries.get(jobId)?.live;
    const job = live === undefined ? await findJob(this.#parts.db, jobId) : { ...live.job };
    if (job === undefined) throw new Problem("JOB_NOT_FOUND");
    return job;
  }

  async *watch(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    const entry = this.#entries.get(jobId);
    // Listening starts before the stored rows are read, so that no change falls between the two.
    const changes = entry?.live.changes(signal);
    const first = await changes?.next();
    try {
      await this.settled(jobId);
      for (let from = after, more = true; more && !signal.aborted;) {
        const rows = await jobRowsAfter(this.#parts.db, jobId, from, ROWS_AN_EVENT);
        more = rows.length === ROWS_AN_EVENT;
        from = rows.at(-1)?.n ?? from;
        yield { job: await this.get(jobId), rows };
      }
      if (entry === undefined || changes === undefined || first?.done === true) return;
      for await (const rows of changes) yield { job: { ...entry.live.job }, rows };
    } finally {
      await changes?.return();
    }
  }

  async cancel(jobId: string, may: (action: Entry["action"]) => boolean): Promise<Job> {
    const entry = this.#entries.get(jobId);
    if (entry === undefined) return this.get(jobId);
    if (!may(entry.action)) throw new Problem("FORBIDDEN", { params: { action: entry.action } });
    entry.live.abort.abort(new Error("cancelled"));
    if (!entry.started) await this.#end(entry, "cancelled");
    return { ...entry.live.job };
  }

  async settled(jobId: string): Promise<void> {
    await this.#entries.get(jobId)?.live.flushRows();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const entries = [...this.#entries.values()];
    for (const entry of entries) entry.live.abort.abort(new Error("the console stops"));
    const running = entries.filter((entry) => entry.started).map((entry) => entry.finished);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
    await Promise.race([Promise.all(running), late]);
    clearTimeout(timer);
    for (const entry of this.#entries.values()) await this.#end(entry, "interrupted");
  }

  #startWaiting(): void {
    for (const entry of this.#entries.values()) {
      if (this.#stopping || this.#running >= this.#parts.config.maxJobs) return;
      if (entry.started || entry.live.ended) continue;
      entry.started = true;
      this.#running += 1;
      this.#parts.metrics.jobsRunning.set(this.#running);
      void this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { live } = entry;
    const log = this.#parts.log.child({ jobId: live.job.id, kind: live.job.kind });
    try {
      live.change({ state: "running", startedAt: this.#parts.now() });
      await live.store();
      await entry.run(live.context(log));
      await this.#end(entry, this.#outcome(live));
    } catch (error) {
      await this.#failed(entry, error, log);
    } finally {
      this.#running -= 1;
      this.#parts.metrics.jobsRunning.set(this.#running);
      this.#startWaiting();
    }
  }

  async #failed(entry: Entry, error: unknown, log: Logger): Promise<void> {
    if (entry.live.abort.signal.aborted) return this.#end(entry, this.#outcome(entry.live));
    const problem = problemOf(error);
    if (problem === undefined) log.error({ err: error }, "a job failed unexpectedly");
    entry.live.change({
      error: { code: problem?.code ?? "INTERNAL_SERVER_ERROR", detail: problem?.data.remark ?? problem?.data.address },
    });
    await this.#end(entry, "failed");
  }

  #outcome(live: LiveJob): JobState {
    const { done, total, ok, skipped, failed } = live.job;
    if (live.abort.signal.aborted && (total === null || done < total))
      return this.#stopping ? "interrupted" : "cancelled";
    live.settleLeft();
    if (failed === 0 && live.job.done === ok + skipped) return "succeeded";
    return ok + skipped > 0 ? "partial" : "failed";
  }

  async #end(entry: Entry, state: JobState): Promise<void> {
    const { live } = entry;
    if (live.ended) return;
    live.settleLeft();
    live.change({ state, finishedAt: this.#parts.now() });
    this.#parts.metrics.jobsEnded.inc({ kind: live.job.kind, state });
    try {
      await live.store();
    } catch (error) {
      this.#parts.log.error({ err: error, jobId: live.job.id }, "the end of a job could not be stored");
    }
    this.#entries.delete(live.job.id);
    entry.finish();
  }
}
