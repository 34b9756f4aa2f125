import { z } from "zod";
import { EpochMs, Failure, Id, InstanceRef, Outcome } from "./list.ts";
import { problems, type ProblemCode } from "./problem.ts";

/**
 * Every write is planned first and applied by its plan's id: what is written is what was shown. A plan is kept for half an hour;
 * where what it rests on has changed by then, applying answers PLAN_STALE with the plan as it would be now, and writes nothing.
 */
export const PLAN_KEPT_MS = 30 * 60_000;

const code = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]);

/** `key` of a text in the namespace of the plan's domain, `warning.<key>`. */
export const PlanWarning = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type PlanWarning = z.infer<typeof PlanWarning>;

/** What one broker has before and after; null where it has nothing. */
export const changeAt = <On extends z.ZodType>(on: On) =>
  z.object({
    brokerName: z.string(),
    addr: z.string(),
    change: z.enum(["create", "update", "delete", "none"]),
    before: on.nullable(),
    after: on.nullable(),
  });

/** A remark is the console's own: no broker keeps it. Null where it stays. */
export const RemarkChange = z.object({ before: z.string(), after: z.string() }).nullable();
export type RemarkChange = z.infer<typeof RemarkChange>;

/** What a write would do: a line for each broker, queue or field that it concerns. */
export const planOf = <Line extends z.ZodType>(line: Line) =>
  z.object({
    planId: z.string(),
    expiresAt: EpochMs,
    changes: z.array(line),
    /** Why applying would be refused. */
    blocked: code.nullable(),
    warnings: z.array(PlanWarning),
    /** The same in the words of `mqadmin`; secrets are masked. */
    commands: z.array(z.string()),
    failures: z.array(Failure),
  });

/** What a plan holds before it is kept. */
export type Unkept<Plan> = Omit<Plan, "planId" | "expiresAt">;

/** Names a plan that was shown. */
export const PlanRef = { planId: Id };

/** Asks for the plan that takes back what an applied one did. */
export const UndoRef = { undo: Id };

/** What was done, target by target; `undo` names the plan that takes it back, for a day, where there is one. */
export const Applied = z.object({ outcomes: z.array(Outcome), undo: z.string().nullable() });
export type Applied = z.infer<typeof Applied>;

export const InstancePlanRef = InstanceRef.extend(PlanRef);
