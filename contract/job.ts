import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { EpochMs, Id, ListInput, pageOf } from "./list.ts";
import { row } from "./row.ts";
import { JOB_STATES } from "./rules/job.ts";

export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** `running` is written before the broker is asked, so after a crash such a row reads `unknown`: it may or may not have happened. */
export const JobRowState = z.enum(["running", "ok", "skipped", "failed", "cancelled", "unknown"]);
export type JobRowState = z.infer<typeof JobRowState>;

export const JobRow = z.object({
  /** Position in the job, from 1. */
  n: z.number().int(),
  /** What the row is about: a topic name, a line, a message id. */
  key: z.string(),
  state: JobRowState,
  /** Problem code or a message key of the job's kind. */
  code: z.string().optional(),
  /** Broker's remark or other detail, as is. */
  detail: z.string().optional(),
  /** What the kind of job adds: e.g. message id, queue, status. */
  data: z.record(z.string(), z.unknown()).optional(),
  at: EpochMs,
});
export type JobRow = z.infer<typeof JobRow>;

/** A file that a job made for people to take away. */
export const JobFile = z.object({
  name: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  /** Not all had room in it. */
  full: z.boolean(),
});
export type JobFile = z.infer<typeof JobFile>;

export const Job = z.object({
  id: z.string(),
  /** e.g. `csvImport.topic`, `dialTest.produce`. */
  kind: z.string(),
  /** Values for the title text of the kind. */
  params: z.record(z.string(), z.unknown()),
  instanceId: z.string().nullable(),
  state: JobState,
  /** Rows known in advance; null while unknown. */
  total: z.number().int().nullable(),
  done: z.number().int(),
  ok: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  /** Outcomes that are in the file of results alone, where there are more than the store keeps. */
  filed: z.number().int().optional(),
  /** Outcomes that are counted and kept nowhere, where that file is full or cannot be written. */
  dropped: z.number().int().optional(),
  /** Why it could not be written, by the operating system's code. */
  fileFault: z.string().optional(),
  /** What it made, or has made so far. */
  file: JobFile.optional(),
  /** Figures that the kind of job computes (rate, percentiles, …). */
  summary: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), detail: z.string().optional() }).nullable(),
  /** Why the end of the job is not stored yet; it is tried again until it is. */
  storeError: z.string().optional(),
  startedBy: z.string(),
  createdAt: EpochMs,
  startedAt: EpochMs.nullable(),
  finishedAt: EpochMs.nullable(),
});
export type Job = z.infer<typeof Job>;

/** With the name of its instance, for whoever works with several; null when it has none, or the instance was destroyed. */
export const NamedJob = Job.extend({ instanceName: z.string().nullable() });
export type NamedJob = z.infer<typeof NamedJob>;

export const JobEvent = z.object({
  job: Job,
  rows: z.array(JobRow),
  /** Rows that have changed are still to be told: a fast job is ahead of what its watchers are sent. */
  more: z.boolean(),
});
export type JobEvent = z.infer<typeof JobEvent>;

const JobRef = z.object({ jobId: Id });

export const jobContract = {
  list: row("job:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/jobs", tags: ["Jobs"] })
    .input(
      ListInput.extend({
        kind: z.string().max(64).optional(),
        state: JobState.optional(),
        instanceId: Id.optional(),
      }),
    )
    .output(pageOf(NamedJob)),
  get: row("job:read", { on: "job", audit: "none" })
    .route({ method: "GET", path: "/jobs/{jobId}", tags: ["Jobs"] })
    .input(JobRef)
    .output(NamedJob),
  rows: row("job:read", { on: "job", audit: "none" })
    .route({ method: "GET", path: "/jobs/{jobId}/rows", tags: ["Jobs"] })
    .input(
      ListInput.extend({
        jobId: Id,
        states: z.array(JobRowState).max(JobRowState.options.length).optional(),
      }),
    )
    .output(pageOf(JobRow)),
  /** Streams the job's figures, and with `after` each row of the store that is new or changed above that number; ends when the job has ended. */
  watch: row("job:read", { on: "job", audit: "none" })
    .route({ method: "GET", path: "/jobs/{jobId}/events", tags: ["Jobs"] })
    .input(JobRef.extend({ after: z.coerce.number().int().min(0).optional() }))
    .output(eventIterator(JobEvent)),
  /** One's own; those of others take `job:cancel`, and what it takes to start them. */
  cancel: row("job:read", { on: "job", audit: "write" })
    .route({ method: "POST", path: "/jobs/{jobId}/cancel", tags: ["Jobs"] })
    .input(JobRef)
    .output(Job),
  /** Result of every row as CSV (UTF-8 with BOM). */
  download: row("job:read", { on: "job", audit: "read" })
    .route({ method: "GET", path: "/jobs/{jobId}/results.csv", tags: ["Jobs"] })
    .input(JobRef)
    .output(z.file()),
  /** What the job made: whole messages with their bodies, as many as there are by now. */
  file: row("message:read", { on: "job", audit: "read" })
    .route({ method: "GET", path: "/jobs/{jobId}/file", tags: ["Jobs"] })
    .input(JobRef)
    .output(z.file()),
};
