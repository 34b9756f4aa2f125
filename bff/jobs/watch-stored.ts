import { setTimeout as pause } from "node:timers/promises";
import type { JobEvent } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { findJob, jobRowsAfter } from "./job-store.ts";

export const ROWS_AN_EVENT = 500;
const LOOK_MS = 1000;
/** A row may be stored this long after the time that stands in it. */
const LATE_MS = 10_000;

async function* storedFigures(db: Store, jobId: string): AsyncGenerator<JobEvent, void> {
  const job = await findJob(db, jobId);
  if (job !== undefined) yield { job, rows: [], more: false };
}

/** Rows above `after` that changed since a time, and with each part of them the job as it is stored. */
async function* storedRows(db: Store, jobId: string, after: number, since: number): AsyncGenerator<JobEvent, void> {
  const job = await findJob(db, jobId);
  if (job === undefined) return;
  for (let from = after, more = true; more;) {
    const rows = await jobRowsAfter(db, jobId, from, ROWS_AN_EVENT, since);
    more = rows.length === ROWS_AN_EVENT;
    from = rows.at(-1)?.n ?? from;
    yield { job, rows, more };
  }
}

/** Figures as they are stored, until the job has ended; with `after` its rows above that number, too. */
export async function* watchStored(
  db: Store,
  jobId: string,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<JobEvent, void> {
  let seen = 0;
  while (!signal.aborted) {
    let ended = true;
    const told = after === undefined ? storedFigures(db, jobId) : storedRows(db, jobId, after, seen - LATE_MS);
    for await (const event of told) {
      ended = event.job.finishedAt !== null;
      for (const { at } of event.rows) seen = Math.max(seen, at);
      yield event;
    }
    if (ended) return;
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
