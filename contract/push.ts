import { z } from "zod";
import { EpochMs, Failure, InstanceRef } from "./list.ts";
import { MessagePlace } from "./message.ts";
import { Applied, PlanRef, planOf } from "./plan.ts";
import { row } from "./row.ts";

const tags = ["Messages"];

/**
 * Why a client cannot be given a message: it is `offline`, or not connected to the broker that has the message; it `pulls`, so it has no listener;
 * it is `tooOld`; the message is one of a batch that is stored as one, which clients would get as it is; or it still `waits` for its time or commit.
 */
export const PushHindrance = z.enum(["offline", "notConnected", "pulls", "tooOld", "innerBatch", "waits"]);
export type PushHindrance = z.infer<typeof PushHindrance>;

export const PushTarget = z.object({
  group: z.string(),
  clientId: z.string(),
  address: z.string(),
  language: z.string().nullable(),
  version: z.string().nullable(),
  /** Brokers and proxies that it is connected to. */
  seenAt: z.array(z.string()),
  hindrance: PushHindrance.nullable(),
});
export type PushTarget = z.infer<typeof PushTarget>;

export const PushTargets = z.object({
  items: z.array(PushTarget),
  /** Groups asked about, those without a client among them. */
  groups: z.array(z.string()),
  /** There are more groups or clients than are told. */
  more: z.boolean(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type PushTargets = z.infer<typeof PushTargets>;

const PushRef = InstanceRef.extend(MessagePlace.shape).extend({
  group: z.string().min(1).max(255),
  clientId: z.string().min(1).max(255),
});

/** The message as its broker hands it on, and who gets it. */
export const PushLine = z.object({
  brokerName: z.string(),
  addr: z.string(),
  offsetMsgId: z.string(),
  group: z.string(),
  clientId: z.string(),
});

export const PushPlan = planOf(PushLine).extend({
  /** Null where it can be done. */
  hindrance: PushHindrance.nullable(),
  address: z.string().nullable(),
  language: z.string().nullable(),
  version: z.string().nullable(),
});
export type PushPlan = z.infer<typeof PushPlan>;

/** What a client answers once its listener has run. */
export const PushAnswer = z.object({
  /** CR_SUCCESS, CR_LATER, CR_ROLLBACK, CR_COMMIT, CR_THROW_EXCEPTION or CR_RETURN_NULL; null where it says none. */
  result: z.string().nullable(),
  /** By the client's clock. */
  spentMs: z.number(),
  /** The exception, in short. */
  remark: z.string().nullable(),
  /** Its listener consumes in order. */
  order: z.boolean(),
  autoCommit: z.boolean(),
});
export type PushAnswer = z.infer<typeof PushAnswer>;

export const pushContract = {
  /** Clients online of the groups that consume the message's topic. */
  targets: row("message:read", { on: "message", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/push-targets", tags })
    .input(InstanceRef.extend(MessagePlace.shape))
    .output(PushTargets),
  plan: row("message:read", { on: "message", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/push-plans", tags })
    .input(PushRef)
    .output(PushPlan),
  /** Has the client run its listener with the message. An outcome that is `unknown` was asked for and not answered: the listener may have run, or run still. */
  run: row("message:push", { on: "message", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/push", tags })
    .input(PushRef.extend(PlanRef))
    .output(Applied.extend({ answer: PushAnswer.nullable() })),
};
