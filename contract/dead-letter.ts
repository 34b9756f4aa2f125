import { z } from "zod";
import { EpochMs, Failure, InstanceRef, Long } from "./list.ts";
import { FoundMessage, MessagePlace } from "./message.ts";
import { row } from "./row.ts";
import { EXPORT_BODIES, EXPORT_FORMATS } from "./rules/message-export.ts";

const tags = ["Dead letters"];

const GroupOf = InstanceRef.extend({ group: z.string().min(1).max(255) });
const Time = z.coerce.number().int().min(0).max(8.64e15);

/**
 * What a dead letter says of the message that it was: `msgId` of its client, `offsetMsgId` of where it lay. Null where it does not say: a client that
 * consumes in order sends it anew, so that `bornAt` and `bornHost` of the record are its own, and popped messages get the broker's host.
 */
export const DeadLetterOrigin = z.object({
  topic: z.string().nullable(),
  msgId: z.string().nullable(),
  offsetMsgId: z.string().nullable(),
  bornAt: EpochMs.nullable(),
  bornHost: z.string().nullable(),
});
export type DeadLetterOrigin = z.infer<typeof DeadLetterOrigin>;

/** Dead since `storedAt`. */
export const DeadLetter = FoundMessage.extend({
  origin: DeadLetterOrigin,
  /** Until then its broker keeps it, unless a disk fills; null where the broker does not say. */
  keptUntil: EpochMs.nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** The group's dead letter topic: brokers make it with the first dead letter, and gave it no permission to be read before 4.9. */
const Topic = z.object({
  name: z.string(),
  exists: z.boolean(),
  /** Brokers on which it may not be read. */
  unreadable: z.array(z.string()),
});

export const DeadLetterList = z.object({
  topic: Topic,
  items: z.array(DeadLetter),
  failures: z.array(Failure),
  /** Queues of those asked that could not be read, and may hold more. */
  unread: z.object({ queues: z.number().int(), of: z.number().int() }),
  /** Null on the last page. */
  cursor: z.string().nullable(),
  /** On the first page: dead letters between the times by the queues' offsets. */
  total: Long.nullable(),
  at: EpochMs,
});
export type DeadLetterList = z.infer<typeof DeadLetterList>;

export const DeadLettersById = z.object({
  topic: Topic,
  items: z.array(DeadLetter),
  /** Ids of which no broker that answered has a dead letter of the group. */
  notFound: z.array(z.string()),
  failures: z.array(Failure),
  at: EpochMs,
});
export type DeadLettersById = z.infer<typeof DeadLettersById>;

/**
 * Where the original of a dead letter is. Else why it is not told: no broker has it any more (`gone`), brokers without an index may have it
 * (`notIndexed`), its topic is `topicGone`, `several` messages have its id, its record does not say which it was (`notKnown`), or brokers did not answer (`failed`).
 */
export const DeadLetterOriginal = z.object({
  origin: DeadLetterOrigin,
  place: MessagePlace.nullable(),
  why: z.enum(["gone", "notIndexed", "topicGone", "several", "notKnown", "failed"]).nullable(),
  failures: z.array(Failure),
});
export type DeadLetterOriginal = z.infer<typeof DeadLetterOriginal>;

export const deadLetterContract = {
  /** Groups by name, those with dead letters first, the most before the others. */
  groups: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/dead-letter-groups", tags })
    .input(InstanceRef.extend({ search: z.string().max(255).default("") }))
    .output(
      z.object({
        /** With the dead letters that are kept; null where not all brokers said. */
        items: z.array(z.object({ group: z.string(), deadLetters: Long.nullable() })),
        failures: z.array(Failure),
      }),
    ),
  /** Dead letters of a group that were stored between two times. */
  list: row("message:read", { on: "group", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/dead-letters", tags })
    .input(
      GroupOf.extend({
        from: Time,
        to: Time,
        order: z.enum(["newest", "oldest"]).default("newest"),
        pageSize: z.coerce.number().int().min(1).max(200).default(50),
        /** Of the page before. */
        cursor: z.string().max(1000).optional(),
      }),
    )
    .output(DeadLetterList),
  /** Dead letters of a group by ids of either kind, the originals' or their own. */
  byId: row("message:read", { on: "group", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/dead-letters/by-id", tags })
    .input(GroupOf.extend({ id: z.string().trim().min(1, "id.empty").max(4096) }))
    .output(DeadLettersById),
  /** The message that a dead letter was. */
  original: row("message:read", { on: "message", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/dead-letters/original", tags })
    .input(InstanceRef.extend(MessagePlace.shape))
    .output(DeadLetterOriginal),
  /** Starts a job that writes the dead letters between two times to a file. */
  export: row("message:read", { on: "group", audit: "read" })
    .route({ method: "POST", path: "/instances/{instanceId}/groups/{group}/dead-letters/export", tags })
    .input(
      GroupOf.extend({
        from: Time,
        to: Time,
        format: z.enum(EXPORT_FORMATS).default("csv"),
        body: z.enum(EXPORT_BODIES).default("text"),
      }),
    )
    .output(z.object({ jobId: z.string() })),
};
