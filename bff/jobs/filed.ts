import { z } from "zod";
import type { Job, JobRow } from "#contract/job.ts";

/** Outcomes that are no rows of the store: how many are in the file of results, or nowhere, and what they were. */
export const Filed = z.object({
  filed: z.number(),
  dropped: z.number(),
  ok: z.number(),
  failed: z.number(),
  skipped: z.number(),
  /** What of the file counts; beyond is what a write left that failed or was killed. */
  bytes: z.number(),
  /** Why the file could not be written. */
  fault: z.string().optional(),
});
export type Filed = z.infer<typeof Filed>;

export const NOTHING_FILED: Filed = { filed: 0, dropped: 0, ok: 0, failed: 0, skipped: 0, bytes: 0 };

/** What became of rows that were to be filed. */
export interface Appended {
  /** So many, from the first, are in the file. */
  fit: number;
  bytes: number;
  fault?: string;
}

/** With further rows. */
export function withFiled(before: Filed, rows: readonly JobRow[], { fit, bytes, fault }: Appended): Filed {
  const of = (state: JobRow["state"]) => rows.filter((row) => row.state === state).length;
  return {
    filed: before.filed + fit,
    dropped: before.dropped + rows.length - fit,
    ok: before.ok + of("ok"),
    failed: before.failed + of("failed"),
    skipped: before.skipped + of("skipped"),
    bytes,
    fault: fault ?? before.fault,
  };
}

/** What the job says of them. */
export const toldOf = ({ filed, dropped, fault }: Filed): Pick<Job, "filed" | "dropped" | "fileFault"> => ({
  filed: filed === 0 ? undefined : filed,
  dropped: dropped === 0 ? undefined : dropped,
  fileFault: fault,
});
