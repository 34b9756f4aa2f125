import { z } from "zod";
import { EpochMs, Failure, InstanceRef, Long } from "./list.ts";
import { MessageItem, MessagePlace } from "./message.ts";
import { Applied, PlanRef, planOf } from "./plan.ts";
import { row } from "./row.ts";
import { PENDING_DEPTH_MAX } from "./rules/limits.ts";

const tags = ["Messages"];

const Depth = z.coerce.number().int().min(1).max(PENDING_DEPTH_MAX).default(1);

/** A message of a transaction that neither was committed nor rolled back. */
export const HalfMessage = MessageItem.extend({
  /** Null: the message does not say. */
  producerGroup: z.string().nullable(),
  /** How often the broker asked the producers. */
  checks: z.number().int(),
  /** From when on the broker asks next, in one of its rounds; null where its settings are not known. */
  nextCheckAt: EpochMs.nullable(),
  /** Producers of the group that are connected to this broker, which alone it can ask; null: nobody said. */
  producers: z.number().int().nullable(),
});
export type HalfMessage = z.infer<typeof HalfMessage>;

export const HalfMessages = z.object({
  /** Oldest first. */
  items: z.array(HalfMessage),
  brokers: z.array(
    z.object({
      brokerName: z.string(),
      /** Found among the records that were read. */
      pending: z.number().int(),
      /** Records read, of those from where the broker's checks are to the end. */
      read: z.number().int(),
      of: Long,
      /** Question after which it gives up; null: not known, as are the others. */
      checkMax: z.number().int().nullable(),
      checkEveryMs: z.number().int().nullable(),
      /** It keeps what is pending in RocksDB too, which no request reads; null: not known. */
      rocksdb: z.boolean().nullable(),
    }),
  ),
  /** More were found than are listed. */
  more: z.boolean(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type HalfMessages = z.infer<typeof HalfMessages>;

/** A half message of which the broker asked too often, and gave up. */
export const DiscardedMessage = MessageItem.extend({ producerGroup: z.string().nullable() });
export type DiscardedMessage = z.infer<typeof DiscardedMessage>;

/** `level`: waits for the time of a delay level; `timer`: for a time of its own. */
export const TimedMessage = MessageItem.extend({
  dueAt: EpochMs,
  kind: z.enum(["level", "timer"]),
  level: z.number().int().nullable(),
  /** How often the timer moved it on, as its time is further away than the timer looks. */
  rolls: z.number().int(),
});
export type TimedMessage = z.infer<typeof TimedMessage>;

/** Records read, of those that may still wait, and messages found waiting among them. */
const Read = z.object({ waiting: z.number().int(), read: z.number().int(), of: Long });

export const TimedMessages = z.object({
  /** Next due first. */
  items: z.array(TimedMessage),
  /** Messages due in each hour in which there are any, from its beginning. */
  hours: z.array(z.object({ from: EpochMs, count: z.number().int() })),
  brokers: z.array(
    z.object({
      brokerName: z.string(),
      /** Delay levels; null where they could not be read. */
      levels: Read.nullable(),
      /** `none`: a broker before 5.0; `off`: by its settings. Null where they could not be read. */
      timers: Read.extend({
        state: z.enum(["on", "off", "none"]),
        /** By the broker's own count; null where it does not say. */
        counted: Long.nullable(),
        /** Recalled before their time. */
        recalled: z.number().int(),
        /** RocketMQ's own, such as what POP consumers have not acknowledged. */
        own: z.number().int(),
        /** Up to when the timer has delivered. */
        deliveredTo: EpochMs.nullable(),
      }).nullable(),
    }),
  ),
  more: z.boolean(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type TimedMessages = z.infer<typeof TimedMessages>;

/** Why a timed message cannot be recalled: it waits for no time of its own, has no id, is due or nearly so, was recalled; its broker is too old for that, or has it off. */
export const RecallHindrance = z.enum(["notTimed", "noId", "due", "recalled", "unsupported", "disabled"]);
export type RecallHindrance = z.infer<typeof RecallHindrance>;

const MessageLine = z.object({ brokerName: z.string(), addr: z.string(), topic: z.string(), msgId: z.string() });

export const RecallPlan = planOf(MessageLine).extend({
  hindrance: RecallHindrance.nullable(),
  dueAt: EpochMs.nullable(),
});
export type RecallPlan = z.infer<typeof RecallPlan>;

export const ResumePlan = planOf(MessageLine.extend({ offsetMsgId: z.string() })).extend({
  producerGroup: z.string().nullable(),
  producers: z.number().int().nullable(),
});
export type ResumePlan = z.infer<typeof ResumePlan>;

const PlaceRef = InstanceRef.extend(MessagePlace.shape);

export const pendingContract = {
  half: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/half", tags })
    .input(InstanceRef.extend({ depth: Depth }))
    .output(HalfMessages),
  /** Newest first. */
  discarded: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/discarded", tags })
    .input(InstanceRef.extend({ depth: Depth }))
    .output(z.object({ items: z.array(DiscardedMessage), more: z.boolean(), failures: z.array(Failure), at: EpochMs })),
  timed: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/timed", tags })
    .input(
      InstanceRef.extend({
        depth: Depth,
        /** Where an hour of `hours` begins: those alone that are due in it are listed. */
        hour: z.coerce.number().int().min(0).max(8.64e15).optional(),
      }),
    )
    .output(TimedMessages),
  planRecall: row("message:read", { on: "message", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/recall-plans", tags })
    .input(PlaceRef)
    .output(RecallPlan),
  /** Has the broker drop a timed message when its time comes. */
  recall: row("message:recall", { on: "message", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/recall", tags })
    .input(PlaceRef.extend(PlanRef))
    .output(Applied),
  planResume: row("message:read", { on: "message", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/resume-plans", tags })
    .input(PlaceRef)
    .output(ResumePlan),
  /** Has the broker ask the producers of a discarded half message again, from the first time on. */
  resume: row("message:resume", { on: "message", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/messages/resume", tags })
    .input(PlaceRef.extend(PlanRef))
    .output(Applied),
};
