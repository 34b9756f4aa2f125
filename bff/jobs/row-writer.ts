import type { JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { upsertJobRows } from "./job-store.ts";

/** Outcomes that nobody waits for are stored within this time. */
const LAZY_MS = 20;

/** Stores rows of one job: everything that came in during a write goes into the next one, as one statement. */
export class RowWriter {
  readonly #db: Store;
  readonly #jobId: string;
  #pending = new Map<number, JobRow>();
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Store, jobId: string) {
    this.#db = db;
    this.#jobId = jobId;
  }

  /** Takes a row; it is stored soon. */
  put(row: JobRow): void {
    this.#pending.set(row.n, row);
    if (this.#next !== undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A failed write is met again by the next `flush`, which somebody awaits.
      this.flush().catch(() => undefined);
    }, LAZY_MS);
  }

  /** Resolves once all that was put before is stored. */
  flush(): Promise<void> {
    this.#next ??= this.#write(this.#last);
    return this.#next;
  }

  async #write(previous: Promise<void>): Promise<void> {
    await previous.catch(() => undefined);
    // Calls of the same turn of the event loop share the write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#pending;
    this.#pending = new Map();
    this.#last = this.#next ?? Promise.resolve();
    this.#next = undefined;
    try {
      await upsertJobRows(this.#db, this.#jobId, [...rows.values()]);
    } catch (error) {
      this.#pending = new Map([...rows, ...this.#pending]);
      throw error;
    }
  }
}
