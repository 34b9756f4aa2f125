import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Job, JobEvent, JobFile, JobRow, JobState } from "#contract/job.ts";
import type { Telemetry } from "../base/telemetry.ts";
import { Problem, problemOf } from "../base/problem.ts";
import { storeClock } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import { ExportPlaces, type ExportPlace } from "./export-places.ts";
import type { JobContext, JobKind } from "./job.ts";
import { isAbandoned, ownerFrom, RENEW_MS } from "./job-owner.ts";
import {
  closeLeftJobs,
  deleteJobsBefore,
  eachJobRow,
  findFiled,
  findJob,
  insertJob,
  jobIds,
  listJobs,
  renewLeases,
  type JobFilter,
} from "./job-store.ts";
import { JobFiles } from "./job-file.ts";
import { LiveJob } from "./live-job.ts";
import { ResultFiles } from "./result-files.ts";
import { watchStored } from "./watch-stored.ts";

/** How long a stopping console, or a job that has failed, waits for what is under way to settle. */
const SETTLE_MS = 2000;
/** After so long the end of a job that could not be stored is tried again. */
const STORE_AGAIN_MS = 2000;
/** What a job takes that anybody who reads may start, as exports do. */
const EXPORTS: JobKind<never>["action"] = "message:read";
const DAY_MS = 86_400_000;
const MB = 1024 * 1024;

export interface JobStarter {
  instanceId?: string;
  user: { username: string };
}

export interface JobRunner {
  /** Stores and starts a job, or queues it when enough of them run. Throws TOO_MANY_EXPORTS. */
  start<P>(kind: JobKind<P>, payload: P, by: JobStarter): Promise<Job>;
  get(jobId: string): Promise<Job>;
  /** What is stored, and of jobs of this process what is known beyond. */
  list(filter: JobFilter): Promise<{ items: Job[]; total: number }>;
  /** The job, with `after` its rows above that number, then what changes, until the job or `signal` ends. */
  watch(jobId: string, after: number | undefined, signal: AbortSignal): AsyncGenerator<JobEvent, void>;
  /** Asks a job to end; refused when the caller may not cancel what that takes, or another process runs it. Ended jobs are left as they are. */
  cancel(jobId: string, may: (action: JobKind<never>["action"]) => boolean): Promise<Job>;
  /** Every outcome that is kept: those of the store in order, those of the file as they came, then what runs. */
  results(jobId: string, signal?: AbortSignal): AsyncGenerator<JobRow, void>;
  /** What the job made so far. Throws RESULTS_MISSING where that is not here. */
  file(jobId: string): Promise<JobFile & { parts: AsyncGenerator<Uint8Array, void> }>;
  /** Resolves once every outcome of the job so far is stored, or cannot be. */
  settled(jobId: string): Promise<void>;
  /** Ends what runs as interrupted. */
  stop(): Promise<void>;
}

interface Entry {
  live: LiveJob;
  action: JobKind<never>["action"];
  waits: boolean;
  /** Of an export. */
  place?: ExportPlace;
  run: (ctx: JobContext) => Promise<void>;
  started: boolean;
  /** Somebody cancelled it, or the console stops. */
  asked: boolean;
  /** Settles once it has ended; that may not be stored then. */
  ending?: Promise<void>;
  finished: Promise<void>;
  finish: () => void;
  storeAgain?: NodeJS.Timeout;
}

interface RunnerParts {
  db: Store;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  config: {
    maxJobs: number;
    jobDays: number;
    jobRows: number;
    jobFileMb: number;
    exportFileMb: number;
    dataDir: string;
  };
  /** Called once for each job whose end is stored. */
  ended?: (job: Job) => Promise<void>;
}

/** Closes the jobs that a dead process left open, and runs new ones. */
export async function createJobRunner(parts: RunnerParts): Promise<JobRunner> {
  const runner = new Runner(parts);
  await runner.closeLeft();
  await runner.tidyFiles();
  return runner;
}

class Runner implements JobRunner {
  readonly #parts: RunnerParts;
  readonly #entries = new Map<string, Entry>();
  readonly #lease: NodeJS.Timeout;
  readonly #files: ResultFiles;
  readonly #made: JobFiles;
  readonly #places = new ExportPlaces();
  #running = 0;
  #stopping = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { config, log } = parts;
    const dir = join(config.dataDir, "results");
    this.#files = new ResultFiles(dir, config.jobFileMb * MB, log);
    this.#made = new JobFiles(dir, config.exportFileMb * MB);
    this.#lease = setInterval(() => void this.#renew(), RENEW_MS).unref();
  }

  /** Jobs whose process is gone are interrupted. */
  async closeLeft(): Promise<void> {
    const { db, log, now } = this.#parts;
    const at = await storeClock(db, now);
    const left = await closeLeftJobs(db, at, (job) => !this.#entries.has(job.id) && isAbandoned(job, at));
    if (left > 0) log.warn({ jobs: left }, "jobs that nobody runs any more were interrupted");
  }

  /** Files of results go with their jobs, whichever console has deleted those. */
  async tidyFiles(): Promise<void> {
    await this.#files
      .keepOnly(() => jobIds(this.#parts.db))
      .catch((error: unknown) => this.#parts.log.error({ err: error }, "files of results could not be deleted"));
  }

  async start<P>(kind: JobKind<P>, payload: P, by: JobStarter): Promise<Job> {
    if (kind.action !== EXPORTS) return this.#add(kind, payload, by);
    const place = this.#places.take(by.user.username);
    try {
      return await this.#add(kind, payload, by, place);
    } catch (error) {
      this.#places.leave(place);
      throw error;
    }
  }

  async #add<P>(kind: JobKind<P>, payload: P, by: JobStarter, place?: ExportPlace): Promise<Job> {
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
    await this.tidyFiles();
    await insertJob(db, job, ownerFrom(await storeClock(db, now)));
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const live = new LiveJob(job, db, now, { rows: config.jobRows, files: this.#files, made: this.#made });
    this.#entries.set(job.id, {
      live,
      action: kind.action,
      waits: kind.waits ?? false,
      place,
      run: (ctx) => kind.run(ctx, payload),
      started: false,
      asked: false,
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

  async list(filter: JobFilter): Promise<{ items: Job[]; total: number }> {
    const { items, total } = await listJobs(this.#parts.db, filter);
    return { items: items.map((job) => ({ ...(this.#entries.get(job.id)?.live.job ?? job) })), total };
  }

  watch(jobId: string, after: number | undefined, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    const live = this.#entries.get(jobId)?.live;
    return live === undefined ? watchStored(this.#parts.db, jobId, after, signal) : live.watch(after, signal);
  }

  async cancel(jobId: string, may: (action: Entry["action"]) => boolean): Promise<Job> {
    const entry = this.#entries.get(jobId);
    if (entry === undefined) {
      const job = await this.get(jobId);
      if (job.finishedAt === null) throw new Problem("JOB_ELSEWHERE");
      return job;
    }
    if (!may(entry.action)) throw new Problem("FORBIDDEN", { params: { action: entry.action } });
    this.#ask(entry, "cancelled");
    if (!entry.started) await this.#end(entry, () => "cancelled");
    return { ...entry.live.job };
  }

  async *results(jobId: string, signal?: AbortSignal): AsyncGenerator<JobRow, void> {
    const { db } = this.#parts;
    await this.settled(jobId);
    const running = new Map<number, JobRow>();
    for await (const row of eachJobRow(db, jobId)) {
      signal?.throwIfAborted();
      if (row.state === "running") running.set(row.n, row);
      else yield row;
    }
    const { bytes } = await findFiled(db, jobId);
    for await (const row of this.#files.read(jobId, bytes)) {
      signal?.throwIfAborted();
      running.delete(row.n);
      yield row;
    }
    yield* running.values();
  }

  async file(jobId: string): Promise<JobFile & { parts: AsyncGenerator<Uint8Array, void> }> {
    const { file } = await this.get(jobId);
    if (file === undefined) throw new Problem("RESULTS_MISSING");
    return { ...file, parts: await this.#made.read(jobId, file.bytes) };
  }

  async settled(jobId: string): Promise<void> {
    // What cannot be stored now is tried again, and the job says so.
    await this.#entries
      .get(jobId)
      ?.live.flushRows()
      .catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#lease);
    const entries = [...this.#entries.values()];
    for (const entry of entries) this.#ask(entry, "the console stops");
    const running = entries.filter((entry) => entry.started).map((entry) => entry.finished);
    await Promise.race([Promise.all(running), pause(SETTLE_MS, undefined, { ref: false })]);
    for (const entry of this.#entries.values()) {
      await this.#end(entry, () => "interrupted");
      if (entry.live.job.storeError !== undefined) await this.#storeEnd(entry, {});
      clearTimeout(entry.storeAgain);
      entry.live.close();
    }
  }

  #ask(entry: Entry, why: string): void {
    entry.asked ||= entry.ending === undefined;
    entry.live.abort.abort(new Error(why));
  }

  async #renew(): Promise<void> {
    const { db, now } = this.#parts;
    try {
      await renewLeases(db, [...this.#entries.keys()], ownerFrom(await storeClock(db, now)));
      await this.closeLeft();
    } catch (error) {
      this.#parts.log.error({ err: error }, "the leases of jobs could not be renewed");
    }
  }

  #startWaiting(): void {
    // What anybody may export waits for what only some may do.
    const isExport = ({ place }: Entry) => Number(place !== undefined);
    for (const entry of [...this.#entries.values()].toSorted((a, b) => isExport(a) - isExport(b))) {
      if (this.#stopping || this.#running >= this.#parts.config.maxJobs) return;
      if (entry.started || entry.ending !== undefined) continue;
      if (entry.place !== undefined && !this.#places.begin(entry.place, this.#parts.config.maxJobs)) continue;
      entry.started = true;
      this.#running += 1;
      this.#parts.telemetry.jobsRunning.set(this.#running);
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
      await this.#end(entry, (left) => this.#outcome(entry, left));
    } catch (error) {
      await this.#end(entry, (left) => this.#failure(entry, error, left, log), SETTLE_MS);
    } finally {
      this.#running -= 1;
      this.#parts.telemetry.jobsRunning.set(this.#running);
      this.#startWaiting();
    }
  }

  #failure(entry: Entry, error: unknown, left: number, log: Logger): JobState {
    if (entry.asked) return this.#outcome(entry, left);
    const problem = problemOf(error);
    if (problem === undefined) log.error({ err: error }, "a job failed unexpectedly");
    entry.live.change({
      error: { code: problem?.code ?? "INTERNAL_SERVER_ERROR", detail: problem?.data.remark ?? problem?.data.address },
    });
    return "failed";
  }

  /** `left` rows were begun and are not known to be done. */
  #outcome({ live, asked, waits }: Entry, left: number): JobState {
    const { done, total, ok, skipped, failed } = live.job;
    if (asked && (total === null || done - left < total)) return this.#stopping ? "interrupted" : "cancelled";
    if (failed === 0 && done === ok + skipped) {
      if (waits && ok === 0) return "empty";
      return waits && total !== null && done < total ? "partial" : "succeeded";
    }
    return ok + skipped > 0 ? "partial" : "failed";
  }

  /** Ends a job once what it has under way is settled; what is not by then, nobody knows of. */
  #end(entry: Entry, stateOf: (left: number) => JobState, waitMs = 0): Promise<void> {
    entry.ending ??= this.#ended(entry, stateOf, waitMs);
    return entry.ending;
  }

  async #ended(entry: Entry, stateOf: (left: number) => JobState, waitMs: number): Promise<void> {
    const { live } = entry;
    live.abort.abort(new Error("the job ends"));
    await live.quiet(waitMs);
    const stateThen = stateOf(live.settleLeft());
    const state = (await this.#closeFile(entry)) ? stateThen : "failed";
    if (entry.place !== undefined) this.#places.leave(entry.place);
    this.#parts.telemetry.jobsEnded.inc({ kind: live.job.kind, state });
    await this.#storeEnd(entry, { state, finishedAt: this.#parts.now() });
    entry.finish();
  }

  async #closeFile({ live }: Entry): Promise<boolean> {
    try {
      await live.closeFile();
      return true;
    } catch (error) {
      this.#parts.log.error({ err: error, jobId: live.job.id }, "the file of a job cannot be written");
      live.change({ error: { code: "STORE_FAILED", detail: problemOf(error)?.data.remark } });
      return false;
    }
  }

  /** A job is kept until its end is stored, so that nobody reads for ever that it runs. */
  async #storeEnd(entry: Entry, end: Partial<Job>): Promise<void> {
    const { live } = entry;
    try {
      await live.store(end);
    } catch (error) {
      if (live.job.storeError === undefined)
        this.#parts.log.error({ err: error, jobId: live.job.id }, "the end of a job cannot be stored yet");
      live.change({ ...end, storeError: problemOf(error)?.data.remark ?? "INTERNAL_SERVER_ERROR" });
      clearTimeout(entry.storeAgain);
      entry.storeAgain = setTimeout(() => void this.#storeEnd(entry, {}), STORE_AGAIN_MS).unref();
      return;
    }
    live.change({ ...end, storeError: undefined });
    live.close();
    this.#entries.delete(live.job.id);
    await this.#parts.ended?.(live.job);
  }
}
