import type { Logger } from "pino";
import type { Action } from "#contract/action.ts";
import type { JobFile as Told, JobRowState } from "#contract/job.ts";
import type { JobFile } from "./job-file.ts";

export type Settled = Exclude<JobRowState, "running">;

export interface RowResult {
  state: Settled;
  /** Problem code or a message key of the job's kind. */
  code?: string;
  detail?: string;
  data?: Record<string, unknown>;
}

/** What a running job is given. Rows are numbered from 1. */
export interface JobContext {
  readonly jobId: string;
  /** Aborted when the job is cancelled, fails or ends, and when the console stops: begin nothing new, settle what is under way. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** How many rows there will be. */
  total(n: number): void;
  /** Marks a row as running; resolves once that is stored. Ask the broker only then, so that a crash leaves the row `unknown` and not forgotten. */
  begin(n: number, key: string): Promise<void>;
  /** The outcome of a row that was begun. */
  settle(n: number, result: RowResult): void;
  /** A row for which no broker was asked: skipped, or refused beforehand. */
  record(n: number, key: string, result: RowResult): void;
  /** Does something for each item, so many at the same time. When one throws nothing new is begun; it throws in turn once the rest has settled. */
  each<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void>;
  /** Begins the job's file, of which it has one. It is closed when the job ends. Throws STORE_FAILED. */
  file(named: Pick<Told, "name" | "type">): Promise<JobFile>;
  /** Merges figures into the job's summary. */
  summary(figures: Record<string, unknown>): void;
}

/** A kind of long work. `P` lives in memory only: a job is never redone after a restart. */
export interface JobKind<P> {
  /** e.g. `csvImport.topic`. */
  kind: string;
  /** What it takes to start such a job, and so to cancel it. */
  action: Action;
  /** The part of the payload that is stored and shown: values for the title. */
  describe(payload: P): Record<string, unknown>;
  /** It waits for something: without a row that is ok it ended `empty`, and with fewer rows than its total `partial`, where another kind had no more to do. */
  waits?: boolean;
  run(ctx: JobContext, payload: P): Promise<void>;
}
