import { EventEmitter, once } from "node:events";
import type { Logger } from "pino";
import type { Job, JobEvent, JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { inLanes } from "./in-lanes.ts";
import type { JobContext, RowResult } from "./job.ts";
import { updateJob } from "./job-store.ts";
import { RowWriter } from "./row-writer.ts";

/** Counts are stored this often while a job runs; after a crash they are counted anew from the rows. */
const STORE_COUNTS_MS = 500;
/** Watchers get at most one event in this time, and fewer the more they are. */
const WATCH_MS = 100;
const WATCH_MS_EACH = 2;
const WATCH_MS_MOST = 500;
/** Events that wait for a watcher who does not read; who is further behind has to begin anew. */
const WAITING_MAX = 100;

interface Watcher {
  events: JobEvent[];
  lost: boolean;
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
  /** Rows that changed since watchers were told. */
  #changed = new Map<number, JobRow>();
  #toldAt = 0;
  #telling: NodeJS.Timeout | undefined;
  readonly #quiet = new EventEmitter();
  #storedAt = 0;
  #closed = false;
  #counting: Promise<void> = Promise.resolve();

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
      each: (items, atOnce, work) => inLanes(items, atOnce, work, this.abort),
      summary: (figures) => this.change({ summary: { ...this.job.summary, ...figures } }),
    };
  }

  change(fields: Partial<Job>): void {
    Object.assign(this.job, fields);
    this.#wake();
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

  /** Nothing will change any more: the job has ended, and that is stored. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /**
   * The job as it is, then changes from now on, gathered; ends after the job's last one, or when `signal` aborts.
   * All watchers are given the same events, so that each has to be put into words once.
   */
  async *changes(signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    const watcher: Watcher = { events: [{ job: { ...this.job }, rows: [] }], lost: false, wake: () => undefined };
    this.#watchers.add(watcher);
    const stop = () => watcher.wake();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const event = watcher.events.shift();
        if (event !== undefined) yield event;
        else if (watcher.lost || (this.#closed && this.#telling === undefined)) return;
        else await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#watchers.delete(watcher);
    }
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
    if (this.#watchers.size > 0) this.#changed.set(row.n, row);
    this.#wake();
    if (this.#now() - this.#storedAt < STORE_COUNTS_MS) return;
    this.#storedAt = this.#now();
    // Losing one of these costs nothing: the end of the job is stored and awaited.
    this.#counting = this.#counting.then(() => updateJob(this.#db, this.job)).catch(() => undefined);
  }

  #wake(): void {
    if (this.#watchers.size === 0 || this.#telling !== undefined) return;
    const pace = Math.min(WATCH_MS_MOST, Math.max(WATCH_MS, WATCH_MS_EACH * this.#watchers.size));
    const wait = this.#toldAt + pace - performance.now();
    this.#telling = setTimeout(() => this.#tell(), Math.max(0, wait));
  }

  #tell(): void {
    this.#telling = undefined;
    this.#toldAt = performance.now();
    const event: JobEvent = { job: { ...this.job }, rows: [...this.#changed.values()] };
    this.#changed = new Map();
    for (const watcher of this.#watchers) {
      watcher.events.push(event);
      watcher.lost ||= watcher.events.length > WAITING_MAX;
      if (watcher.lost) watcher.events = [];
      watcher.wake();
    }
  }
}
