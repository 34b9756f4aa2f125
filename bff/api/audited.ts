import { z } from "zod";
import type { AuditSubject } from "#contract/audit.ts";
import { resources, type RowMeta } from "#contract/row.ts";
import type { CurrentUser } from "#contract/session.ts";
import { problemOf } from "../base/problem.ts";
import type { AuditEnd, AuditStart, EndAudit } from "../store/audit.ts";
import type { RequestContext } from "./request-context.ts";

const NAME_MAX = 255;
const NAMES_MAX = 20;
const TARGETS_MAX = 100;

/** A call of a row as it is audited. */
export interface AuditedCall {
  context: RequestContext;
  path: readonly string[];
  meta: RowMeta;
  input: unknown;
  user?: CurrentUser;
  signal?: AbortSignal | undefined;
}

/** Fields of inputs that say what a call was about. No others are kept: among them are secrets and what people wrote. */
const naming = new Set<string>([...Object.values(resources).flat(), "name"]);

const bounded = (text: string) => text.slice(0, NAME_MAX);

/** Names as an entry keeps them: the first of them. */
export const namesIn = (names: readonly string[], of = names.length) => ({
  of,
  first: names.slice(0, NAMES_MAX).map(bounded),
});
const Kept = z.string().transform(bounded).optional();

const Named = z.object({ username: Kept, instanceId: Kept, planId: Kept, jobId: Kept });
const Started = z.object({ jobId: z.string() });
const Told = z.object({
  outcomes: z.array(
    z.object({
      target: z.string(),
      ok: z.boolean(),
      unknown: z.boolean().optional(),
      says: z.string().optional(),
      failure: z.object({ code: z.string() }).optional(),
    }),
  ),
});

function subjectOf(input: unknown): AuditSubject {
  const subject: AuditSubject = {};
  for (const [field, value] of Object.entries(Object(input))) {
    if (!naming.has(field) || field === "instanceId" || field === "jobId") continue;
    if (typeof value === "string") subject[field] = bounded(value);
    if (typeof value === "number") subject[field] = value;
    if (Array.isArray(value)) {
      const names = value.filter((name) => typeof name === "string");
      subject[field] = namesIn(names, value.length);
    }
  }
  return subject;
}

function startOf({ context, path, meta, input, user }: AuditedCall): AuditStart {
  const named = Named.safeParse(input).data;
  return {
    who: user?.username ?? named?.username ?? "",
    userId: user?.id,
    row: path.join("."),
    action: meta.action,
    instanceId: named?.instanceId,
    subject: subjectOf(input),
    planId: named?.planId,
    jobId: named?.jobId,
    address: context.address,
    requestId: context.requestId,
  };
}

function endOf(output: unknown): AuditEnd {
  const job = Started.safeParse(output).data;
  const told = Told.safeParse(output).data?.outcomes;
  if (told === undefined) return { outcome: "ok", ...job };
  const all = told.map(({ target, ok, unknown, says, failure }) => ({
    target,
    outcome: ok ? "ok" : unknown ? "unknown" : (failure?.code ?? "failed"),
    says,
  }));
  const failed = all.filter(({ outcome }) => outcome !== "ok");
  const done = all.filter(({ outcome }) => outcome === "ok");
  const [first] = failed;
  const outcome = first === undefined ? "ok" : done.length > 0 ? "partial" : first.outcome;
  return { outcome, targets: { of: all.length, items: [...failed, ...done].slice(0, TARGETS_MAX) }, ...job };
}

async function kept({ context, path }: AuditedCall, write: Promise<void>): Promise<void> {
  await write.catch((err: unknown) => context.log.error({ err, row: path.join(".") }, "an audit entry is not whole"));
}

/** Keeps that somebody was refused; it is refused all the same where that cannot be kept. */
export function auditRefusal(call: AuditedCall, outcome: string): Promise<void> {
  return kept(call, call.context.audit.refused({ ...startOf(call), outcome }));
}

/**
 * Runs what a row does between two writes of its audit entry: that it begins, and how it ended. What cannot be kept is not begun, so
 * that nobody gets round the audit by filling the disk; an end that cannot be kept leaves `begun`, since the answer tells what was done.
 * A row of one's own account goes on without: ending a session, or changing a password that leaked, must not wait for a disk.
 */
export async function audited<T extends { output: unknown }>(
  call: AuditedCall,
  run: (note: Note) => PromiseLike<T> | T,
): Promise<T> {
  const { context, meta, user } = call;
  let noted: Partial<AuditStart> = {};
  const note: Note = (more) => void (noted = { ...noted, ...more });
  if (meta.audit === "none") return run(note);
  const end = await begun(call, context.audit.begin(startOf(call), { stranger: user === undefined }));
  try {
    const result = await run(note);
    await kept(call, end({ ...noted, ...endOf(result.output) }));
    return result;
  } catch (error) {
    const unknown = call.signal?.aborted === true ? "left" : "INTERNAL_SERVER_ERROR";
    await kept(call, end({ ...noted, outcome: problemOf(error)?.code ?? unknown }));
    throw error;
  }
}

/** Tells the audit entry of a call what its input does not say; no secrets. */
export type Note = (more: Partial<Pick<AuditStart, "userId" | "instanceId" | "subject" | "planId" | "jobId">>) => void;

async function begun({ context, meta }: AuditedCall, begin: Promise<EndAudit>): Promise<EndAudit> {
  try {
    return await begin;
  } catch (err) {
    if (meta.action !== "self") throw err;
    context.log.error({ err }, "not audited");
    return () => Promise.resolve();
  }
}
