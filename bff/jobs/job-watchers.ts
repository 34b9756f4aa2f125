import { setImmediate as nextTurn } from "node:timers/promises";
import type { Job, JobEvent, JobRow } from "#contract/job.ts";
import { ROWS_AN_EVENT } from "./watch-stored.ts";

/** Watchers get at most one event in this time, and fewer the more they are. */
const WATCH_MS = 100;
const WATCH_MS_EACH = 2;
const WATCH_MS_MOST = 500;
/** Rows that all of them together are sent in a second, and the most in an event: what changes faster waits, and the event says so. */
const ROWS_A_SECOND = 150_000;
const CHANGED_ROWS_AN_EVENT = 1000;
/** Watchers served in one turn of the event loop, which takes one new connection each and in which nobody else is answered. */
const WATCHERS_A_TURN = 10;
/** Rows that wait to be told; whoever is further behind a fast job has to begin anew. */
const CHANGED_ROWS_MAX = 20_000;
/** Events that wait for a watcher who does not read; who is further behind has to begin anew. */
const WAITING_MAX = 100;
/** Reads that are kept for others who begin: where nothing changes, whoever begins at ever other rows would fill the memory. */
const READ_KEPT = 100;

interface Watcher {
  /** Not only the figures. */
  rows: boolean;
  events: JobEvent[];
  lost: boolean;
  wake: () => void;
}

interface Source {
  job: Job;
  /** Rows above `after` with all that is known of them, `ROWS_AN_EVENT` at most. */
  rowsAfter(after: number): Promise<JobRow[]>;
}

/** Who watches a job that runs in this process. They are given the same events, so that each has to be put into words once. */
export class JobWatchers {
  readonly #source: Source;
  readonly #watchers = new Set<Watcher>();
  /** Rows of which they are still to be told; one that changes again keeps its turn. */
  readonly #changed = new Map<number, JobRow>();
  /** What was read for those who began since the others were told something. */
  readonly #read = new Map<number, Promise<JobEvent>>();
  #rowWatchers = 0;
  #toldAt = 0;
  #telling: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(source: Source) {
    this.#source = source;
  }

  rowChanged(row: JobRow): void {
    if (this.#rowWatchers > 0) this.#changed.set(row.n, row);
    if (this.#changed.size > CHANGED_ROWS_MAX) this.#loseRows();
    this.jobChanged();
  }

  jobChanged(): void {
    if (this.#watchers.size === 0 || this.#telling !== undefined) return;
    const wait = this.#toldAt + this.#paceMs() - performance.now();
    this.#telling = setTimeout(() => this.#tell(), Math.max(0, wait));
  }

  /** Nothing will change any more. */
  close(): void {
    this.#closed = true;
    this.jobChanged();
  }

  /**
   * The job, then its figures as they change, gathered; with `after` its rows above that number, too, and then those that change.
   * Ends after the job's last event, or when `signal` aborts.
   */
  async *watch(after: number | undefined, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    // Listening starts before the stored rows are read, so that no change falls between the two.
    const watcher: Watcher = { rows: after !== undefined, events: [], lost: false, wake: () => undefined };
    this.#watchers.add(watcher);
    if (watcher.rows) this.#rowWatchers += 1;
    const stop = () => watcher.wake();
    signal.addEventListener("abort", stop);
    try {
      if (after === undefined) yield this.#figures();
      for (let from = after ?? 0, full = watcher.rows; full && !signal.aborted;) {
        const event = await this.#stored(from);
        full = event.rows.length === ROWS_AN_EVENT;
        from = event.rows.at(-1)?.n ?? from;
        yield watcher.lost ? { ...event, more: true } : event;
      }
      while (!signal.aborted) {
        const event = watcher.events.shift();
        if (event !== undefined) yield event;
        else if (watcher.lost || (this.#closed && this.#telling === undefined)) return;
        else await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#watchers.delete(watcher);
      if (watcher.rows) this.#rowWatchers -= 1;
      if (this.#rowWatchers === 0) this.#changed.clear();
      if (this.#watchers.size === 0) this.#forget();
    }
  }

  /** Whatever changes after it was read is told to all who may be given it. */
  #stored(after: number): Promise<JobEvent> {
    const known = this.#read.get(after);
    if (known !== undefined) return known;
    const read = this.#source.rowsAfter(after).then((rows) => this.#event(rows, rows.length === ROWS_AN_EVENT));
    this.#read.set(after, read);
    const [oldest] = this.#read.keys();
    if (this.#read.size > READ_KEPT && oldest !== undefined) this.#read.delete(oldest);
    read.catch(() => this.#read.delete(after));
    return read;
  }

  #event(rows: JobRow[], more = false): JobEvent {
    return { job: { ...this.#source.job }, rows, more: more || this.#changed.size > 0 };
  }

  #figures(): JobEvent {
    return { job: { ...this.#source.job }, rows: [], more: false };
  }

  #paceMs(): number {
    return Math.min(WATCH_MS_MOST, Math.max(WATCH_MS, WATCH_MS_EACH * this.#watchers.size));
  }

  #tell(): void {
    this.#telling = undefined;
    this.#toldAt = performance.now();
    this.#read.clear();
    const event = this.#event(this.#nextRows());
    const figures = this.#figures();
    for (const watcher of this.#watchers) {
      watcher.events.push(watcher.rows ? event : figures);
      watcher.lost ||= watcher.events.length > WAITING_MAX;
      if (watcher.lost) watcher.events = [];
    }
    void this.#wake();
    if (event.more) this.jobChanged();
  }

  /** Who reads rows is behind for good, and begins anew from what is stored. */
  #loseRows(): void {
    this.#changed.clear();
    for (const watcher of this.#watchers) {
      if (!watcher.rows) continue;
      watcher.lost = true;
      watcher.events = [];
    }
    void this.#wake();
  }

  async #wake(): Promise<void> {
    let woken = 0;
    for (const watcher of this.#watchers) {
      watcher.wake();
      woken += 1;
      if (woken % WATCHERS_A_TURN === 0) await nextTurn();
    }
  }

  #nextRows(): JobRow[] {
    const each = Math.floor((ROWS_A_SECOND * this.#paceMs()) / 1000 / Math.max(1, this.#rowWatchers));
    const most = Math.max(1, Math.min(CHANGED_ROWS_AN_EVENT, each));
    const rows: JobRow[] = [];
    for (const [n, row] of this.#changed) {
      if (rows.length === most) break;
      rows.push(row);
      this.#changed.delete(n);
    }
    return rows;
  }

  /** Those who come later read what is stored. */
  #forget(): void {
    this.#changed.clear();
    this.#read.clear();
    clearTimeout(this.#telling);
    this.#telling = undefined;
  }
}
