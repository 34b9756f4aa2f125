import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Job, JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import type { JobContext, RowResult } from "./job.ts";
import { updateJob } from "./job-store.ts";
import { RowWriter } from "./row-writer.ts";

/** Counts are stored this often while a job runs; after a crash they are counted anew from the rows. */
const STORE_COUNTS_MS = 500;
/** A watcher gets at most one event in this time. */
const WATCH_MS = 100;

interface Watcher {
  rows: Map<number, JobRow>;
  wake: () => void;
}

/** A job that waits or runs in this process: its counts, its open rows and who watches it. */
export class LiveJob {
  readonly job: Job;
  readonly abort = new AbortController();
  readonly #writer: RowWriter;
  readonly #db: Store;
  readonly #now: () => number;
  readonly #open = new Map<number, string>();
  readonly #watchers = new Set<Watcher>();
  #storedAt = 0;

  constructor(job: Job, db: Store, now: () => number) {
    this.job = job;
    this.#db = db;
    this.#now = now;
    this.#writer = new RowWriter(db, job.id);
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
      summary: (figures) => this.change({ summary: { ...this.job.summary, ...figures } }),
    };
  }

  change(fields: Partial<Job>): void {
    Object.assign(this.job, fields);
    this.#wake();
  }

  /** Stores the job itself and everything that is known of its rows. */
  async store(): Promise<void> {
    await this.#writer.flush();
    await updateJob(this.#db, this.job);
  }

  /** Rows that were begun and never settled: nobody knows whether the broker did them. */
  settleLeft(): void {
    for (const [n, key] of this.#open) this.#settle(n, key, { state: "unknown" });
  }

  flushRows(): Promise<void> {
    return this.#writer.flush();
  }

  get ended(): boolean {
    return this.job.finishedAt !== null;
  }

  /** Changes from now on, gathered; ends after the job's last one, or when `signal` aborts. */
  async *changes(signal: AbortSignal): AsyncGenerator<JobRow[], void> {
    const watcher: Watcher = { rows: new Map(), wake: () => undefined };
    this.#watchers.add(watcher);
    const stop = () => watcher.wake();
    signal.addEventListener("abort", stop);
    try {
      let seen = -1;
      while (!signal.aborted) {
        if (this.#version === seen) {
          await new Promise<void>((resolve) => (watcher.wake = resolve));
          continue;
        }
        seen = this.#version;
        const { ended } = this;
        const rows = [...watcher.rows.values()];
        watcher.rows.clear();
        yield rows;
        if (ended) return;
        await pause(WATCH_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#watchers.delete(watcher);
    }
  }
  #version = 0;

  async #begin(n: number, key: string): Promise<void> {
    this.abort.signal.throwIfAborted();
    this.#open.set(n, key);
    this.#put({ n, key, state: "running", at: this.#now() });
    await this.#writer.flush();
  }

  #settle(n: number, key: string, result: RowResult): void {
    this.#open.delete(n);
    const { job } = this;
    job.done += 1;
    if (result.state === "ok") job.ok += 1;
    else if (result.state === "failed") job.failed += 1;
    else if (result.state === "skipped") job.skipped += 1;
    this.#put({ n, key, ...result, at: this.#now() });
  }

  #put(row: JobRow): void {
    this.#writer.put(row);
    for (const watcher of this.#watchers) watcher.rows.set(row.n, row);
    this.#wake();
    if (this.#now() - this.#storedAt < STORE_COUNTS_MS) return;
    this.#storedAt = this.#now();
    // Losing one of these costs nothing: the end of the job is stored and awaited.
    updateJob(this.#db, this.job).catch(() => undefined);
  }

  #wake(): void {
    this.#version += 1;
    for (const watcher of this.#watchers) watcher.wake();
  }
}
