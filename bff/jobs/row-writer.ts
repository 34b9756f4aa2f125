import type { JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { NOTHING_FILED, withFiled, type Filed } from "./filed.ts";
import { deleteJobRows, storeFiled, upsertJobRows } from "./job-store.ts";
import type { ResultFiles } from "./result-files.ts";

/** Outcomes that nobody waits for are stored within this time. */
const LAZY_MS = 20;

export interface Keeping {
  /** So many settled rows are kept in the store, and as many failed ones; others go to the file of results. */
  rows: number;
  files: ResultFiles;
  onFiled: (filed: Filed) => void;
}

/** Stores rows of one job: everything that came in during a write goes into the next one, as one statement. */
export class RowWriter {
  readonly #db: Store;
  readonly #jobId: string;
  #pending = new Map<number, JobRow>();
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  readonly #keeping: Keeping;
  /** Settled rows in the store. */
  #kept = { failed: 0, other: 0 };
  #filed: Filed = NOTHING_FILED;

  constructor(db: Store, jobId: string, keeping: Keeping) {
    this.#db = db;
    this.#jobId = jobId;
    this.#keeping = keeping;
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
      await this.#store([...rows.values()]);
    } catch (error) {
      this.#pending = new Map([...rows, ...this.#pending]);
      throw error;
    }
  }

  async #store(rows: readonly JobRow[]): Promise<void> {
    const kept = { ...this.#kept };
    const stays = ({ state }: JobRow) => {
      if (state === "running") return true;
      const share = state === "failed" || state === "unknown" ? "failed" : "other";
      kept[share] += 1;
      return kept[share] <= this.#keeping.rows;
    };
    const [stored, leaving]: [JobRow[], JobRow[]] = [[], []];
    for (const row of rows) (stays(row) ? stored : leaving).push(row);
    if (leaving.length === 0) await upsertJobRows(this.#db, this.#jobId, stored);
    else await this.#file(leaving, stored);
    this.#kept = kept;
  }

  /**
   * Rows leave the store, where they were while they ran, in the transaction that says how much of the file counts:
   * each is in one of the two, however this ends.
   */
  async #file(leaving: readonly JobRow[], stored: readonly JobRow[]): Promise<void> {
    const appended = await this.#keeping.files.append(this.#jobId, this.#filed.bytes, leaving);
    const filed = withFiled(this.#filed, leaving, appended);
    await this.#db.transaction().execute(async (trx) => {
      await upsertJobRows(trx, this.#jobId, stored);
      const numbers = leaving.map(({ n }) => n);
      await deleteJobRows(trx, this.#jobId, numbers);
      await storeFiled(trx, this.#jobId, filed);
    });
    this.#filed = filed;
    this.#keeping.onFiled(filed);
  }
}
