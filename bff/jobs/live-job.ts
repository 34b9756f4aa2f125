import { EventEmitter, once } from "node:events";
import type { Logger } from "pino";
import type { Job, JobEvent, JobFile as ToldFile, JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { toldOf } from "./filed.ts";
import { inLanes } from "./in-lanes.ts";
import type { JobContext, RowResult } from "./job.ts";
import type { JobFile, JobFiles } from "./job-file.ts";
import { jobRowsAfter, updateJob } from "./job-store.ts";
import { JobWatchers } from "./job-watchers.ts";
import { RowWriter, type Keeping } from "./row-writer.ts";
import { ROWS_AN_EVENT } from "./watch-stored.ts";

/** Counts are stored this often while a job runs; after a crash they are counted anew from the rows. */
const STORE_COUNTS_MS = 500;

/** A job that waits or runs in this process: its counts, its open rows and who watches it. */
export class LiveJob {
  readonly job: Job;
  readonly abort = new AbortController();
  readonly #writer: RowWriter;
  readonly #db: Store;
  readonly #now: () => number;
  readonly #open = new Map<number, string>();
  readonly #watchers: JobWatchers;
  readonly #quiet = new EventEmitter();
  readonly #made: JobFiles;
  #file: JobFile | undefined;
  #storedAt = 0;
  #counting: Promise<void> = Promise.resolve();

  constructor(job: Job, db: Store, now: () => number, keeping: Omit<Keeping, "onFiled"> & { made: JobFiles }) {
    this.job = job;
    this.#db = db;
    this.#now = now;
    this.#made = keeping.made;
    this.#writer = new RowWriter(db, job.id, {
      ...keeping,
      onFiled: (filed) => this.change(toldOf(filed)),
    });
    this.#watchers = new JobWatchers({ job, rowsAfter: (after) => this.#rowsAfter(after) });
  }

  context(log: Logger): JobContext {
    return {
      jobId: this.job.id,
      signal: this.abort.signal,
      log,
      total: (n) => this.change({ total: n }),
      begin: (n, key) => this.#begin(n, key),
      settle: (n, result) => {
        const key = this.#open.get(n);
        if (key === undefined) throw new Error(`Row ${n} was settled without having begun`);
        this.#settle(n, key, result);
      },
      record: (n, key, result) => this.#settle(n, key, result),
      each: (items, atOnce, work) => inLanes(items, atOnce, work, this.abort),
      file: (named) => this.#makeFile(named),
      summary: (figures) => this.change({ summary: { ...this.job.summary, ...figures } }),
    };
  }

  change(fields: Partial<Job>): void {
    Object.assign(this.job, fields);
    this.#watchers.jobChanged();
  }

  /** Stores everything that is known of its rows and the job itself, as it is to be from then on. */
  async store(fields: Partial<Job> = {}): Promise<void> {
    await this.#writer.flush();
    // Counts on their way must not land after what is stored now.
    await this.#counting;
    await updateJob(this.#db, { ...this.job, ...fields });
  }

  /** Resolves once every row that was begun is settled, or after that long. */
  async quiet(waitMs: number): Promise<void> {
    if (this.#open.size === 0 || waitMs === 0) return;
    await once(this.#quiet, "quiet", { signal: AbortSignal.timeout(waitMs) }).catch(() => undefined);
  }

  /** Rows that were begun and never settled: nobody knows whether the broker did them. How many there were. */
  settleLeft(): number {
    const left = [...this.#open];
    for (const [n, key] of left) this.#settle(n, key, { state: "unknown" });
    return left.length;
  }

  flushRows(): Promise<void> {
    return this.#writer.flush();
  }

  /** Nothing more is written to its file. Throws STORE_FAILED. */
  async closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Nothing will change any more: the job has ended, and that is stored. */
  close(): void {
    this.#watchers.close();
  }

  /** The job, with `after` its rows above that number, then what changes, until the job or `signal` ends. */
  watch(after: number | undefined, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    return this.#watchers.watch(after, signal);
  }

  async #makeFile(named: Pick<ToldFile, "name" | "type">): Promise<JobFile> {
    if (this.#file !== undefined) throw new Error("A job makes one file");
    this.#file = await this.#made.open(this.job.id, named, (file) => {
      this.change({ file });
      this.#storeSoon();
    });
    return this.#file;
  }

  async #rowsAfter(after: number): Promise<JobRow[]> {
    // What cannot be stored now is tried again, and the job says so.
    await this.flushRows().catch(() => undefined);
    return jobRowsAfter(this.#db, this.job.id, after, ROWS_AN_EVENT);
  }

  async #begin(n: number, key: string): Promise<void> {
    this.abort.signal.throwIfAborted();
    this.#open.set(n, key);
    this.#put({ n, key, state: "running", at: this.#now() });
    try {
      await this.#writer.flush();
    } catch (error) {
      // Nobody has been asked yet, and nobody will be: this row is not unknown.
      this.#settle(n, key, { state: "failed", code: "STORE_FAILED" });
      throw error;
    }
  }

  #settle(n: number, key: string, result: RowResult): void {
    if (this.#open.delete(n) && this.#open.size === 0) this.#quiet.emit("quiet");
    const { job } = this;
    job.done += 1;
    if (result.state === "ok") job.ok += 1;
    else if (result.state === "failed") job.failed += 1;
    else if (result.state === "skipped") job.skipped += 1;
    this.#put({ n, key, ...result, at: this.#now() });
  }

  #put(row: JobRow): void {
    this.#writer.put(row);
    this.#watchers.rowChanged(row);
    this.#storeSoon();
  }

  #storeSoon(): void {
    if (this.#now() - this.#storedAt < STORE_COUNTS_MS) return;
    this.#storedAt = this.#now();
    // Losing one of these costs nothing: the end of the job is stored and awaited.
    this.#counting = this.#counting.then(() => updateJob(this.#db, this.job)).catch(() => undefined);
  }
}
