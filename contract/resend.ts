import { z } from "zod";
import { EpochMs, Failure, InstanceRef, Long, Outcome } from "./list.ts";
import { MessagePlace } from "./message.ts";
import { PlanRef, planOf } from "./plan.ts";
import { problems, type ProblemCode } from "./problem.ts";
import { row } from "./row.ts";
import { COPY_BODY_MAX, COPY_PROPERTIES_MAX, RESEND_PLACES_MAX, RESEND_SAMPLE_MAX } from "./rules/limits.ts";

const tags = ["Messages"];

const Group = z.string().min(1).max(255);
const Topic = z.string().min(1, "required").max(127, "tooBig");
const Time = z.number().int().min(0).max(8.64e15);
const code = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]);

/** Where a dead letter lies in the dead letter topic of its group. */
export const LetterPlace = MessagePlace.omit({ topic: true });
export type LetterPlace = z.infer<typeof LetterPlace>;

/**
 * One that was read already: when it was stored tells it from those of a topic that was made anew, its `offsetMsgId` from those of another
 * cluster; without that it is known to the instance that sent it alone.
 */
const ReadLetter = LetterPlace.extend({ storedAt: EpochMs.optional(), offsetMsgId: z.string().max(255).optional() });
export type ReadLetter = z.infer<typeof ReadLetter>;

/**
 * Who gets dead letters that are sent once more: all groups of the topic that they came from (`original`), or the group that gave them up, by its
 * retry topic (`group`).
 */
export const ResendTo = z.enum(["original", "group"]);
export type ResendTo = z.infer<typeof ResendTo>;

/** Which dead letters of a group: those at places, else all that were stored between two times. */
export const ResendAsked = InstanceRef.extend({
  group: Group,
  places: z.array(LetterPlace).min(1).max(RESEND_PLACES_MAX).optional(),
  from: Time.optional(),
  to: Time.optional(),
  target: ResendTo.default("original"),
  /** What was sent once more before is left out: `unknown` takes those of which nobody knows whether they arrived, `all` every one. */
  again: z.enum(["never", "unknown", "all"]).default("never"),
  /** A sample: the first so many that are not left out. */
  limit: z.number().int().min(1, "sample.range").max(RESEND_SAMPLE_MAX, "sample.range").optional(),
});
export type ResendAsked = z.infer<typeof ResendAsked>;

const Audience = z.object({
  /** Groups with clients online that will get the messages. */
  consumers: z.array(z.object({ group: z.string(), clients: z.number().int() })),
  /** Groups that have consumed the topic and are offline: they get them once they are back. */
  offline: z.number().int(),
  /** Groups of which nobody can say whether they are online. */
  unseen: z.number().int(),
});

/** What goes to one topic, or would if it were not blocked. */
const ResendLine = Audience.extend({
  topic: z.string(),
  messages: z.number().int(),
  topicType: z.string().nullable(),
  /** Why nothing is sent there: the rows of these messages will fail, and they are not counted among those that go. */
  blocked: code.nullable(),
});
export type ResendLine = z.infer<typeof ResendLine>;

export const ResendPlan = planOf(ResendLine).extend({
  asked: ResendAsked,
  /** Dead letters at the places or between the times, by the offsets of the queues that could be read; null: none could. */
  matching: Long.nullable(),
  /** How many of them were read for this plan; what is told of fewer than all is told of these. */
  read: z.number().int(),
  whole: z.boolean(),
  /** How many of those read go. */
  goes: z.number().int(),
  /** Of those read: sent before, being sent by a job now, and sent with an answer that was lost and no trace of them yet. */
  sent: z.number().int(),
  sending: z.number().int(),
  unknown: z.number().int(),
  oldest: EpochMs.nullable(),
  newest: EpochMs.nullable(),
});
export type ResendPlan = z.infer<typeof ResendPlan>;

/** Where a message was stored. */
const StoredAt = z.object({ brokerName: z.string(), queueId: z.number().int(), queueOffset: Long });

/** What is remembered of a dead letter that was sent once more. */
export const Resent = z.object({
  place: LetterPlace,
  state: z.enum(["sending", "sent", "unknown"]),
  /** Topic that it was sent to. */
  target: z.string(),
  /** Id that it was sent under. */
  msgId: z.string(),
  sentTo: StoredAt.nullable(),
  /** When it is due, of a delayed one: where it lies from then on nobody has said. */
  dueAt: EpochMs.nullable(),
  by: z.string(),
  at: EpochMs,
  /** Null of a copy that somebody sent by itself, and of what was sent through another instance of the cluster. */
  jobId: z.string().nullable(),
});
export type Resent = z.infer<typeof Resent>;

/**
 * What became of a message for the group that had given it up. `passed`: its offset went past it, and it neither waits for a retry nor is dead
 * again, which is all that brokers know of consumption.
 */
export const ResentFate = z.enum(["waiting", "retrying", "consumed", "passed", "filtered", "deadAgain", "unknown"]);
export type ResentFate = z.infer<typeof ResentFate>;

const Properties = z
  .record(z.string().min(1).max(128), z.string().min(1).max(32_000))
  .refine((properties) => Object.keys(properties).length <= COPY_PROPERTIES_MAX, "properties.tooMany");

/** A copy of a message as a new one; what is left out stays as it is in the source, null takes it away. */
export const CopyAsked = InstanceRef.extend(MessagePlace.shape).extend({
  /** Left out: the topic that the message was sent to. */
  target: Topic.optional(),
  /** Of a dead letter: to the retry topic of its group, so that nobody else gets it. */
  onlyGroup: z.boolean().default(false),
  body: z
    .object({
      encoding: z.enum(["text", "base64"]),
      content: z.string().min(1, "required").max(COPY_BODY_MAX, "body.tooLong"),
    })
    .optional(),
  tag: z.string().trim().min(1).max(1024).nullish(),
  keys: z.string().trim().min(1).max(4096).nullish(),
  properties: Properties.optional(),
  shardingKey: z.string().min(1).max(1024).nullish(),
  delaySeconds: z.number().int().min(1, "delay.range").max(259_200, "delay.range").optional(),
});
export type CopyAsked = z.infer<typeof CopyAsked>;

const CopyLine = Audience.extend({
  topic: z.string(),
  topicType: z.string().nullable(),
  brokers: z.array(z.string()),
  /** Bytes of the body as it is sent, before it is packed; null: as it is stored. */
  bodySize: z.number().int().nullable(),
  /** Fields that differ from the source. */
  edited: z.array(z.enum(["body", "tag", "keys", "properties", "shardingKey", "delaySeconds"])),
  /** When it is due, were it sent now; null: at once. */
  dueAt: EpochMs.nullable(),
});

export const CopyPlan = planOf(CopyLine).extend({
  /** Of a dead letter that was sent once more before. */
  resent: Resent.nullable(),
});
export type CopyPlan = z.infer<typeof CopyPlan>;

const Copied = z.object({
  outcomes: z.array(Outcome),
  undo: z.null(),
  /** Null where it was not sent, or nobody knows where it lies: one that waits for its time is none of its topic yet. */
  sent: StoredAt.extend({ topic: z.string(), msgId: z.string(), sendStatus: z.string() }).nullable(),
  /** When a delayed one that was sent is due. */
  dueAt: EpochMs.nullable(),
});
export type Copied = z.infer<typeof Copied>;

const GroupRef = InstanceRef.extend({ group: Group });
const onGroup = { on: "group", audit: "none" } as const;

/**
 * Rows of a job `resend.deadLetters`: `code` is the send status or problem, why one was left out (`alreadySent`, `alreadyUnknown`, `beingSent`), or
 * why it failed unsent (`noTopic`, `damaged`, or the problem of the topic that it names, which is `detail` then);
 * `data` `{ letter: { topic, brokerName, queueId, queueOffset }, from, msgId, target, sentTo }`, with the id of the dead letter as `from`.
 * Summary `{ sent, unknown, left }`.
 */
export const resendContract = {
  plan: row("message:read", onGroup)
    .route({ method: "POST", path: "/instances/{instanceId}/groups/{group}/resend-plans", tags })
    .input(ResendAsked)
    .output(ResendPlan),
  deadLetters: row("message:send", { on: "group", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/groups/{group}/resends", tags, successStatus: 202 })
    .input(GroupRef.extend(PlanRef))
    .output(z.object({ jobId: z.string() })),
  /** Of dead letters those that were sent once more. */
  known: row("message:read", onGroup)
    .route({ method: "POST", path: "/instances/{instanceId}/groups/{group}/resent", tags })
    .input(GroupRef.extend({ places: z.array(ReadLetter).max(RESEND_PLACES_MAX) }))
    .output(z.object({ items: z.array(Resent), failures: z.array(Failure) })),
  /** What became of the first messages of a job, for the group that had given them up. */
  fates: row("message:read", onGroup)
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/resend-fates", tags })
    .input(GroupRef.extend({ jobId: z.string().min(1).max(64) }))
    .output(
      z.object({
        items: z.array(z.object({ n: z.number().int(), msgId: z.string(), fate: ResentFate })),
        /** Messages that the job has sent; more than are told of here. */
        sent: z.number().int(),
        failures: z.array(Failure),
        at: EpochMs,
      }),
    ),
  planCopy: row("message:read", { on: "message", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/message-copy-plans", tags })
    .input(CopyAsked)
    .output(CopyPlan),
  copy: row("message:send", { on: "message", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/message-copies", tags })
    .input(InstanceRef.extend(MessagePlace.shape).extend(PlanRef))
    .output(Copied),
};
