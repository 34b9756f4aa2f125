import { z } from "zod";
import { EpochMs, ListInput, pageOf } from "./list.ts";
import { row } from "./row.ts";

/** What a call named in its input, by field; of long lists the first names and how many there were. */
export const AuditSubject = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.object({ of: z.number().int(), first: z.array(z.string()) })]),
);
export type AuditSubject = z.infer<typeof AuditSubject>;

/** Outcomes broker by broker or name server by name server, those that failed first, with what the target said afterwards; `of` is how many there were. */
export const AuditTargets = z.object({
  of: z.number().int(),
  items: z.array(z.object({ target: z.string(), outcome: z.string(), says: z.string().optional() })),
});
export type AuditTargets = z.infer<typeof AuditTargets>;

export const AuditEntry = z.object({
  id: z.string(),
  at: EpochMs,
  /** A username as its account has it, or as it was typed where nobody was signed in; of a command the user of the machine. */
  who: z.string(),
  userId: z.string().nullable(),
  /** A row of the contract (`topic.create`), a command (`command.unlock`), what the console did by itself (`console.purge`, `job.end`), or `http` for what came to no row. */
  row: z.string(),
  /** What it needed; null for what is no row. */
  action: z.string().nullable(),
  instanceId: z.string().nullable(),
  subject: AuditSubject,
  planId: z.string().nullable(),
  /** The job that it started or was about. */
  jobId: z.string().nullable(),
  /** `ok`; `unknown` where an answer was lost; `partial` where some targets failed; the problem's code; `begun` while it goes on, and for good where the console was killed meanwhile. */
  outcome: z.string(),
  targets: AuditTargets.nullable(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  ms: z.number().int().nullable(),
  /** Failures of strangers, and refusals of others, before this one that were too many to be kept. */
  unrecorded: z.number().int(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditFilter = z.object({
  who: z.string().max(64).optional(),
  row: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
  instanceId: z.string().max(64).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});

export const auditContract = {
  /** Who did what, newest first. */
  list: row("audit:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/audit", tags: ["Audit"] })
    .input(ListInput.pick({ page: true, pageSize: true, order: true }).extend(AuditFilter.shape))
    .output(pageOf(AuditEntry)),
};
